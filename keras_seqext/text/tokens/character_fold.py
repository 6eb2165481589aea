"""Character folding, the step before a text is split.

Each character is folded independently of its context, so that a TensorFlow graph
can fold a text with one table look-up.
"""

import sys
import unicodedata
from collections.abc import Callable
from functools import cache

# Typed and typographic apostrophes, and those of Windows-1252 decoded as Latin-1. The last two
# are canonically equivalent to ` and ´.
APOSTROPHES = "'`´\u2018\u2019\u201b\u02bc\uff07\x91\x92\u1fef\u1ffd"

# Persian and Indic spelling uses joiners inside words.
JOINERS = "\u200c\u200d"

# Soft hyphen, word joiner and byte order mark: invisible, and not word boundaries.
INVISIBLE = "\xad\u2060\ufeff"


def lower_character(character: str) -> str:
    """Return the lower case of a character; both Greek small sigmas become `σ`.

    >>> [lower_character(c) for c in "AΣςß"]
    ['a', 'σ', 'σ', 'ß']
    """
    # `str.lower` chooses the sigma by its position in the word, so that its result is not a
    # function of the character.
    return "σ" if character == "ς" else character.lower()


def is_word_character(character: str) -> bool:
    """Return whether a character is a letter, a mark, a number or a joiner.

    >>> [is_word_character(c) for c in "a영é7_-"]
    [True, True, True, True, False, False]
    """
    return unicodedata.category(character)[0] in "LMN" or character in JOINERS


def fold_for_words(character: str, lower: bool) -> str:
    """Return the folded character, an apostrophe, nothing, or a space that separates words."""
    if character in APOSTROPHES:
        return "'"
    if character in INVISIBLE:
        return ""
    if not is_word_character(character):
        return " "
    return lower_character(character) if lower else character


def fold_for_characters(character: str, lower: bool) -> str:
    """Return the folded character, or U+FFFD if Unicode does not define it."""
    # A newer version of Unicode may define the code point and normalize it differently.
    if unicodedata.category(character) in ("Cn", "Cs"):
        return "\ufffd"
    return lower_character(character) if lower else character


class CharacterFold(dict[int, str]):
    """Table for `str.translate` that is filled on demand.

    >>> "It’s 5 p.m.".translate(CharacterFold(fold_for_words, lower=True))
    "it's 5 p m "
    """

    def __init__(self, fold: Callable[[str, bool], str], lower: bool) -> None:
        super().__init__()
        self.fold = fold
        self.lower = lower

    def __missing__(self, code_point: int) -> str:
        folded = self.fold(chr(code_point), self.lower)
        self[code_point] = folded
        return folded

    def __reduce__(self) -> tuple[type["CharacterFold"], tuple[Callable[[str, bool], str], bool]]:
        return CharacterFold, (self.fold, self.lower)


@cache
def combining_class() -> str:
    """Return a regular expression class of all marks and joiners, as explicit ranges.

    The ranges are those of Python's Unicode tables. The tables of another regular
    expression engine may be of a different version, while explicit ranges match the
    same characters in every engine.
    """
    ranges: list[list[int]] = []
    for code_point in range(sys.maxunicode + 1):
        character = chr(code_point)
        if unicodedata.category(character)[0] != "M" and character not in JOINERS:
            continue
        if ranges and ranges[-1][1] == code_point - 1:
            ranges[-1][1] = code_point
        else:
            ranges.append([code_point, code_point])
    return "[" + "".join(f"{chr(first)}-{chr(last)}" for first, last in ranges) + "]"
