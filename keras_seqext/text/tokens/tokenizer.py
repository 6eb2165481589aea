"""Tokenizer for words, characters and their n-grams."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field, fields
from functools import cache, lru_cache
from typing import Any, Literal

from keras_seqext._common.choices import checked_choice
from keras_seqext._common.validation import checked_flag, unknown_argument, wrong_type

from .character_fold import CharacterFold, fold_for_characters, fold_for_words
from .ngrams import join_ngrams, ngram_sizes
from .normalization import to_nfc
from .validation import checked_config, checked_items, checked_text
from .word_rules import APOSTROPHE_RULES, BREAK, JOIN_CLITICS, Rule, mark_rules

_LONGEST_CACHED_WORD = 64


@dataclass(frozen=True)
class Tokenizer:
    """Tokenizer with identical results in Python and in a TensorFlow graph.

    A word is a sequence of letters, marks and numbers of any script; all other
    characters separate words. Texts are normalized to Unicode form NFC, so that a
    letter with a combining accent, or Korean typed as single jamo, gives the same token
    as the composed character.

    Args:
        level: `"word"` or `"char"`. With `"char"`, every code point is a token,
            including spaces and punctuation.
        ngrams: An integer for all n-grams of 1 up to that many tokens, or a
            tuple of the sizes: `2` and `(1, 2)` are equivalent. The tokens of an
            n-gram are joined by one space.
        apostrophes: Treatment of apostrophes in words. For `don't`, `"keep"` gives
            `don't`; `"split"` gives `do`, `n't`, as in GloVe 6B and the Penn Treebank;
            `"drop"` gives `dont`. All forms of the apostrophe become `'`. At the edge
            of a word, an apostrophe is a quotation mark and is removed.
        lower: Whether to convert each character to lower case.
        strip_breaks: Whether `<br />` separates words; otherwise, `br` is a word.

    Call arguments:
        text: A string.

    Returns:
        A list of strings.

    Chinese, Japanese and Thai have no spaces between words: use `level="char"`.
    Characters are classified by the Unicode version of the Python interpreter.

    Intended differences from the `Tokenizer` of Keras 2: `<br />` is not a word, also
    with `level="char"`; all punctuation and symbols separate words, not only those of
    ASCII; apostrophes at the edge of a word are removed; texts are normalized (NFC);
    `ς` and `σ` are the same letter.

    >>> Tokenizer()("It’s GREAT!<br /><br />Don't miss it.")
    ["it's", 'great', "don't", 'miss', 'it']
    >>> Tokenizer(apostrophes="split", ngrams=(2,))("I can't")
    ['i ca', "ca n't"]
    >>> Tokenizer(level="char")("영화 1")
    ['영', '화', ' ', '1']

    Source: Unicode general categories (UAX #44) and normal form C (UAX #15).
    """

    level: Literal["word", "char"] = "word"
    ngrams: int | tuple[int, ...] = 1
    apostrophes: Literal["keep", "split", "drop"] = "keep"
    lower: bool = True
    strip_breaks: bool = True
    sizes: tuple[int, ...] = field(init=False, repr=False, compare=False)
    fold: CharacterFold = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        checked_choice("level", self.level, ("word", "char"))
        checked_choice(
            "apostrophes",
            self.apostrophes,
            APOSTROPHE_RULES,
            "Pass 'keep' (don't), 'split' (do n't) or 'drop' (dont).",
        )
        for name in ("lower", "strip_breaks"):
            object.__setattr__(self, name, checked_flag(name, getattr(self, name)))
        sizes = ngram_sizes(self.ngrams)
        fold = fold_for_words if self.level == "word" else fold_for_characters
        object.__setattr__(self, "ngrams", sizes)
        object.__setattr__(self, "sizes", sizes)
        object.__setattr__(self, "fold", CharacterFold(fold, self.lower))

    def __call__(self, text: str) -> list[str]:
        text = checked_text(text)
        if self.strip_breaks and "<" in text:
            text = _apply([BREAK], text)
        text = text.translate(self.fold)
        if not text.isascii():
            text = to_nfc(text)
        tokens = list(text) if self.level == "char" else self._words(text)
        return tokens if self.sizes == (1,) else join_ngrams(tokens, self.sizes)

    def _words(self, text: str) -> list[str]:
        plain = text.isascii()
        if plain and "'" not in text:
            return text.split()
        words = text.split()
        if plain and self.apostrophes == "keep" and not _has_outer_apostrophe(text):
            return words  # the most common case, such as don't: no rule applies
        if plain:
            unfinished = [i for i, word in enumerate(words) if "'" in word]
        else:
            unfinished = [i for i, word in enumerate(words) if "'" in word or not word.isascii()]
        # A word may become several words or none. The list is built anew, because an insertion
        # moves all words after it, which takes quadratic time.
        finished: list[str] = []
        copied = 0
        for i in unfinished:
            finished += words[copied:i]
            finished += _finish_word(words[i], self.apostrophes)
            copied = i + 1
        finished += words[copied:]
        return finished

    def join(self, tokens: Iterable[str]) -> str:
        """Join single tokens to a text, the inverse of splitting except for removed characters.

        >>> Tokenizer(apostrophes="split").join(["i", "ca", "n't"])
        "i can't"
        """
        words = [checked_text(token) for token in checked_items("tokens", tokens, "tokens")]
        text = ("" if self.level == "char" else " ").join(words)
        if self.level == "word" and self.apostrophes == "split":
            text = _apply(JOIN_CLITICS, text)
        return text

    def get_config(self) -> dict[str, Any]:
        """Return the arguments as a JSON-serializable dict."""
        # All fields, so that those of a subclass are included.
        config = {option.name: getattr(self, option.name) for option in fields(self) if option.init}
        return {**config, "ngrams": list(self.sizes)}

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> "Tokenizer":
        """Create a tokenizer from the result of `get_config`."""
        known = [option.name for option in fields(cls) if option.init]
        config = dict(checked_config(config, known))
        for name in config:
            if name not in known:
                raise unknown_argument("Tokenizer.from_config", name, config[name], known)
        return cls(**{**config, "ngrams": tuple(config["ngrams"])})


def checked_tokenizer(tokenizer: Tokenizer | None) -> Tokenizer:
    """Return `tokenizer`, or the default tokenizer for `None`."""
    if tokenizer is not None and not isinstance(tokenizer, Tokenizer):
        raise wrong_type(
            "tokenizer", tokenizer, "a Tokenizer", "Pass e.g. Tokenizer(ngrams=2), or None."
        )
    return tokenizer or Tokenizer()


def _has_outer_apostrophe(text: str) -> bool:
    """Return whether an apostrophe is at the edge of a word or next to another one."""
    inside = "''" not in text and " '" not in text and "' " not in text
    return not inside or text.startswith("'") or text.endswith("'")


# No rule matches across a space, so the result for a word does not depend on its neighbours and
# can be cached: regular expressions are slow, and the same words with an apostrophe or a mark
# occur often. Long words are rare, and would fill the memory.
def _finish_word(word: str, apostrophes: str) -> tuple[str, ...]:
    if len(word) <= _LONGEST_CACHED_WORD:
        return _finish_cached(word, apostrophes)
    return _finish(word, apostrophes)


def _finish(word: str, apostrophes: str) -> tuple[str, ...]:
    if not word.isascii():
        word = _apply(mark_rules(), word)
    return tuple(_apply(APOSTROPHE_RULES[apostrophes], word).split())


_finish_cached = lru_cache(maxsize=1 << 16)(_finish)


@cache
def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern)


def _apply(rules: Iterable[Rule], text: str) -> str:
    for pattern, replacement in rules:
        text = _compiled(pattern).sub(replacement, text)
    return text
