"""Words and their ids, fixed once and for all."""

import hashlib
import json
import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict
from typing import Any

from keras_seqext._common.formatting import format_count, format_first
from keras_seqext._common.validation import checked_integer, format_value, wrong_type
from keras_seqext.text.tokens.validation import checked_config, checked_items

from . import validation as checks
from .json_file import read_json, write_json
from .special_ids import IMDB_IDS, TEXT_VECTORIZATION_IDS, SpecialIds
from .token_counts import count_tokens

OOV_TOKEN = "[OOV]"
"""How `decode` shows a word that the vocabulary lacks."""


class Vocabulary(Mapping[str, int]):
    """A frozen mapping from token to id, most frequent token first.

    `len` is the number of real words; `num_ids` counts padding, OOV and start
    too and is the `input_dim` of a `keras.layers.Embedding`. As a mapping it
    knows real words only: `vocabulary["unheard"]` is a `KeyError`, while
    `vocabulary.encode(["unheard"])` follows the OOV policy of `special_ids`.

    Args:
        tokens: The words in the order of their ids, each once.
        counts: How often each occurs, or `None` when not known.
        document_counts: How many documents hold each, or `None`; tf-idf needs it.
        num_documents: How many documents were counted; given with `document_counts`.
        special_ids: Where padding, OOV, start and the first word are.

    What differs from the `Tokenizer` of Keras 2, on purpose: `num_words=n` keeps
    n words and not n - 1; nothing beyond them is kept (`word_index` was never
    cut); equal counts are ordered by token and not by first appearance; unknown
    words become the OOV id unless `special_ids` says to drop them.

    >>> vocabulary = Vocabulary.fit([["b", "a", "b"], ["c", "a"]], num_words=2)
    >>> dict(vocabulary), vocabulary.num_ids
    ({'a': 2, 'b': 3}, 4)
    >>> vocabulary
    <Vocabulary of 2 words, num_ids=4: 'a', 'b'; SpecialIds(oov=1, start=None, first_word=2)>
    >>> vocabulary.encode(["b", "unheard"])
    [3, 1]
    >>> vocabulary.decode([3, 1, 0, 0])
    ['b', '[OOV]']
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
        self._tokens = checks.checked_tokens(tokens)
        self._counts = checks.checked_counts("counts", counts, len(self._tokens))
        self._document_counts = checks.checked_document_counts(
            document_counts, num_documents, len(self._tokens)
        )
        self._num_documents = num_documents
        self._special_ids = checks.checked_special_ids(special_ids)
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
        """Counts a stream of token lists once and keeps the most frequent tokens.

        Args:
            documents: Token lists, one a document; read once.
            num_words: How many words to keep, exactly; all by default.
            min_count: Rarer tokens are left out.
            special_ids: Where padding, OOV, start and the first word are.
        """
        limit = None if num_words is None else checked_integer("num_words", num_words, 1)
        counted = count_tokens(documents)
        if not counted.counts:
            raise ValueError(
                f"No token in {counted.num_documents} `documents`: nothing to fit. "
                "Was the iterator used up before, or are the texts empty?"
            )
        tokens = counted.ranked(limit, checked_integer("min_count", min_count, 1))
        if not tokens:
            raise ValueError(
                f"No token occurs `min_count`={min_count} times; the most frequent one occurs "
                f"{max(counted.counts.values())} times. Lower `min_count`."
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
        special_ids: SpecialIds = IMDB_IDS,
    ) -> "Vocabulary":
        """A vocabulary out of ranks from 1, as `keras.datasets.imdb.get_word_index()` gives.

        With `IMDB_IDS`, ids equal those of `keras.datasets.imdb.load_data()`. Its
        `num_words=10_000` keeps ids below 10,000: `num_words=9_996` words here.

        >>> Vocabulary.from_word_index({"the": 1, "and": 2})["the"]
        4
        """
        if not isinstance(word_index, Mapping):
            raise wrong_type(
                "word_index", word_index, "a dict from word to rank", "Pass a list to Vocabulary()."
            )
        for token, rank in word_index.items():
            if isinstance(rank, bool) or not hasattr(rank, "__index__"):
                raise TypeError(
                    f"`word_index` must map words to integers. Received: {token!r} -> "
                    f"{format_value(rank)}. Pass ranks 1, 2, 3, ..."
                )
        tokens = sorted(word_index, key=lambda token: word_index[token])
        if [word_index[token] for token in tokens] != list(range(1, len(tokens) + 1)):
            raise ValueError(
                "`word_index` must give each word its own rank 1, 2, 3, ... without a gap. "
                f"Received ranks {min(word_index.values(), default=None)} to "
                f"{max(word_index.values(), default=None)} for {len(tokens)} words. "
                "dict(zip(words, range(1, len(words) + 1))) makes one."
            )
        limit = None if num_words is None else checked_integer("num_words", num_words, 1)
        return cls(tokens[:limit], special_ids=special_ids)

    @property
    def tokens(self) -> tuple[str, ...]:
        """The words in the order of their ids."""
        return self._tokens

    @property
    def counts(self) -> tuple[int, ...] | None:
        """How often each word occurred, in the order of `tokens`."""
        return self._counts

    @property
    def document_counts(self) -> tuple[int, ...] | None:
        """How many documents held each word, in the order of `tokens`."""
        return self._document_counts

    @property
    def num_documents(self) -> int | None:
        """How many documents were counted."""
        return self._num_documents

    @property
    def special_ids(self) -> SpecialIds:
        """Where padding, OOV, start and the first word are."""
        return self._special_ids

    @property
    def num_ids(self) -> int:
        """One more than the largest id: the `input_dim` of an embedding."""
        return self._special_ids.first_word + len(self._tokens)

    @property
    def fingerprint(self) -> str:
        """SHA-256 over tokens and special ids: equal exactly when all ids are equal."""
        if not self._fingerprint:
            content = json.dumps([asdict(self._special_ids), self._tokens])
            self._fingerprint = hashlib.sha256(content.encode()).hexdigest()
        return self._fingerprint

    def encode(self, tokens: Iterable[str]) -> list[int]:
        """Ids of one token list, by the OOV policy; without the start id."""
        tokens = checked_items("tokens", tokens, "tokens, as a Tokenizer gives")
        oov = self._special_ids.oov
        ids = self._ids
        try:
            if oov is None:
                return [ids[token] for token in tokens if token in ids]
            return [ids.get(token, oov) for token in tokens]
        except TypeError:  # a token that cannot be hashed
            raise wrong_type(
                "tokens", tokens, "a list of strings", "Encode one list of tokens at a time."
            ) from None

    def decode(self, ids: Iterable[int]) -> list[str]:
        """Tokens of one id sequence, without padding and start; OOV shows as `[OOV]`."""
        array = checks.checked_ids(ids, self._special_ids, self.num_ids)
        skipped = (SpecialIds.PAD, self._special_ids.start)
        first = self._special_ids.first_word
        return [
            self._tokens[i - first] if i >= first else OOV_TOKEN
            for i in array.tolist()
            if i not in skipped
        ]

    def truncate(self, num_words: int) -> "Vocabulary":
        """The same vocabulary with only its first `num_words` words."""
        limit = checked_integer("num_words", num_words, 1)
        return Vocabulary(
            self._tokens[:limit],
            counts=self._counts and self._counts[:limit],
            document_counts=self._document_counts and self._document_counts[:limit],
            num_documents=self._num_documents,
            special_ids=self._special_ids,
        )

    def get_config(self) -> dict[str, Any]:
        """All of it, as plain JSON."""
        return {
            "special_ids": asdict(self._special_ids),
            "tokens": list(self._tokens),
            "counts": self._counts and list(self._counts),
            "document_counts": self._document_counts and list(self._document_counts),
            "num_documents": self._num_documents,
        }

    @classmethod
    def from_config(cls, config: Mapping[str, Any]) -> "Vocabulary":
        """The vocabulary that `get_config` described."""
        checked_config(config, ("tokens", "special_ids"))
        checked_config(config["special_ids"], ("oov", "start", "first_word"))
        return cls(**{**config, "special_ids": SpecialIds(**config["special_ids"])})

    def save(self, path: str | os.PathLike[str]) -> None:
        """Writes a JSON file, at once or not at all."""
        write_json(path, "vocabulary", 1, self.get_config())

    @classmethod
    def load(cls, path: str | os.PathLike[str]) -> "Vocabulary":
        """Reads what `save` wrote."""
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
