"""Immutable mapping from words to ids."""

import hashlib
import json
import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict
from typing import Any

from keras_seqext._common.formatting import format_count, format_first
from keras_seqext._common.validation import checked_integer
from keras_seqext.text.tokens.token_lists import as_tokens
from keras_seqext.text.tokens.validation import checked_config

from . import validation as checks
from .json_file import read_json, write_json
from .special_ids import IMDB_IDS, TEXT_VECTORIZATION_IDS, SpecialIds
from .token_counts import count_tokens
from .word_index import ranked_tokens

OOV_TOKEN = "[OOV]"
"""Text of out-of-vocabulary (OOV) tokens in the result of `decode`."""


class Vocabulary(Mapping[str, int]):
    """Immutable mapping from tokens to ids, most frequent token first.

    `len` is the number of words. `num_ids` also counts padding, OOV and start, and is the
    `input_dim` of a `keras.layers.Embedding`. The mapping contains words only:
    `vocabulary["unheard"]` raises a `KeyError`, while `vocabulary.encode(["unheard"])`
    follows the OOV policy of `special_ids`.

    Args:
        tokens: Distinct words in the order of their ids. The entries `''` and `[UNK]` at the
            beginning of a list of `keras.layers.TextVectorization.get_vocabulary()` are
            padding and OOV, so that the ids are those of the layer.
        counts: Number of occurrences of each word, or `None`.
        document_counts: Number of documents with each word, or `None`; required for
            tf-idf.
        num_documents: Number of documents; required with `document_counts`.
        special_ids: Ids of padding, OOV tokens, the start and the first word.

    Intended differences from the `Tokenizer` of Keras 2: `num_words=n` retains n words,
    not n - 1; other words are not stored, while `word_index` was never truncated; words
    with equal counts are sorted by name, not by first occurrence; OOV tokens have the OOV
    id, unless `special_ids` drops them.

    >>> vocabulary = Vocabulary.fit([["b", "a", "b"], ["c", "a"]], num_words=2)
    >>> dict(vocabulary), vocabulary.num_ids
    ({'a': 2, 'b': 3}, 4)
    >>> vocabulary
    <Vocabulary of 2 words, num_ids=4: 'a', 'b'; SpecialIds(oov=1, start=None, first_word=2)>
    >>> vocabulary.encode(["b", "unheard"])
    [3, 1]
    >>> vocabulary.decode([3, 1, 0, 0])
    ['b', '[OOV]']
    >>> Vocabulary(["", "[UNK]", "the"])["the"]
    2
    """

    def __init__(
        self,
        tokens: Iterable[str],
        *,
        counts: Sequence[int] | None = None,
        document_counts: Sequence[int] | None = None,
        num_documents: int | None = None,
        special_ids: SpecialIds = TEXT_VECTORIZATION_IDS,
    ) -> None:
        checks.checked_special_ids(special_ids)
        words = tokens.tokens if isinstance(tokens, Vocabulary) else checks.checked_tokens(tokens)
        if counts is None and document_counts is None:
            words = checks.without_special_tokens(words, special_ids)
        self._tokens = words
        self._counts = checks.checked_counts("counts", counts, len(self._tokens))
        self._document_counts = checks.checked_document_counts(
            document_counts, num_documents, len(self._tokens)
        )
        self._num_documents = num_documents
        self._special_ids = special_ids
        self._ids = {token: i for i, token in enumerate(self._tokens, special_ids.first_word)}
        self._fingerprint = ""

    @classmethod
    def fit(
        cls,
        documents: Iterable[Iterable[str]],
        *,
        num_words: int | None = None,
        min_count: int = 1,
        special_ids: SpecialIds = TEXT_VECTORIZATION_IDS,
    ) -> "Vocabulary":
        """Count the tokens of a stream of token lists and retain the most frequent ones.

        Args:
            documents: Token lists, one per document, which are read once.
            num_words: Maximum number of words, the most frequent ones; all by default.
            min_count: Minimum number of occurrences of a word.
            special_ids: Ids of padding, OOV tokens, the start and the first word.
        """
        limit = None if num_words is None else checked_integer("num_words", num_words, 1)
        counted = count_tokens(documents)
        if not counted.counts:
            raise ValueError(
                "`documents` must contain at least one token. Received: none in "
                f"{counted.num_documents} documents. Check whether the texts are empty, or the "
                "iterator was read before."
            )
        tokens = counted.ranked(limit, checked_integer("min_count", min_count, 1))
        if not tokens:
            raise ValueError(
                f"`min_count` must be at most {max(counted.counts.values())}, the count of the "
                f"most frequent token. Received: min_count={min_count}. Use a smaller `min_count`."
            )
        return cls(
            tokens,
            counts=[counted.counts[token] for token in tokens],
            document_counts=[counted.document_counts[token] for token in tokens],
            num_documents=counted.num_documents,
            special_ids=special_ids,
        )

    @classmethod
    def from_word_index(
        cls,
        word_index: Mapping[str, int],
        *,
        num_words: int | None = None,
        special_ids: SpecialIds | None = None,
        oov_token: str | None = None,
    ) -> "Vocabulary":
        """Create a vocabulary from ranks, as in `keras.datasets.imdb.get_word_index()`.

        Ranks begin at 1. With `IMDB_IDS`, ids are equal to those of
        `keras.datasets.imdb.load_data()`, where `num_words=10_000` retains ids below
        10,000, which corresponds to `num_words=9_996` here.

        The ids are those of a `Tokenizer` of Keras 2 with `special_ids=TOKENIZER_IDS`, or
        with its `oov_token`. Its `num_words=n` corresponds to `n - 1` words here, or to
        `n - 2` with an `oov_token`.

        Args:
            word_index: Mapping from word to rank.
            num_words: Maximum number of words; all by default.
            special_ids: Ids of padding, OOV tokens, the start and the first word; by
                default `IMDB_IDS`, or `TEXT_VECTORIZATION_IDS` with `oov_token`.
            oov_token: The `oov_token` of the `Tokenizer` of Keras 2, which has rank 1. It
                becomes the OOV id and is not a word.

        >>> Vocabulary.from_word_index({"the": 1, "and": 2})["the"]
        4
        >>> vocabulary = Vocabulary.from_word_index({"<OOV>": 1, "the": 2}, oov_token="<OOV>")
        >>> vocabulary["the"], vocabulary.encode(["unheard"])
        (2, [1])
        """
        tokens = ranked_tokens(word_index, oov_token)
        if special_ids is None:
            special_ids = IMDB_IDS if oov_token is None else TEXT_VECTORIZATION_IDS
        limit = None if num_words is None else checked_integer("num_words", num_words, 1)
        return cls(tokens[:limit], special_ids=special_ids)

    @property
    def tokens(self) -> tuple[str, ...]:
        """Words in the order of their ids."""
        return self._tokens

    @property
    def counts(self) -> tuple[int, ...] | None:
        """Number of occurrences of each word, in the order of `tokens`."""
        return self._counts

    @property
    def document_counts(self) -> tuple[int, ...] | None:
        """Number of documents with each word, in the order of `tokens`."""
        return self._document_counts

    @property
    def num_documents(self) -> int | None:
        """Number of documents that were counted."""
        return self._num_documents

    @property
    def special_ids(self) -> SpecialIds:
        """Ids of padding, OOV tokens, the start and the first word."""
        return self._special_ids

    @property
    def num_ids(self) -> int:
        """Largest id plus 1, the `input_dim` of an embedding."""
        return self._special_ids.first_word + len(self._tokens)

    @property
    def fingerprint(self) -> str:
        """SHA-256 of tokens and special ids, equal if and only if all ids are equal."""
        if not self._fingerprint:
            content = json.dumps([asdict(self._special_ids), self._tokens])
            self._fingerprint = hashlib.sha256(content.encode()).hexdigest()
        return self._fingerprint

    def encode(self, tokens: Iterable[str]) -> list[int]:
        """Return the ids of a token list according to the OOV policy, without the start id.

        Bytes are decoded as UTF-8. A value that is not a string raises an error: it is not
        an out-of-vocabulary token.
        """
        words = as_tokens("tokens", tokens, "tokens, as returned by a Tokenizer")
        oov = self._special_ids.oov
        ids = self._ids
        if oov is None:
            return [ids[token] for token in words if token in ids]
        return [ids.get(token, oov) for token in words]

    def decode(self, ids: Iterable[int]) -> list[str]:
        """Return the tokens of an id sequence without padding and start; OOV is `[OOV]`."""
        array = checks.checked_ids(ids, self._special_ids, self.num_ids)
        skipped = (SpecialIds.PAD, self._special_ids.start)
        first = self._special_ids.first_word
        return [
            self._tokens[i - first] if i >= first else OOV_TOKEN
            for i in array.tolist()
            if i not in skipped
        ]

    def truncate(self, num_words: int) -> "Vocabulary":
        """Return a vocabulary of the first `num_words` words."""
        limit = checked_integer("num_words", num_words, 1)
        return type(self)(
            self._tokens[:limit],
            counts=self._counts and self._counts[:limit],
            document_counts=self._document_counts and self._document_counts[:limit],
            num_documents=self._num_documents,
            special_ids=self._special_ids,
        )

    def get_config(self) -> dict[str, Any]:
        """Return all arguments as a JSON-serializable dict."""
        return {
            "special_ids": asdict(self._special_ids),
            "tokens": list(self._tokens),
            "counts": self._counts and list(self._counts),
            "document_counts": self._document_counts and list(self._document_counts),
            "num_documents": self._num_documents,
        }

    @classmethod
    def from_config(cls, config: Mapping[str, Any]) -> "Vocabulary":
        """Create a vocabulary from the result of `get_config`."""
        checked_config(config, ("tokens", "special_ids"))
        checked_config(config["special_ids"], ("oov", "start", "first_word"))
        return cls(**{**config, "special_ids": SpecialIds(**config["special_ids"])})

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write a JSON file atomically."""
        write_json(path, "vocabulary", 1, self.get_config())

    @classmethod
    def load(cls, path: str | os.PathLike[str]) -> "Vocabulary":
        """Read a file written by `save`."""
        return read_json(path, "vocabulary", 1, cls.from_config)

    def __getitem__(self, token: str) -> int:
        return self._ids[token]

    def __contains__(self, token: object) -> bool:
        return token in self._ids

    def __iter__(self) -> Iterator[str]:
        return iter(self._tokens)

    def __len__(self) -> int:
        return len(self._tokens)

    def __eq__(self, other: object) -> bool:
        if isinstance(other, Vocabulary):
            return self.get_config() == other.get_config()
        return super().__eq__(other)

    def __hash__(self) -> int:
        return hash(self.fingerprint)

    def __repr__(self) -> str:
        return (
            f"<Vocabulary of {format_count(len(self), 'word')}, num_ids={self.num_ids}: "
            f"{format_first(self._tokens, len(self))}; {self._special_ids}>"
        )
