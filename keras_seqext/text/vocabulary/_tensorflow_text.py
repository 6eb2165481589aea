"""Tokenizer and vocabulary as TensorFlow operations."""

from collections.abc import Callable, Iterable
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np

from keras_seqext.text.tokens.character_fold import CharacterFold
from keras_seqext.text.tokens.word_rules import APOSTROPHE_RULES, BREAK, Rule, mark_rules

if TYPE_CHECKING:
    from keras_seqext.text.tokens.tokenizer import Tokenizer

    from .vocabulary import Vocabulary

_DELETED = -1


def in_graph_encoder(tokenizer: "Tokenizer", vocabulary: "Vocabulary") -> Any:
    """Return a `tf.Module` that computes the ids of `TextEncoder.encode` inside a graph.

    The graph contains a table of the folded form of each code point and applies the
    rules of the Python tokenizer. The Unicode tables of TensorFlow, which may be of a
    different version, are used for normal form C only, which is stable across versions.
    """
    tf, _ = _tensorflow()

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
    tf, tf_text = _tensorflow()
    table, expansions = _fold_table(tokenizer.fold.fold, tokenizer.lower)
    rules = (*mark_rules(), *APOSTROPHE_RULES[tokenizer.apostrophes])

    def apply(rules: Iterable[Rule], texts: Any) -> Any:
        for pattern, replacement in rules:
            texts = tf.strings.regex_replace(texts, pattern, replacement)
        return texts

    def tokenize(texts: Any) -> Any:
        if tokenizer.strip_breaks:
            texts = apply([BREAK], texts)
        # The table has one code point per code point. The few characters whose folded form has
        # several, such as İ in lower case, are replaced before.
        texts = apply(expansions.items(), texts)
        points = tf.strings.unicode_decode(texts, "UTF-8")
        points = points.with_flat_values(tf.gather(table, points.flat_values))
        points = tf.ragged.boolean_mask(points, points != _DELETED)
        texts = tf.strings.unicode_encode(points, "UTF-8")
        texts = tf_text.normalize_utf8(texts, "NFC")
        if tokenizer.level == "char":
            tokens = tf.strings.unicode_split(texts, "UTF-8")
        else:
            tokens = tf.strings.split(apply(rules, texts))
        grams = [
            tokens if size == 1 else tf.strings.ngrams(tokens, size, separator=" ")
            for size in tokenizer.sizes
        ]
        return grams[0] if len(grams) == 1 else tf.concat(grams, axis=1)

    return tokenize


@lru_cache(maxsize=4)
def _fold_table(fold: Callable[[str, bool], str], lower: bool) -> tuple[np.ndarray, dict[str, str]]:
    """Return the folded code points as an int32 table, and the folded forms of several."""
    folds = CharacterFold(fold, lower)
    table = np.full(0x110000, _DELETED, dtype=np.int32)
    expansions = {}
    for code_point in range(len(table)):
        folded = folds[code_point]
        if len(folded) == 1:
            table[code_point] = ord(folded)
        elif folded:
            expansions[chr(code_point)] = folded
    return table, expansions


def _tensorflow() -> tuple[Any, Any]:
    try:
        import tensorflow as tf
        import tensorflow_text as tf_text
    except ImportError as error:
        raise ImportError(
            f"In-graph encoding requires TensorFlow and tensorflow-text ({error}). Install them "
            "with `pip install keras-seqext[text]`, or use TextEncoder.encode, which requires "
            "neither."
        ) from None
    return tf, tf_text
