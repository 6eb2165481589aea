"""The tokenizer and the vocabulary as TensorFlow operations."""

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

    The graph holds a table of what each code point is folded to and applies the
    rules of the Python tokenizer, so that no Unicode table of TensorFlow's own
    decides anything but normal form C, which Unicode keeps stable.
    """
    tf, _ = _tensorflow()

    class InGraphTextEncoder(tf.Module):  # type: ignore[name-defined]
        """Texts `()` or `(batch,)` to ids `(tokens,)` or a ragged `(batch, None)`, int32."""

        def __init__(self) -> None:
            super().__init__(name="in_graph_text_encoder")
            self.tokenize = graph_tokenizer(tokenizer)
            special = vocabulary.special_ids
            self.drops_unknown = special.oov is None
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
                    "Expected one text, shape (), or a batch of texts, shape (batch,). "
                    f"Received: shape {texts.shape}; flatten it first."
                )
            ids = self._encode(tf.reshape(texts, [-1]))
            return ids[0] if texts.shape.rank == 0 else ids

        def _encode(self, texts: Any) -> Any:
            tokens = self.tokenize(texts)
            ids = tokens.with_flat_values(self.table.lookup(tokens.flat_values))
            if self.drops_unknown:
                ids = tf.ragged.boolean_mask(ids, ids != _DELETED)
            if self.start is not None:
                starts = tf.fill([tf.size(texts), 1], tf.constant(self.start, tf.int64))
                ids = tf.concat([starts, ids], axis=1)
            return tf.cast(ids, tf.int32)

    return InGraphTextEncoder()


def graph_tokenizer(tokenizer: "Tokenizer") -> Callable[[Any], Any]:
    """A function from texts `(batch,)` to ragged tokens `(batch, None)`."""
    tf, tf_text = _tensorflow()
    table, several = _fold_table(tokenizer.fold.fold, tokenizer.lower)
    rules = (*mark_rules(), *APOSTROPHE_RULES[tokenizer.apostrophes])

    def apply(rules: Iterable[Rule], texts: Any) -> Any:
        for pattern, replacement in rules:
            texts = tf.strings.regex_replace(texts, pattern, replacement)
        return texts

    def tokenize(texts: Any) -> Any:
        if tokenizer.strip_breaks:
            texts = apply([BREAK], texts)
        texts = apply(several.items(), texts)
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
    """What every code point is folded to, int32; and the few that become several."""
    folds = CharacterFold(fold, lower)
    table = np.full(0x110000, _DELETED, dtype=np.int32)
    several = {}
    for code_point in range(len(table)):
        folded = folds[code_point]
        if len(folded) == 1:
            table[code_point] = ord(folded)
        elif folded:
            several[chr(code_point)] = folded
    return table, several


def _tensorflow() -> tuple[Any, Any]:
    try:
        import tensorflow as tf
        import tensorflow_text as tf_text
    except ImportError as error:
        raise ImportError(
            f"In-graph encoding needs TensorFlow and tensorflow-text ({error}): "
            "`pip install keras-seqext[text]`. TextEncoder.encode needs neither."
        ) from None
    return tf, tf_text
