"""What becomes of each single character before a text is split.

Folding works character by character, never by context, so that a graph can do
the same with one table look-up.
"""

import sys
import unicodedata
from collections.abc import Callable
from functools import cache

# Typed, typographic and Windows-1252 (read as Latin-1) forms of one sign. The last two are
# canonically equal to ` and ´.
APOSTROPHES = "'`´\u2018\u2019\u201b\u02bc\uff07\x91\x92\u1fef\u1ffd"

# Persian and Indic spelling needs the joiners inside words.
JOINERS = "\u200c\u200d"

# Soft hyphen, word joiner and byte order mark: invisible, and not a place to split.
INVISIBLE = "\xad\u2060\ufeff"


def lower_character(character: str) -> str:
    """Lower case of one character; both Greek small sigmas become one.

    >>> [lower_character(c) for c in "AΣςß"]
    ['a', 'σ', 'σ', 'ß']
    """
    # str.lower() picks the sigma by its place in the word: not a function of the character.
    return "σ" if character == "ς" else character.lower()


def is_word_character(character: str) -> bool:
    """Whether a character is a letter, a mark, a number or a joiner.

    >>> [is_word_character(c) for c in "a영é7_-"]
    [True, True, True, True, False, False]
    """
    return unicodedata.category(character)[0] in "LMN" or character in JOINERS


def fold_for_words(character: str, lower: bool) -> str:
    """The character itself, an apostrophe, nothing, or a space that splits words."""
    if character in APOSTROPHES:
        return "'"
    if character in INVISIBLE:
        return ""
    if not is_word_character(character):
        return " "
    return lower_character(character) if lower else character


def fold_for_characters(character: str, lower: bool) -> str:
    """The character itself; U+FFFD for what Unicode does not define."""
    # A newer Unicode may give an undefined code point a place in normalisation.
    if unicodedata.category(character) in ("Cn", "Cs"):
        return "\ufffd"
    return lower_character(character) if lower else character


class CharacterFold(dict[int, str]):
    """A table for `str.translate` that fills itself as characters turn up.

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
    """A regular expression class of all marks and joiners, as explicit ranges.

    The ranges come from this Python's Unicode tables: another regular
    expression engine has tables of another version, but reads the same ranges.
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
