"""Checks of memory and side effects: independent batches, global state and copies."""

import copy
import random
import tracemalloc
from typing import Any

import numpy as np

from keras_seqext.testing.contexts.dataset import DatasetContext, arrays, copied, require_same
from keras_seqext.testing.core.failure import require
from keras_seqext.testing.core.registry import dataset_check

PASSES = 6
ALLOWED_GROWTH = 4_096  # bytes per pass


@dataset_check("core")
def batch_kept(ctx: DatasetContext) -> None:
    """A batch that was returned does not change when other batches are read or the epoch ends.

    Why it matters: Keras prefetches batches; with a shared buffer the next batch overwrites the
    batch that is used for training.
    Usual causes: a buffer that is allocated once and filled by each read; an in-place shuffle of an
    array of which slices were returned.
    """
    dataset = ctx.new()
    count = ctx.count(dataset)
    returned = [dataset[index] for index in range(min(count, 8))]
    copies = [copied(batch) for batch in returned]
    for index in range(count):
        dataset[index]
    for place, batch in enumerate(returned):
        require_same(
            arrays(batch), copies[place], batch, f"batch {place} after others were read, before"
        )
    dataset.on_epoch_end()
    dataset[0]
    for place, batch in enumerate(returned):
        require_same(
            arrays(batch), copies[place], batch, f"batch {place} after the epoch ended, before"
        )


@dataset_check("recommended", after=("order_of_access",))
def owned_memory(ctx: DatasetContext) -> None:
    """Writing to a batch does not change the dataset.

    Why it matters: in-place augmentation, and torch, which shares the memory of NumPy arrays, would
    change the data of all later epochs.
    Usual causes: slices of the stored array are returned; they are views, not copies.
    """
    dataset = ctx.new()
    for index in range(min(ctx.count(dataset), 8)):
        batch = dataset[index]
        before = copied(batch)
        other = dataset[index]
        for one, two in zip(arrays(batch), arrays(other), strict=True):
            shared = np.shares_memory(one, two) and (one.flags.writeable or two.flags.writeable)
            require(not shared, f"two reads of batch {index} return the same memory; return a copy")
        written = False
        for array in arrays(batch):
            if array.flags.writeable and array.dtype.kind in "fiubc":
                array[...] = np.ones((), array.dtype) - array if array.dtype.kind != "b" else ~array
                written = True
        if written and not ctx.random:
            again = dataset[index]
            require_same(arrays(again), before, again, f"batch {index} after writing to it, before")


@dataset_check("recommended")
def no_global_random(ctx: DatasetContext) -> None:
    """Creating, reading and ending an epoch neither seed nor draw from the global generators.

    Why it matters: with worker threads the order of the draws is arbitrary, all worker processes
    draw the same numbers, and the rest of the program receives other numbers.
    Usual causes: `np.random.shuffle` or `random.shuffle` in place of a generator owned by the
    dataset.
    """
    dataset = ctx.new()

    def states() -> tuple[Any, Any]:
        state: Any = np.random.get_state()
        return random.getstate(), (state[1].tobytes(), *state[2:])

    before = states()
    for step, act in (
        ("reading", lambda: [dataset[index] for index in range(min(ctx.count(dataset), 8))]),
        ("on_epoch_begin", dataset.on_epoch_begin),
        ("on_epoch_end", dataset.on_epoch_end),
        ("reading", lambda: dataset[0]),
    ):
        act()
        python, numpy = states()
        require(python == before[0], f"{step} changed the state of Python's random")
        require(numpy == before[1], f"{step} changed the state of np.random")


@dataset_check("recommended")
def reproducible(ctx: DatasetContext) -> None:
    """Two datasets constructed after `keras.utils.set_random_seed` have the same batches.

    Why it matters: otherwise a training run is not reproducible.
    Usual causes: `np.random.default_rng()` without a seed; a seed from the clock or from the
    entropy of the operating system.
    """
    first, second = ctx.new(), ctx.new()
    for epoch in range(2):
        for index in range(min(ctx.count(first), 8)):
            batch = first[index]
            what = f"batch {index} of epoch {epoch} of a second dataset, of the first"
            require_same(arrays(second[index]), arrays(batch), batch, what)
        first.on_epoch_end()
        second.on_epoch_end()


@dataset_check("recommended", cost="medium")
def memory_growth(ctx: DatasetContext) -> None:
    """The memory in use does not grow with the number of epochs.

    Why it matters: a long training run ends when the memory is exhausted.
    Usual causes: batches or orders stored per epoch; a list that grows with each read.
    """
    dataset = ctx.new()
    count = min(ctx.count(dataset), 50)

    def one_pass() -> None:
        dataset.on_epoch_begin()
        for index in range(count):
            dataset[index]
        dataset.on_epoch_end()

    for _ in range(2):  # the first passes fill caches
        one_pass()
    ours = not tracemalloc.is_tracing()
    if ours:
        tracemalloc.start()
    try:
        one_pass()
        sizes = []
        for _ in range(PASSES):
            one_pass()
            sizes.append(tracemalloc.get_traced_memory()[0])
    finally:
        if ours:
            tracemalloc.stop()
    growth = [after - before for before, after in zip(sizes, sizes[1:], strict=False)]
    require(
        min(growth) < ALLOWED_GROWTH,
        f"each of {len(growth)} passes over {count} batches increased the memory in use by "
        f"{min(growth)} to {max(growth)} bytes; at most {ALLOWED_GROWTH} are allowed",
    )


@dataset_check("recommended", after=("order_of_access",))
def deepcopy_dataset(ctx: DatasetContext) -> None:
    """A copy made by `copy.deepcopy` has the same batches and shares no state with the original.

    Why it matters: validation splits and hyperparameter searches copy datasets.
    Usual causes: a lock, an open file or a generator stored on the dataset.
    """
    ctx.require_same_content()
    dataset = ctx.new()
    dataset.on_epoch_end()
    other = copy.deepcopy(dataset)
    for index in range(min(ctx.count(dataset), 8)):
        batch = dataset[index]
        require_same(
            arrays(other[index]),
            arrays(batch),
            batch,
            f"batch {index} of the copy, of the original",
        )
    before = copied(dataset[0])
    other.on_epoch_end()
    batch = dataset[0]
    require_same(arrays(batch), before, batch, "batch 0 after the epoch of the copy ended, before")
