"""Checks of reading: number of batches, structure of batches, and reads in any order."""

import random
import warnings
from typing import Any

import numpy as np

from keras_seqext.testing.contexts.dataset import (
    DatasetContext,
    arrays,
    copied,
    names,
    number_of_batches,
    number_of_rows,
    require_same,
)
from keras_seqext.testing.core.failure import CheckFailure, NotApplicable, require, require_finite
from keras_seqext.testing.core.registry import dataset_check


@dataset_check("core", after=())
def length(ctx: DatasetContext) -> None:
    """The number of batches is a constant positive integer, and every batch can be read.

    Why it matters: Keras reads exactly this number of batches per epoch. If it is too large, the
    epoch ends with an error; if it is too small, samples are silently lost.
    Usual causes: the number of samples in place of the number of batches; a division rounded down;
    a constructor that does not call `super().__init__(**kwargs)`.
    """
    dataset = ctx.new()
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        _ = dataset.workers
    warned = [str(w.message) for w in caught if "super().__init__" in str(w.message)]
    require(not warned, "the constructor does not call `super().__init__(**kwargs)`")
    try:
        count: Any = dataset.num_batches
    except NotImplementedError:
        raise CheckFailure(
            "the number of batches is unknown: define `__len__`, or a property `num_batches` "
            "that is None if the dataset is infinite"
        ) from None
    if count is not None:
        whole = isinstance(count, (int, np.integer)) and not isinstance(count, bool)
        require(whole and count > 0, f"the number of batches is {count!r}, not a positive integer")
    rows = 0
    for index in range(ctx.count(dataset)):
        try:
            rows += number_of_rows(dataset[index])
        except Exception as error:
            raise CheckFailure(
                f"batch {index} of {count} cannot be read: {type(error).__name__}: {error}"
            ) from error
    again = dataset.num_batches
    require(
        again == count, f"the number of batches was {count} before reading, and is {again} after it"
    )
    if ctx.num_samples is not None and count is not None and count <= ctx.max_batches:
        require(
            rows == ctx.num_samples,
            f"the {count} batches have {rows} samples in total; expected {ctx.num_samples}",
        )


@dataset_check("core", after=("length",))
def batch_structure(ctx: DatasetContext) -> None:
    """All batches have the same parts, ranks and dtypes, and all parts have equally many rows.

    Why it matters: Keras infers the structure of all batches from the first batches.
    Usual causes: an empty last batch; a last batch of another rank or dtype; a list where Keras
    expects a tuple `(x, y)`.
    """
    import keras

    dataset = ctx.new()
    first: Any = None
    for index in range(ctx.count(dataset)):
        batch = dataset[index]
        require(
            not isinstance(batch, list),
            f"batch {index} is a list, which Keras reads as several inputs; return a tuple (x, y)",
        )
        if isinstance(batch, tuple):
            require(
                1 <= len(batch) <= 3,
                f"batch {index} has {len(batch)} parts; expected (x,), (x, y) or "
                "(x, y, sample_weight)",
            )
        found = arrays(batch)
        require(found, f"batch {index} does not contain an array")
        for name, array in zip(names(batch), found, strict=False):
            require(array.ndim, f"{name} of batch {index} is a single value without a batch axis")
            require(array.shape[0] > 0, f"{name} of batch {index} is empty: {array.shape}")
            require(
                array.shape[0] == found[0].shape[0],
                f"{name} of batch {index} has {array.shape[0]} rows, and another part has "
                f"{found[0].shape[0]}",
            )
        form = [(name, a.ndim, str(a.dtype)) for name, a in zip(names(batch), found, strict=False)]
        if first is None:
            first = batch, form
            continue
        try:
            keras.tree.assert_same_structure(first[0], batch)
        except (ValueError, TypeError) as error:
            raise CheckFailure(
                f"the structure of batch {index} differs from that of batch 0: {error}"
            ) from None
        for old, new in zip(first[1], form, strict=True):
            # The dtype of strings contains the length of the longest, which differs by batch.
            text = old[:2] == new[:2] and "U" in old[2] and "U" in new[2]
            require(
                text or old == new,
                f"{new[0]} has rank {new[1]} and dtype {new[2]} in batch {index}, but rank "
                f"{old[1]} and dtype {old[2]} in batch 0",
            )


