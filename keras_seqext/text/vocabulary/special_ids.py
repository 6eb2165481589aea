"""Ids of padding, out-of-vocabulary tokens and the start of a sequence."""

from dataclasses import dataclass
from typing import ClassVar

from keras_seqext._common.validation import checked_integer


@dataclass(frozen=True, slots=True)
class SpecialIds:
    """Ids that do not correspond to a word of the vocabulary; id 0 is always padding.

    Args:
        oov: Id of all out-of-vocabulary (OOV) tokens. With `None`, they are dropped, and
            the sequence becomes shorter.
        start: Id at the beginning of every sequence; `None` for no start id.
        first_word: Id of the most frequent word; the other words follow without a gap.

    Three layouts are predefined:

    | name | padding | start | OOV | words from | same as |
    |---|---|---|---|---|---|
    | `TEXT_VECTORIZATION_IDS` | 0 | none | 1 | 2 | `keras.layers.TextVectorization` |
    | `IMDB_IDS` | 0 | 1 | 2 | 4 | `keras.datasets.imdb` (`index_from=3`) |
    | `TOKENIZER_IDS` | 0 | none | dropped | 1 | `Tokenizer` of Keras 2 without `oov_token` |

    >>> IMDB_IDS
    SpecialIds(oov=2, start=1, first_word=4)
    """

    PAD: ClassVar[int] = 0

    oov: int | None = 1
    start: int | None = None
    first_word: int = 2

    def __post_init__(self) -> None:
        named = {"oov": self.oov, "start": self.start, "first_word": self.first_word}
        for name, value in named.items():
            if value is None and name != "first_word":
                continue
            remedy = "Pass a positive integer: id 0 is the padding."
            object.__setattr__(self, name, checked_integer(name, value, 1, remedy=remedy))
        special = [value for value in (self.oov, self.start) if value is not None]
        if len(set(special)) < len(special):
            raise ValueError(
                f"`oov` and `start` must differ. Received: oov={self.oov}, start={self.start}. "
                "Use a different id for each, as in IMDB_IDS."
            )
        if special and max(special) >= self.first_word:
            raise ValueError(
                f"`first_word` must be above `oov` and `start`, else a word would have their id. "
                f"Received: oov={self.oov}, start={self.start}, first_word={self.first_word}; "
                f"use first_word={max(special) + 1}."
            )


TEXT_VECTORIZATION_IDS = SpecialIds(oov=1, start=None, first_word=2)
"""0 padding, 1 OOV, words from 2: as in `keras.layers.TextVectorization`."""

IMDB_IDS = SpecialIds(oov=2, start=1, first_word=4)
"""0 padding, 1 start, 2 OOV, 3 unused, words from 4: as in `keras.datasets.imdb`."""

TOKENIZER_IDS = SpecialIds(oov=None, start=None, first_word=1)
"""0 padding, OOV tokens dropped, words from 1: as in the `Tokenizer` of Keras 2."""
