"""Tokenizer and vocabulary as TensorFlow operations."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from keras_seqext.text.tokens.word_rules import APOSTROPHE_RULES

from ._tensorflow_fold import apply_rules, fold_ascii_case, fold_characters, fold_words

if TYPE_CHECKING:
    from keras_seqext.text.tokens.tokenizer import Tokenizer

    from .vocabulary import Vocabulary

_DELETED = -1


def in_graph_encoder(tokenizer: "Tokenizer", vocabulary: "Vocabulary") -> Any:
    """Return a `tf.Module` that computes the ids of `TextEncoder.encode` inside a graph.

    The graph contains a table of the folded form of each code point and applies the
    rules of the Python tokenizer.
    """
    tf = _tensorflow()

    class InGraphTextEncoder(tf.Module):  # type: ignore[name-defined]
        """Module from texts `()` or `(batch,)` to int32 ids `(tokens,)` or `(batch, None)`."""

        def __init__(self) -> None:
            super().__init__(name="in_graph_text_encoder")
            self.tokenize = graph_tokenizer(tokenizer)
            special = vocabulary.special_ids
            self.drops_oov = special.oov is None
            self.start = special.start
            tokens = tf.constant([token.encode() for token in vocabulary.tokens])
            ids = special.first_word + tf.range(len(vocabulary), dtype=tf.int64)
            self.table = tf.lookup.StaticHashTable(
                tf.lookup.KeyValueTensorInitializer(tokens, ids),
                default_value=_DELETED if special.oov is None else special.oov,
            )

        def __call__(self, texts: Any) -> Any:
            texts = tf.convert_to_tensor(texts, tf.string)
            if texts.shape.rank not in (0, 1):
                raise ValueError(
                    "`texts` must be one text of shape () or a batch of texts of shape (batch,). "
                    f"Received: shape {texts.shape}; flatten it first."
                )
            ids = self._encode(tf.reshape(texts, [-1]))
            return ids[0] if texts.shape.rank == 0 else ids

        def _encode(self, texts: Any) -> Any:
            tokens = self.tokenize(texts)
            ids = tokens.with_flat_values(self.table.lookup(tokens.flat_values))
            if self.drops_oov:
                ids = tf.ragged.boolean_mask(ids, ids != _DELETED)
            if self.start is not None:
                starts = tf.fill([tf.size(texts), 1], tf.constant(self.start, tf.int64))
                ids = tf.concat([starts, ids], axis=1)
            return tf.cast(ids, tf.int32)

    return InGraphTextEncoder()


def graph_tokenizer(tokenizer: "Tokenizer") -> Callable[[Any], Any]:
    """Return a function from texts `(batch,)` to ragged tokens `(batch, None)`."""
    tf = _tensorflow()
    by_character = tokenizer.level == "char"
    fold = fold_characters(tokenizer) if by_character else fold_words(tokenizer)
    fold_case = fold_ascii_case(tokenizer)
    apostrophes = APOSTROPHE_RULES[tokenizer.apostrophes]

    def tokenize(texts: Any) -> Any:
        texts = fold(fold_case(texts))
        if by_character:
            tokens = tf.strings.unicode_split(texts, "UTF-8")
        else:
            tokens = tf.strings.split(apply_rules(apostrophes, texts))
        grams = [
            tokens if size == 1 else tf.strings.ngrams(tokens, size, separator=" ")
            for size in tokenizer.sizes
        ]
        return grams[0] if len(grams) == 1 else tf.concat(grams, axis=1)

    return tokenize


def _tensorflow() -> Any:
    try:
        import tensorflow as tf
        import tensorflow_text  # noqa: F401
    except ImportError as error:
        raise ImportError(
            f"In-graph encoding requires TensorFlow and tensorflow-text ({error}). Install them "
            "with `pip install keras-seqext[text]`, or use TextEncoder.encode, which requires "
            "neither."
        ) from None
    return tf
