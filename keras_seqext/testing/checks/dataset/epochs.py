"""Checks of epochs: every sample occurs exactly once, however Keras reads the dataset."""

from collections import Counter
from collections.abc import Callable, Hashable
from typing import Any

from keras_seqext.testing.contexts.dataset import DatasetContext, contents, number_of_batches
from keras_seqext.testing.core.failure import NotApplicable, require
from keras_seqext.testing.core.registry import dataset_check

# Calls and reads before the first real epoch: those that Keras makes, which depend on the backend
# and the number of workers, and others that it might make in another release.
PHANTOMS: dict[str, Callable[[Any], Any]] = {
    "on_epoch_end before the first read": lambda d: d.on_epoch_end(),
    "on_epoch_end twice": lambda d: [d.on_epoch_end() for _ in range(2)],
    "two batches read and on_epoch_end": lambda d: [*_first(d, 2), d.on_epoch_end()],
    "on_epoch_begin, one batch, on_epoch_end": lambda d: [
        d.on_epoch_begin(),
        *_first(d, 1),
        d.on_epoch_end(),
    ],
    "a complete pass without on_epoch_end": lambda d: _first(d, number_of_batches(d) or 1),
    "on_epoch_begin twice": lambda d: [d.on_epoch_begin() for _ in range(2)],
    "three empty epochs": lambda d: [(d.on_epoch_begin(), d.on_epoch_end()) for _ in range(3)],
}


def _first(dataset: Any, count: int) -> list[Any]:
    return [dataset[index] for index in range(min(count, number_of_batches(dataset) or count))]


@dataset_check("core")
def every_sample_once(ctx: DatasetContext) -> None:
    """Every sample occurs exactly once per epoch, and all epochs have the same samples.

    Why it matters: a sample that occurs twice has double weight; a sample that is left out is never
    learnt.
    Usual causes: sampling with replacement; batches that overlap; a shuffle in the middle of an
    epoch; samples removed at the end of an epoch.
    """
    dataset = ctx.new()
    passes = []
    for _ in range(3):
        dataset.on_epoch_begin()
        passes.append(ctx.samples(dataset))
        dataset.on_epoch_end()
    if ctx.key is not None:
        _require_no_duplicates(passes, ctx)
    elif max(passes[0].values()) == 1:
        _require_no_duplicates(passes, ctx)
    elif ctx.drops:
        raise NotApplicable("some samples are equal, and no `key` identifies them")
    if not ctx.drops:
        for number, found in enumerate(passes[1:], 1):
            _require_same_samples(found, passes[0], f"epoch {number}", "epoch 0")
        if ctx.num_samples is not None:
            total = sum(passes[0].values())
            require(
                total == ctx.num_samples,
                f"an epoch has {total} samples; expected {ctx.num_samples}",
            )


def _require_no_duplicates(passes: list[Counter[Hashable]], ctx: DatasetContext) -> None:
    for number, found in enumerate(passes):
        twice = [key for key, times in found.items() if times > 1]
        shown = f", such as {twice[0]!r}" if twice and ctx.key else ""
        require(not twice, f"in epoch {number}, {len(twice)} samples occur more than once{shown}")


def _require_same_samples(
    found: Counter[Hashable], expected: Counter[Hashable], what: str, other: str
) -> None:
    lost, gained = expected - found, found - expected
    if lost or gained:
        shown = next(iter(lost or gained))
        example = f" (such as {shown!r})" if not isinstance(shown, bytes) else ""
        require(
            False,
            f"{what} does not have {sum(lost.values())} of the samples of {other}, and has "
            f"{sum(gained.values())} other samples{example}",
        )


@dataset_check("core")
def phantom_passes(ctx: DatasetContext) -> None:
    """Calls and reads that Keras makes before an epoch begins do not change the epoch.

    Why it matters: to infer shapes, Keras reads some or all batches and ends the epoch once or
    twice before the first epoch begins. What it does depends on the backend.
    Usual causes: `on_epoch_end` advances a position, removes samples or shuffles a part of them;
    the order is created only in `on_epoch_begin`; a partly read epoch leaves state behind.
    Reference: keras-team/keras #19749, PR #19958.
    """
    plain = ctx.new()
    count = ctx.whole_epoch(plain)
    expected = ctx.samples(plain)
    distinguishable = ctx.key is not None or max(expected.values()) == 1
    for name, act in PHANTOMS.items():
        dataset = ctx.new()
        act(dataset)
        now = number_of_batches(dataset)
        require(now == count, f"after {name} there are {now} batches; expected {count}")
        found = ctx.samples(dataset)
        if not ctx.drops:
            _require_same_samples(found, expected, f"the pass after {name}", "a pass without it")
        elif distinguishable:
            twice = [key for key, times in found.items() if times > 1]
            require(not twice, f"in the pass after {name}, {len(twice)} samples occur twice")


@dataset_check("core")
def same_sample_each_epoch(ctx: DatasetContext) -> None:
    """A sample has the same values in every epoch.

    Why it matters: otherwise inputs no longer match their targets, or the data drifts from epoch to
    epoch.
    Usual causes: inputs are shuffled and targets are not; scaling or noise is applied in place to
    the stored array at the end of an epoch.
    """
    ctx.require_same_content()
    if ctx.key is None:
        raise NotApplicable(
            "no `key` identifies the samples; every_sample_once compares all values"
        )
    dataset = ctx.new()
    known: dict[Hashable, tuple[Hashable, int]] = {}
    for epoch in range(3):
        for index in range(ctx.whole_epoch(dataset)):
            batch = dataset[index]
            for key, content in zip(ctx.keys(batch), contents(batch), strict=True):
                old, when = known.setdefault(key, (content, epoch))
                require(
                    old == content,
                    f"the values of sample {key!r} in epoch {epoch}, batch {index}, differ from "
                    f"those in epoch {when}",
                )
        dataset.on_epoch_end()
