"""A batch belongs to whoever asked for it, and reading changes nothing around the dataset."""

import copy
import random
import tracemalloc
from typing import Any

import numpy as np

from keras_seqext.testing.contexts.dataset import DatasetContext, arrays, copied, require_same
from keras_seqext.testing.core.failure import require
from keras_seqext.testing.core.registry import dataset_check

PASSES = 6
ALLOWED_GROWTH = 4_096  # bytes a pass


@dataset_check("core")
def batch_kept(ctx: DatasetContext) -> None:
    """A batch in hand does not change when others are read or the epoch ends.

    Why it matters: Keras reads ahead; a reused buffer turns the batch in training into the next.
    Usual causes: one array allocated once and filled by each read; a shuffle in place of an
    array whose slices were handed out.
    """
    dataset = ctx.new()
    count = ctx.count(dataset)
    held = [dataset[index] for index in range(min(count, 8))]
    copies = [copied(batch) for batch in held]
    for index in range(count):
        dataset[index]
    for place, batch in enumerate(held):
        require_same(
            arrays(batch), copies[place], batch, f"batch {place} after others were read, before"
        )
    dataset.on_epoch_end()
    dataset[0]
    for place, batch in enumerate(held):
        require_same(
            arrays(batch), copies[place], batch, f"batch {place} after the epoch ended, before"
        )


@dataset_check("recommended", after=("order_of_access",))
def owned_memory(ctx: DatasetContext) -> None:
    """Writing into a batch changes nothing in the dataset.

    Why it matters: augmentation in place, and torch, which takes NumPy memory as it is, would
    change the data for all epochs to come.
    Usual causes: slices of the stored array handed out: they are views, not copies.
    """
    dataset = ctx.new()
    for index in range(min(ctx.count(dataset), 8)):
        batch = dataset[index]
        before = copied(batch)
        other = dataset[index]
        for one, two in zip(arrays(batch), arrays(other), strict=True):
            shared = np.shares_memory(one, two) and (one.flags.writeable or two.flags.writeable)
            require(not shared, f"batch {index} read twice is the same memory twice")
        written = False
        for array in arrays(batch):
            if array.flags.writeable and array.dtype.kind in "fiubc":
                array[...] = np.ones((), array.dtype) - array if array.dtype.kind != "b" else ~array
                written = True
        if written and not ctx.random:
            again = dataset[index]
            require_same(
                arrays(again), before, again, f"batch {index} after writing into it, before"
            )


@dataset_check("recommended")
def no_global_random(ctx: DatasetContext) -> None:
    """Making, reading and ending an epoch neither seed nor draw the global random numbers.

    Why it matters: with worker threads the order of draws is left to chance, in processes every
    worker draws the same, and the rest of the program gets other numbers.
    Usual causes: `np.random.shuffle` or `random.shuffle` instead of a generator of its own.
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
    """Made again after `keras.utils.set_random_seed` it gives the same batches.

    Why it matters: a training run cannot be repeated otherwise.
    Usual causes: `np.random.default_rng()` without a seed; the clock or the system's entropy.
    """
    first, second = ctx.new(), ctx.new()
    for epoch in range(2):
        for index in range(min(ctx.count(first), 8)):
            batch = first[index]
            what = f"batch {index} of epoch {epoch} made again, made first"
            require_same(arrays(second[index]), arrays(batch), batch, what)
        first.on_epoch_end()
        second.on_epoch_end()


@dataset_check("recommended", cost="medium")
def memory_growth(ctx: DatasetContext) -> None:
    """After the first passes further epochs keep no more memory.

    Why it matters: a long training run ends when the memory does.
    Usual causes: batches or orders kept by epoch; a list that grows with each read.
    """
    dataset = ctx.new()
    count = min(ctx.count(dataset), 50)

    def one_pass() -> None:
        dataset.on_epoch_begin()
        for index in range(count):
            dataset[index]
        dataset.on_epoch_end()

    for _ in range(2):
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
        f"each of {len(growth)} passes over {count} batches kept {min(growth)} to {max(growth)} "
        f"bytes more",
    )


@dataset_check("recommended", after=("order_of_access",))
def deepcopy_dataset(ctx: DatasetContext) -> None:
    """`copy.deepcopy` gives the same batches and shares nothing.

    Why it matters: validation sets and hyperparameter searches copy datasets.
    Usual causes: a lock, an open file or a generator kept on the dataset.
    """
    ctx.require_same_content()
    dataset = ctx.new()
    dataset.on_epoch_end()
    other = copy.deepcopy(dataset)
    for index in range(min(ctx.count(dataset), 8)):
        batch = dataset[index]
        require_same(
            arrays(other[index]), arrays(batch), batch, f"batch {index} of the copy, original"
        )
    before = copied(dataset[0])
    other.on_epoch_end()
    batch = dataset[0]
    require_same(arrays(batch), before, batch, "batch 0 after the epoch of the copy ended, before")
