"""Encoders of texts as arrays for models, fitted on the training set and saved as JSON."""

import json
from collections.abc import Sequence
from functools import lru_cache
from typing import Any

import numpy as np

from keras_seqext import HashingOneHot, TextEncoder, Tokenizer, pad_ids

Texts = tuple[str, ...]


class PaddedWords:
    """Encoder of texts as padded word ids: int32 arrays of shape `(texts, length)`.

    Args:
        words: Encoder with tokenizer and vocabulary.
        length: Number of steps.
        padding: Side that is padded with 0.
        truncation: Side that is truncated.
        reverse: Whether to reverse the words after truncation. Padding is not moved.
    """

    def __init__(
        self, words: TextEncoder, length: int, padding: str, truncation: str, reverse: bool = False
    ) -> None:
        self.words, self.length, self.reverse = words, length, reverse
        self.padding, self.truncation = padding, truncation

    @classmethod
    def fit(cls, documents: Texts, num_words: int, **options: Any) -> "PaddedWords":
        """Fit an encoder with the `num_words` most frequent words of `documents`."""
        return cls(_fit_encoder(documents, num_words, Tokenizer()), **options)

    def __call__(self, texts: Sequence[str]) -> np.ndarray:
        rows = self.words.encode(texts)
        if self.reverse:
            left = self.truncation == "left"
            rows = [(row[-self.length :] if left else row[: self.length])[::-1] for row in rows]
        ids, _ = pad_ids(rows, self.length, padding=self.padding, truncation=self.truncation)
        return ids

    def has_known(self, text: str) -> bool:
        """Return whether a word that the model receives is in the vocabulary."""
        return bool((self([text]) > 1).any())  # 0 and 1 are padding and out-of-vocabulary words

    def get_config(self) -> dict[str, Any]:
        """Return the configuration as plain JSON types."""
        return {
            "words": self.words.get_config(),
            "length": self.length,
            "padding": self.padding,
            "truncation": self.truncation,
            "reverse": self.reverse,
        }

    @property
    def fingerprint(self) -> str:
        """Identifier that is equal for encoders with equal output."""
        return _fingerprint(self, self.words.vocabulary.fingerprint)

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> "PaddedWords":
        """Create an encoder from the result of `get_config`."""
        return cls(**{**config, "words": TextEncoder.from_config(config["words"])})


class WordBag:
    """Encoder of texts as bags of words or n-grams: sparse float32 `(texts, width)`.

    Args:
        words: Encoder with tokenizer and vocabulary.
        mode: Mode of `TextEncoder.matrix`.
        width: Number of columns. Columns beyond the vocabulary are zero.
    """

    def __init__(self, words: TextEncoder, mode: str, width: int) -> None:
        self.words, self.mode, self.width = words, mode, width

    @classmethod
    def fit(cls, documents: Texts, width: int, mode: str, ngrams: int) -> "WordBag":
        """Fit an encoder with the most frequent tokens that fit into `width` columns."""
        # Ids 0 and 1 are padding and out-of-vocabulary words.
        return cls(_fit_encoder(documents, width - 2, Tokenizer(ngrams=ngrams)), mode, width)

    def __call__(self, texts: Sequence[str]) -> Any:
        matrix = self.words.matrix(texts, mode=self.mode, sparse=True)
        matrix.resize((matrix.shape[0], self.width))
        return matrix

    def has_known(self, text: str) -> bool:
        """Return whether a word or n-gram of the text is in the vocabulary."""
        return bool((np.asarray(self.words.encode([text])[0]) > 1).any())

    def get_config(self) -> dict[str, Any]:
        """Return the configuration as plain JSON types."""
        return {"words": self.words.get_config(), "mode": self.mode, "width": self.width}

    @property
    def fingerprint(self) -> str:
        """Identifier that is equal for encoders with equal output."""
        counts = self.words.vocabulary.document_counts
        return _fingerprint(self, f"{self.words.vocabulary.fingerprint} {hash(counts)}")

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> "WordBag":
        """Create an encoder from the result of `get_config`."""
        return cls(**{**config, "words": TextEncoder.from_config(config["words"])})


class HashedGrams:
    """Encoder of texts as bins of their distinct n-grams: int32 `(texts, length)`, 0-padded.

    It needs no vocabulary and no fitting.

    Args:
        num_bins: Number of bins, including bin 0 for padding.
        ngrams: Maximum number of words in an n-gram.
        length: Maximum number of distinct n-grams per text, in order of occurrence.
    """

    def __init__(self, num_bins: int, ngrams: int, length: int) -> None:
        self.num_bins, self.ngrams, self.length = num_bins, ngrams, length
        self.hashing = HashingOneHot(num_bins, "multi_hot", mask_value="")

    def __call__(self, texts: Sequence[str]) -> np.ndarray:
        return _distinct_bins(tuple(texts), self.num_bins, self.ngrams, self.length)

    def has_known(self, text: str) -> bool:
        """Return whether the text has a word: every word has a bin."""
        return bool(self([text]).any())

    def get_config(self) -> dict[str, Any]:
        """Return the configuration as plain JSON types."""
        return {"num_bins": self.num_bins, "ngrams": self.ngrams, "length": self.length}

    @property
    def fingerprint(self) -> str:
        """Identifier that is equal for encoders with equal output."""
        return _fingerprint(self, "")

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> "HashedGrams":
        """Create an encoder from the result of `get_config`."""
        return cls(**config)


ENCODERS = {encoder.__name__: encoder for encoder in (PaddedWords, WordBag, HashedGrams)}


# Cached because several seeds and recipes share a vocabulary.
@lru_cache(maxsize=4)
def _fit_encoder(documents: Texts, num_words: int, tokenizer: Tokenizer) -> TextEncoder:
    return TextEncoder.fit(documents, num_words=num_words, tokenizer=tokenizer)


# Cached because some `build` functions need the bins of the training set before training.
@lru_cache(maxsize=4)
def _distinct_bins(texts: Texts, num_bins: int, ngrams: int, length: int) -> np.ndarray:
    tokenizer, hashing = Tokenizer(ngrams=ngrams), HashingOneHot(num_bins, mask_value="")
    ids = np.zeros((len(texts), length), np.int32)
    for row, text in enumerate(texts):
        bins = hashing.to_ids(tokenizer(text) or [""])
        found, first = np.unique(bins, return_index=True)
        retained = found[np.argsort(first)][:length]
        ids[row, : len(retained)] = retained
    ids.flags.writeable = False  # callers share the cached array
    return ids


def _fingerprint(encoder: Any, words: str) -> str:
    settings = {key: value for key, value in encoder.get_config().items() if key != "words"}
    return json.dumps(settings, sort_keys=True) + words
