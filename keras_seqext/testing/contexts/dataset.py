"""What a check of datasets is given: new datasets, and ways to read and compare batches."""

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
    """One way to make a dataset, and what its author says of it.

    Args:
        make: Returns a new dataset.
        label: Shown in messages.
        key: Names the samples of a batch, one hashable each.
        num_samples: How many samples an epoch has, if known.
        random: Whether a batch may hold other values each time it is read.
        drops: Whether samples may be left out of an epoch.
        finite: Whether all float values have to be finite.
        max_batches: How many batches of a longer dataset are read.
        seed: Of everything random.
        check_name: The running check.
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
        """A new dataset, made with the same global seed each time."""
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
        """A generator in the same state each time it is asked for."""
        return np.random.default_rng(self.seed + 1_000)

    def count(self, dataset: Any) -> int:
        """How many batches to read: all of them, if there are not too many."""
        length = number_of_batches(dataset)
        return self.max_batches if length is None else min(length, self.max_batches)

    def whole_epoch(self, dataset: Any) -> int:
        """The number of batches, for checks that need all of them."""
        length = number_of_batches(dataset)
        if length is None:
            raise NotApplicable("the dataset is endless")
        if length > self.max_batches:
            raise NotApplicable(
                f"an epoch has {length} batches, more than max_batches={self.max_batches}"
            )
        return length

    def require_same_content(self) -> None:
        """Not applicable where batches may differ each time they are read."""
        if self.random:
            raise NotApplicable("declared: random=True, a batch differs each time it is read")

    def samples(self, dataset: Any) -> Counter[Hashable]:
        """How often each sample comes in a pass; by content where there is no key."""
        found: Counter[Hashable] = Counter()
        for index in range(self.whole_epoch(dataset)):
            found.update(self.keys(dataset[index]))
        return found

    def keys(self, batch: Any) -> list[Hashable]:
        """A name for each sample of a batch."""
        if self.key is None:
            self.require_same_content()
            return contents(batch)
        keys = list(self.key(batch))
        rows = number_of_rows(batch)
        require(
            len(keys) == rows,
            f"`key` named {len(keys)} samples of a batch that has {rows}: it must give one each",
        )
        return keys


def number_of_batches(dataset: Any) -> int | None:
    """As Keras asks for it; `None` is endless."""
    count = dataset.num_batches
    return None if count is None else int(count)


def arrays(batch: Any) -> list[Any]:
    """The arrays of a batch in a fixed order, themselves where they are NumPy's."""
    import keras

    leaves = [leaf for leaf in keras.tree.flatten(batch) if leaf is not None]
    known = (np.ndarray, np.generic, str, bytes, bool, int, float)
    return [np.asarray(leaf) if isinstance(leaf, known) else to_numpy(leaf) for leaf in leaves]


def names(batch: Any) -> list[str]:
    """What to call each of the arrays in a message."""
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
    """Copies of the arrays of a batch."""
    return [array.copy() for array in arrays(batch)]


def number_of_rows(batch: Any) -> int:
    """How many samples a batch has."""
    found = arrays(batch)
    return int(found[0].shape[0]) if found and found[0].ndim else 0


def contents(batch: Any) -> list[Hashable]:
    """All values of each sample, as bytes."""
    rows = number_of_rows(batch)
    found = [a for a in arrays(batch) if a.ndim and a.shape[0] == rows]
    return [b"|".join(_bytes(a[i]) for a in found) for i in range(rows)]


def _bytes(row: Any) -> bytes:
    # Texts may be wider in one batch than in the next.
    return repr(row.tolist()).encode() if row.dtype.kind in "OUS" else row.tobytes()


def require_same(actual: Any, expected: list[Any], batch: Any, what: str) -> None:
    """Fails unless two lists of arrays are equal, bit for bit; NaN equals NaN.

    Args:
        actual: Arrays.
        expected: Arrays.
        batch: Names the arrays.
        what: Names the two, as in `"read again, read first"`.
    """
    left, right = (part.strip() for part in what.split(",", 1))
    if len(actual) != len(expected):
        raise CheckFailure(f"{left} {len(actual)} arrays, {right} {len(expected)}")
    for name, one, other in zip(names(batch), actual, expected, strict=False):
        if one.shape != other.shape or one.dtype != other.dtype:
            raise CheckFailure(
                f"{name}: {left} {one.shape} {one.dtype}, {right} {other.shape} {other.dtype}"
            )
        differs = one != other
        if one.dtype.kind in "fc":
            differs &= ~(np.isnan(one) & np.isnan(other))
        if np.any(differs):
            place = tuple(int(i) for i in np.argwhere(differs)[0])
            raise CheckFailure(
                f"{name}{list(place)}: {left} {one[place]!s:.20}, {right} {other[place]!s:.20}; "
                f"{int(np.sum(differs))} of {one.size} values differ"
            )
