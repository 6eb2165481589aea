"""What every loader of labelled texts returns, and how it is split."""

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from datasets._files.validation import check_choice, check_count, check_share

Document = str | np.ndarray
"""A text, or the ids of one: `(words,)`, integers."""


@dataclass(frozen=True)
class LabelledTexts:
    """Documents and their labels, in the same order.

    Args:
        documents: texts, or arrays of ids.
        labels: `(documents,)`, int8: 1 is positive.
    """

    documents: tuple[Any, ...]
    labels: np.ndarray

    def __post_init__(self) -> None:
        if np.shape(self.labels) != (len(self.documents),):
            raise ValueError(
                f"`labels` must have shape ({len(self.documents)},), one a document. Received: "
                f"shape {np.shape(self.labels)}. Pass one label a document."
            )

    def __len__(self) -> int:
        return len(self.documents)

    def __repr__(self) -> str:
        positive = int((self.labels == 1).sum())
        return f"<LabelledTexts: {len(self):,} documents, {positive:,} of them positive>"

    def take(self, places: Sequence[int] | np.ndarray) -> "LabelledTexts":
        """Those at `places`, in that order."""
        return LabelledTexts(
            tuple(self.documents[place] for place in places), self.labels[np.asarray(places, int)]
        )

    def sample(self, count: int, seed: int) -> "LabelledTexts":
        """`count` documents with the classes in equal shares, the same for the same seed.

        Raises:
            ValueError: `count` is not positive, or a class has too few documents.
        """
        check_count("count", count, 1)
        classes = np.unique(self.labels)
        order = content_order(self.documents, f"sample {seed}")
        shares = np.full(len(classes), count // max(len(classes), 1))
        shares[: count - int(shares.sum())] += 1
        chosen: list[int] = []
        for label, share in zip(classes, shares, strict=True):
            members = [place for place in order if self.labels[place] == label]
            if len(members) < share:
                raise ValueError(
                    f"`count` must be from 1 to what both classes can give in equal shares. "
                    f"Received: count={count}; label {label} has {len(members)} documents. Pass "
                    "fewer."
                )
            chosen += members[:share]
        places = set(chosen)
        return self.take([place for place in order if place in places])


@dataclass(frozen=True)
class TextReport:
    """What a loader found, and what it did about it.

    Args:
        name: which data.
        train: training documents in the files.
        test: test documents.
        repeats_in_train: documents of the training part that occur in it before.
        repeats_in_test: the same of the test part.
        shared: distinct documents that are in both parts.
        dropped: training documents left out because they are repeated or in the test part.
        notes: what else the user should know.

    >>> print(TextReport("imdb", train=25_000, test=25_000, repeats_in_train=96, shared=123))
    imdb: 25,000 training and 25,000 test documents; 96 repeated in train, 123 in both parts
    """

    name: str
    train: int
    test: int
    repeats_in_train: int = 0
    repeats_in_test: int = 0
    shared: int = 0
    dropped: int = 0
    notes: tuple[str, ...] = field(default=())

    def __str__(self) -> str:
        found = [
            (self.repeats_in_train, f"{self.repeats_in_train:,} repeated in train"),
            (self.repeats_in_test, f"{self.repeats_in_test:,} repeated in test"),
            (self.shared, f"{self.shared:,} in both parts"),
            (self.dropped, f"{self.dropped:,} of the training documents dropped for that"),
        ]
        words = ", ".join(text for count, text in found if count) or "no repeats"
        head = f"{self.name}: {self.train:,} training and {self.test:,} test documents"
        return "; ".join([head, words, *self.notes])


@dataclass(frozen=True)
class TextData:
    """Labelled documents in three parts.

    Args:
        name: short name of the data.
        kind: `"texts"` or `"ids"`.
        train: to learn from.
        validation: cut from the training documents, stratified: to choose the epoch.
        test: as published.
        report: what was found and repaired.
        fingerprint: SHA-256 of the texts and labels as they were read, or of the file of ids.
        synthetic: whether a program wrote the texts.
        word_vectors: gives the path of a file of word vectors of so many numbers.
    """

    name: str
    kind: str
    train: LabelledTexts
    validation: LabelledTexts
    test: LabelledTexts
    report: TextReport
    fingerprint: str
    synthetic: bool
    word_vectors: Callable[[int], Path]

    def __repr__(self) -> str:
        parts = (("train", self.train), ("validation", self.validation), ("test", self.test))
        sizes = ", ".join(f"{len(part):,} {name}" for name, part in parts)
        written = ", written by a program" if self.synthetic else ""
        return f"<TextData {self.name} as {self.kind}{written}: {sizes}\n  {self.report}>"


def content_order(documents: Sequence[Document], salt: str) -> list[int]:
    """Places in an order that looks random and depends on contents and `salt` alone.

    So a split is the same on every machine and with every version of NumPy, and whatever
    the order of the files is.
    """
    head = f"{salt}\n".encode()
    keys = [hashlib.sha256(head + _bytes(document)).digest() for document in documents]
    return sorted(range(len(documents)), key=lambda place: (keys[place], place))


def check_split(validation: float, seed: int, duplicates: str) -> None:
    """Refuses a wrong split before any file is read."""
    check_choice("duplicates", duplicates, ("keep", "drop"))
    check_share("validation", validation, ends=False)
    check_count("seed", seed, 0)


def split_documents(
    name: str,
    kind: str,
    train: LabelledTexts,
    test: LabelledTexts,
    *,
    validation: float,
    seed: int,
    duplicates: str,
    fingerprint: str,
    word_vectors: Callable[[int], Path],
    synthetic: bool = False,
    notes: tuple[str, ...] = (),
) -> TextData:
    """Counts repeats, drops them if asked to, and cuts a stratified validation part.

    Raises:
        ValueError: `validation` or `duplicates` is out of range.
    """
    check_split(validation, seed, duplicates)
    in_train, in_test = map(_digests, (train.documents, test.documents))
    known, repeated, seen = set(in_test), [], set()
    for place, digest in enumerate(in_train):
        if digest in known or digest in seen:
            repeated.append(place)
        seen.add(digest)
    dropped = set(repeated) if duplicates == "drop" else set()
    order = [place for place in content_order(train.documents, f"split {seed}")]
    order = [place for place in order if place not in dropped]
    held: set[int] = set()
    for label in np.unique(train.labels):
        members = [place for place in order if train.labels[place] == label]
        held.update(members[: max(1, round(validation * len(members)))])
    report = TextReport(
        name,
        train=len(train),
        test=len(test),
        repeats_in_train=len(in_train) - len(set(in_train)),
        repeats_in_test=len(in_test) - len(known),
        shared=len(set(in_train) & known),
        dropped=len(dropped),
        notes=notes,
    )
    return TextData(
        name,
        kind,
        train.take([place for place in order if place not in held]),
        train.take([place for place in order if place in held]),
        test,
        report,
        fingerprint,
        synthetic,
        word_vectors,
    )


def _digests(documents: Sequence[Document]) -> list[bytes]:
    return [hashlib.sha256(_bytes(document)).digest() for document in documents]


def _bytes(document: Document) -> bytes:
    if isinstance(document, str):
        return document.encode()
    return np.asarray(document, "<i4").tobytes()
