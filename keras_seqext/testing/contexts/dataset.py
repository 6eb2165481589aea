"""Context of a dataset check: new datasets, and functions to read and compare batches."""

from collections import Counter
from collections.abc import Callable, Hashable, Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np

from keras_seqext.testing.core.failure import CheckFailure, NotApplicable, require
from keras_seqext.testing.core.tensors import to_numpy

Key = Callable[[Any], Iterable[Hashable]]
PARTS = ("x", "y", "sample_weight")


@dataclass
class DatasetContext:
    """One dataset and its declared properties.

    Args:
        make: Function that returns a new dataset.
        label: Name of the dataset in messages.
        key: Function that returns a hashable identifier for each sample of a batch.
        num_samples: Number of samples per epoch, if known.
        random: Whether the values of a batch may differ each time it is read.
        drops: Whether an epoch may omit samples.
        finite: Whether all float values must be finite.
        max_batches: Largest number of batches read per epoch.
        seed: Seed of everything random.
        check_name: Name of the running check.
    """

    make: Callable[[], Any]
    label: str
    key: Key | None = None
    num_samples: int | None = None
    random: bool = False
    drops: bool = False
    finite: bool = True
    max_batches: int = 200
    seed: int = 0
    check_name: str = ""

    def new(self) -> Any:
        """Return a new dataset, made with the same global seed each time."""
        import keras

        keras.utils.set_random_seed(self.seed)
        dataset = self.make()
        if not isinstance(dataset, keras.utils.PyDataset):
            raise TypeError(
                f"`make` must return a keras.utils.PyDataset. {self.label} returned: {dataset!r}."
            )
        return dataset

    @property
    def rng(self) -> np.random.Generator:
        """New random generator, always in the same state."""
        return np.random.default_rng(self.seed + 1_000)

    def count(self, dataset: Any) -> int:
        """Return the number of batches to read, at most `max_batches`."""
        length = number_of_batches(dataset)
        return self.max_batches if length is None else min(length, self.max_batches)

    def whole_epoch(self, dataset: Any) -> int:
        """Return the number of batches; not applicable if it is larger than `max_batches`."""
        length = number_of_batches(dataset)
        if length is None:
            raise NotApplicable("the dataset is endless")
        if length > self.max_batches:
            raise NotApplicable(
                f"an epoch has {length} batches, more than max_batches={self.max_batches}"
            )
        return length

    def require_same_content(self) -> None:
        """Raise `NotApplicable` if batches may differ each time they are read."""
        if self.random:
            raise NotApplicable("declared: random=True, a batch differs each time it is read")

    def samples(self, dataset: Any) -> Counter[Hashable]:
        """Return the number of occurrences of each sample in an epoch, by key or by content."""
        found: Counter[Hashable] = Counter()
        for index in range(self.whole_epoch(dataset)):
            found.update(self.keys(dataset[index]))
        return found

    def keys(self, batch: Any) -> list[Hashable]:
        """Return an identifier for each sample of a batch."""
        if self.key is None:
            self.require_same_content()
            return contents(batch)
        keys = list(self.key(batch))
        rows = number_of_rows(batch)
        require(
            len(keys) == rows,
            f"`key` returned {len(keys)} identifiers for a batch of {rows} samples: it must return "
            "one per sample",
        )
        return keys


def number_of_batches(dataset: Any) -> int | None:
    """Return the number of batches per epoch; `None` if the dataset is endless."""
    count = dataset.num_batches
    return None if count is None else int(count)


def arrays(batch: Any) -> list[Any]:
    """Return the arrays of a batch in a fixed order; NumPy arrays are not copied."""
    import keras

    leaves = [leaf for leaf in keras.tree.flatten(batch) if leaf is not None]
    known = (np.ndarray, np.generic, str, bytes, bool, int, float)
    return [np.asarray(leaf) if isinstance(leaf, known) else to_numpy(leaf) for leaf in leaves]


def names(batch: Any) -> list[str]:
    """Return a name for each array of a batch, for messages."""
    import keras

    if not isinstance(batch, tuple):
        return [f"part {i}" for i in range(len(arrays(batch)))]
    found = []
    for place, part in enumerate(batch):
        name = PARTS[place] if place < len(PARTS) else f"part {place}"
        leaves = [leaf for leaf in keras.tree.flatten(part) if leaf is not None]
        several = len(leaves) > 1
        found += [f"{name}[{i}]" if several else name for i in range(len(leaves))]
    return found


def copied(batch: Any) -> list[Any]:
    """Return copies of the arrays of a batch."""
    return [array.copy() for array in arrays(batch)]


def number_of_rows(batch: Any) -> int:
    """Return the number of samples of a batch."""
    found = arrays(batch)
    return int(found[0].shape[0]) if found and found[0].ndim else 0


def contents(batch: Any) -> list[Hashable]:
    """Return all values of each sample as bytes."""
    rows = number_of_rows(batch)
    found = [a for a in arrays(batch) if a.ndim and a.shape[0] == rows]
    return [b"|".join(_bytes(a[i]) for a in found) for i in range(rows)]


def _bytes(row: Any) -> bytes:
    # The width of a string dtype may differ between batches.
    return repr(row.tolist()).encode() if row.dtype.kind in "OUS" else row.tobytes()


def require_same(actual: Any, expected: list[Any], batch: Any, what: str) -> None:
    """Fail unless two lists of arrays are equal, bit for bit; NaN equals NaN.

    Args:
        actual: Actual arrays.
        expected: Expected arrays.
        batch: Batch that determines the names of the arrays.
        what: Names of the two lists in the message, as in `"read again, read first"`.
    """
    left, right = (part.strip() for part in what.split(",", 1))
    if len(actual) != len(expected):
        raise CheckFailure(f"{left} {len(actual)} arrays, {right} {len(expected)}")
    for name, found, wanted in zip(names(batch), actual, expected, strict=False):
        if found.shape != wanted.shape or found.dtype != wanted.dtype:
            raise CheckFailure(
                f"{name}: {left} {found.shape} {found.dtype}, {right} {wanted.shape} {wanted.dtype}"
            )
        differs = found != wanted
        if found.dtype.kind in "fc":
            differs &= ~(np.isnan(found) & np.isnan(wanted))
        if np.any(differs):
            place = tuple(int(i) for i in np.argwhere(differs)[0])
            raise CheckFailure(
                f"{name}{list(place)}: {left} {found[place]!s:.20}, {right} {wanted[place]!s:.20}; "
                f"{int(np.sum(differs))} of {found.size} values differ"
            )
