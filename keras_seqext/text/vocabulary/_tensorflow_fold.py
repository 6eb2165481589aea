"""Character folding as TensorFlow operations.

Most texts are ASCII, for which `tf.strings.lower` and a few regular expressions are
sufficient. Decoding to code points, a table look-up and encoding take ten times as long,
so only distinct words with other characters take this path.
"""

from collections.abc import Callable, Iterable
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np

from keras_seqext.text.tokens.character_fold import CharacterFold
from keras_seqext.text.tokens.word_rules import BREAK, Rule, mark_rules

if TYPE_CHECKING:
    from keras_seqext.text.tokens.tokenizer import Tokenizer

_ASCII = r"[\x00-\x7f]*"
_NUM_ASCII = 0x80


def apply_rules(rules: Iterable[Rule], texts: Any) -> Any:
    """Replace the patterns of all rules, in their order."""
    import tensorflow as tf

    for pattern, replacement in rules:
        texts = tf.strings.regex_replace(texts, pattern, replacement)
    return texts


def fold_ascii_case(tokenizer: "Tokenizer") -> Callable[[Any], Any]:
    """Return a function that converts ASCII letters to lower case and removes line breaks."""
    import tensorflow as tf

    pattern, replacement = BREAK
    # A pattern that begins with a fixed text is found several times faster.
    folded = pattern.removeprefix("(?i)") if tokenizer.lower else pattern

    def fold(texts: Any) -> Any:
        if tokenizer.lower:
            texts = tf.strings.lower(texts)  # ASCII only, without an encoding
        return apply_rules([(folded, replacement)] if tokenizer.strip_breaks else [], texts)

    return fold


def fold_words(tokenizer: "Tokenizer") -> Callable[[Any], Any]:
    """Return a function from texts to folded texts whose words are separated by spaces.

    The rules for marks and joiners are applied, those for apostrophes are not.
    """
    import tensorflow as tf

    fold_any = _fold_code_points(tokenizer)
    ascii_rules = _ascii_rules(tokenizer)

    def fold_word(words: Any) -> Any:
        return apply_rules(mark_rules(), fold_any(words))

    def fold_distinct(texts: Any) -> Any:
        # No step of the tokenizer depends on characters across a space, so that a word is folded
        # once for all of its occurrences.
        words = tf.strings.split(texts)
        distinct, positions = tf.unique(words.flat_values)
        folded = _by_alphabet(distinct, lambda words: words, fold_word)
        words = words.with_flat_values(tf.gather(folded, positions))
        return tf.strings.reduce_join(words, axis=1, separator=" ")

    def fold(texts: Any) -> Any:
        return _by_alphabet(apply_rules(ascii_rules, texts), lambda texts: texts, fold_distinct)

    return fold


def fold_characters(tokenizer: "Tokenizer") -> Callable[[Any], Any]:
    """Return a function from texts to folded texts, each character of which is a token."""
    fold_any = _fold_code_points(tokenizer)
    return lambda texts: _by_alphabet(texts, lambda texts: texts, fold_any)


def _by_alphabet(
    texts: Any, fold_ascii: Callable[[Any], Any], fold_other: Callable[[Any], Any]
) -> Any:
    """Apply one function to texts in ASCII and another function to the other texts."""
    import tensorflow as tf

    is_ascii = tf.strings.regex_full_match(texts, _ASCII)
    parts = [is_ascii, tf.logical_not(is_ascii)]
    places = [tf.cast(tf.where(part)[:, 0], tf.int32) for part in parts]
    texts = [tf.gather(texts, place) for place in places]
    return tf.dynamic_stitch(places, [fold_ascii(texts[0]), fold_other(texts[1])])


def _fold_code_points(tokenizer: "Tokenizer") -> Callable[[Any], Any]:
    """Return a function that folds all characters, and normalizes texts to form C."""
    import tensorflow as tf
    import tensorflow_text as tf_text

    table, replaced = _fold_table(tokenizer.fold.fold, tokenizer.lower)

    def fold(texts: Any) -> Any:
        # The table has one code point per code point. The few characters whose folded form has
        # none or several, such as İ in lower case, are replaced before.
        points = tf.strings.unicode_decode(apply_rules(replaced.items(), texts), "UTF-8")
        points = points.with_flat_values(tf.gather(table, points.flat_values))
        # The Unicode tables of TensorFlow, which may be of a different version, are used for
        # normal form C only, which is stable across versions.
        return tf_text.normalize_utf8(tf.strings.unicode_encode(points, "UTF-8"), "NFC")

    return fold


@lru_cache(maxsize=4)
def _fold_table(fold: Callable[[str, bool], str], lower: bool) -> tuple[np.ndarray, dict[str, str]]:
    """Return the folded code points as an int32 table, and the other folded forms."""
    folds = CharacterFold(fold, lower)
    table = np.zeros(0x110000, dtype=np.int32)
    replaced = {}
    for code_point in range(len(table)):
        folded = folds[code_point]
        if len(folded) == 1:
            table[code_point] = ord(folded)
        else:
            replaced[chr(code_point)] = folded
    return table, replaced


def _ascii_rules(tokenizer: "Tokenizer") -> list[Rule]:
    """Return rules that fold ASCII characters like the table, except for their case."""
    folded = {chr(point): tokenizer.fold[point] for point in range(_NUM_ASCII)}
    changed = {key: value for key, value in folded.items() if value not in (key, key.lower())}
    rules = []
    for value in sorted(set(changed.values())):
        characters = "".join(f"\\x{ord(key):02x}" for key in changed if changed[key] == value)
        repeated = "+" if value == " " else ""
        rules.append((f"[{characters}]{repeated}", value))
    return rules
