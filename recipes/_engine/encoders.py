"""Texts to the arrays that models are fed with, fitted on training texts and saved as JSON."""

import json
from collections.abc import Sequence
from functools import lru_cache
from typing import Any

import numpy as np

from keras_seqext import HashingOneHot, TextEncoder, Tokenizer, pad_ids

Texts = tuple[str, ...]


class PaddedWords:
    """Ids of words, cut and padded to one length: `(texts, length)`, int32.

    Args:
        words: Splits texts and knows the ids.
        length: Steps.
        padding: The side that is filled with 0.
        truncation: The side that is cut off.
        reverse: Whether the words that are left are put in opposite order, which changes
            neither what was cut nor where the padding is.
    """

    def __init__(
        self, words: TextEncoder, length: int, padding: str, truncation: str, reverse: bool = False
    ) -> None:
        self.words, self.length, self.reverse = words, length, reverse
        self.padding, self.truncation = padding, truncation

    @classmethod
    def fit(cls, documents: Texts, num_words: int, **options: Any) -> "PaddedWords":
        """With the `num_words` most frequent words of `documents`."""
        return cls(_fitted(documents, num_words, Tokenizer()), **options)

    def __call__(self, texts: Sequence[str]) -> np.ndarray:
        rows = self.words.encode(texts)
        if self.reverse:
            left = self.truncation == "left"
            rows = [(row[-self.length :] if left else row[: self.length])[::-1] for row in rows]
        ids, _ = pad_ids(rows, self.length, padding=self.padding, truncation=self.truncation)
        return ids

    def get_config(self) -> dict[str, Any]:
        """All of it, as plain JSON."""
        return {
            "words": self.words.get_config(),
            "length": self.length,
            "padding": self.padding,
            "truncation": self.truncation,
            "reverse": self.reverse,
        }

    @property
    def fingerprint(self) -> str:
        """Equal for encoders that give equal arrays."""
        return _fingerprint(self, self.words.vocabulary.fingerprint)

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> "PaddedWords":
        """The encoder that `get_config` described."""
        return cls(**{**config, "words": TextEncoder.from_config(config["words"])})


class WordBag:
    """Bags of words or n-grams: a sparse `(texts, width)`, float32.

    Args:
        words: Splits texts and knows the ids.
        mode: As in `TextEncoder.matrix`.
        width: Columns; those beyond the vocabulary stay zero.
    """

    def __init__(self, words: TextEncoder, mode: str, width: int) -> None:
        self.words, self.mode, self.width = words, mode, width

    @classmethod
    def fit(cls, documents: Texts, width: int, mode: str, ngrams: int) -> "WordBag":
        """With as many of the most frequent tokens as `width` leaves room for."""
        # Ids 0 and 1 are padding and unknown words.
        return cls(_fitted(documents, width - 2, Tokenizer(ngrams=ngrams)), mode, width)

    def __call__(self, texts: Sequence[str]) -> Any:
        matrix = self.words.matrix(texts, mode=self.mode, sparse=True)
        matrix.resize((matrix.shape[0], self.width))
        return matrix

    def get_config(self) -> dict[str, Any]:
        """All of it, as plain JSON."""
        return {"words": self.words.get_config(), "mode": self.mode, "width": self.width}

    @property
    def fingerprint(self) -> str:
        """Equal for encoders that give equal arrays."""
        counts = self.words.vocabulary.document_counts
        return _fingerprint(self, f"{self.words.vocabulary.fingerprint} {hash(counts)}")

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> "WordBag":
        """The encoder that `get_config` described."""
        return cls(**{**config, "words": TextEncoder.from_config(config["words"])})


class HashedGrams:
    """Bins of the distinct n-grams of each text: `(texts, length)`, int32, filled up with 0.

    Needs no vocabulary, and so nothing to be fitted on.

    Args:
        num_bins: Bins; n-grams share those from 1.
        ngrams: Words, pairs and so on up to that many together.
        length: Distinct n-grams kept of a text: the first to be written.
    """

    def __init__(self, num_bins: int, ngrams: int, length: int) -> None:
        self.num_bins, self.ngrams, self.length = num_bins, ngrams, length
        self.hashing = HashingOneHot(num_bins, "multi_hot", mask_value="")

    def __call__(self, texts: Sequence[str]) -> np.ndarray:
        return _distinct_bins(tuple(texts), self.num_bins, self.ngrams, self.length)

    def get_config(self) -> dict[str, Any]:
        """All of it, as plain JSON."""
        return {"num_bins": self.num_bins, "ngrams": self.ngrams, "length": self.length}

    @property
    def fingerprint(self) -> str:
        """Equal for encoders that give equal arrays."""
        return _fingerprint(self, "")

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> "HashedGrams":
        """The encoder that `get_config` described."""
        return cls(**config)


ENCODERS = {one.__name__: one for one in (PaddedWords, WordBag, HashedGrams)}


# Several seeds, and several recipes, share a vocabulary.
@lru_cache(maxsize=4)
def _fitted(documents: Texts, num_words: int, tokenizer: Tokenizer) -> TextEncoder:
    return TextEncoder.fit(documents, num_words=num_words, tokenizer=tokenizer)


# Those of the training texts are wanted twice where `build` looks at them too.
@lru_cache(maxsize=4)
def _distinct_bins(texts: Texts, num_bins: int, ngrams: int, length: int) -> np.ndarray:
    tokenizer, hashing = Tokenizer(ngrams=ngrams), HashingOneHot(num_bins, mask_value="")
    ids = np.zeros((len(texts), length), np.int32)
    for row, text in enumerate(texts):
        bins = hashing.to_ids(tokenizer(text) or [""])
        found, first = np.unique(bins, return_index=True)
        kept = found[np.argsort(first)][:length]
        ids[row, : len(kept)] = kept
    ids.flags.writeable = False
    return ids


def _fingerprint(encoder: Any, words: str) -> str:
    settings = {key: value for key, value in encoder.get_config().items() if key != "words"}
    return json.dumps(settings, sort_keys=True) + words