@dataset_check("recommended")
def batch_sizes(ctx: DatasetContext) -> None:
    """All batches have as many rows as the first; only the last batch may have fewer.

    Why it matters: each further batch size compiles the training step again, and a mean over
    batches gives the samples of a small batch more weight.
    Usual causes: the remainder is the first batch or is distributed over batches; slices that
    overlap.
    """
    dataset = ctx.new()
    count = ctx.count(dataset)
    sizes = [number_of_rows(dataset[index]) for index in range(count)]
    whole = number_of_batches(dataset) == count
    inner = sizes[:-1] if whole else sizes
    odd = [index for index, size in enumerate(inner) if size != sizes[0]]
    require(
        not odd,
        f"batch {odd[:1]} has {[sizes[i] for i in odd[:1]]} rows, and batch 0 has {sizes[0]}",
    )
    require(
        sizes[-1] <= sizes[0],
        f"the last batch has {sizes[-1]} rows, more than the {sizes[0]} of the first",
    )


@dataset_check("recommended")
def index_errors(ctx: DatasetContext) -> None:
    """An invalid index raises an `IndexError`; index -1 is the last batch or an error.

    Why it matters: code that reads batches by index receives an empty or wrong batch in place of an
    error.
    Usual causes: a slice beyond the end of an array, which is empty and does not raise an error.
    """
    dataset = ctx.new()
    count = number_of_batches(dataset)
    if count is None:
        raise NotApplicable("the dataset is infinite")
    for index in (count, count + 1, -count - 1):
        try:
            batch = dataset[index]
        except IndexError:
            continue
        except Exception as error:
            raise CheckFailure(
                f"dataset[{index}], with {count} batches, raises {type(error).__name__}; expected "
                f"IndexError: {error}"
            ) from error
        shapes = [a.shape for a in arrays(batch)]
        raise CheckFailure(
            f"dataset[{index}], with {count} batches, returns arrays of shape {shapes}; expected "
            "an IndexError"
        )
    try:
        last = dataset[-1]
    except (IndexError, ValueError):
        return
    ctx.require_same_content()
    require_same(
        arrays(last), arrays(dataset[count - 1]), last, f"dataset[-1], dataset[{count - 1}]"
    )


@dataset_check("core")
def finite_values(ctx: DatasetContext) -> None:
    """All float values are finite.

    Why it matters: a single NaN or infinity turns every weight into NaN.
    Usual causes: missing values; a division by a standard deviation of 0.
    """
    if not ctx.finite:
        raise NotApplicable("declared: finite=False")
    dataset = ctx.new()
    for index in range(ctx.count(dataset)):
        batch = dataset[index]
        for name, array in zip(names(batch), arrays(batch), strict=False):
            require_finite(array, f"{name} of batch {index}")


@dataset_check("core")
def same_batch_twice(ctx: DatasetContext) -> None:
    """Reading a batch twice within an epoch gives equal arrays.

    Why it matters: Keras reads the first batches twice, and both reads have to agree.
    Usual causes: the next sample of an iterator regardless of the index; a generator that each read
    advances; a shuffle in `__getitem__`; noise from `np.random`.
    """
    ctx.require_same_content()
    dataset = ctx.new()
    for _ in range(2):
        for index in range(ctx.count(dataset)):
            first = copied(dataset[index])
            random.seed(ctx.seed + index)
            np.random.seed(ctx.seed + index + 1)
            batch = dataset[index]
            require_same(
                arrays(batch), first, batch, f"batch {index} in the second read, in the first read"
            )
        dataset.on_epoch_end()


@dataset_check("core", after=("same_batch_twice",))
def order_of_access(ctx: DatasetContext) -> None:
    """The batches of an epoch do not depend on the order in which they are read.

    Why it matters: worker threads read batches in an arbitrary order.
    Usual causes: an iterator behind `__getitem__`; a shuffle when the first or last batch is read;
    a position that each read advances.
    """
    ctx.require_same_content()
    dataset = ctx.new()
    count = ctx.count(dataset)
    last = copied(dataset[count - 1])
    for turn in range(2):
        forward = [copied(dataset[index]) for index in range(count)]
        if turn == 0:
            batch = dataset[count - 1]
            require_same(
                forward[-1], last, batch, "the last batch read after all others, read before them"
            )
        orders = {
            "backwards": list(range(count))[::-1],
            "in another order": [int(i) for i in ctx.rng.permutation(count)],
        }
        for name, order in orders.items():
            for index in order:
                batch = dataset[index]
                require_same(
                    arrays(batch),
                    forward[index],
                    batch,
                    f"batch {index} read {name}, read forwards",
                )
        dataset.on_epoch_end()
