"""Every sample comes once an epoch, however Keras goes about it."""

from collections import Counter
from collections.abc import Callable, Hashable
from typing import Any

from keras_seqext.testing.contexts.dataset import DatasetContext, contents, number_of_batches
from keras_seqext.testing.core.failure import NotApplicable, require
from keras_seqext.testing.core.registry import dataset_check

# What Keras does before the first real epoch, by backend and workers, and what else it may.
PHANTOMS: dict[str, Callable[[Any], Any]] = {
    "on_epoch_end before the first read": lambda d: d.on_epoch_end(),
    "on_epoch_end twice": lambda d: [d.on_epoch_end() for _ in range(2)],
    "two batches read and on_epoch_end": lambda d: [*_first(d, 2), d.on_epoch_end()],
    "on_epoch_begin, one batch, on_epoch_end": lambda d: [
        d.on_epoch_begin(),
        *_first(d, 1),
        d.on_epoch_end(),
    ],
    "a whole pass and no on_epoch_end": lambda d: _first(d, number_of_batches(d) or 1),
    "on_epoch_begin twice": lambda d: [d.on_epoch_begin() for _ in range(2)],
    "three empty epochs": lambda d: [(d.on_epoch_begin(), d.on_epoch_end()) for _ in range(3)],
}


def _first(dataset: Any, count: int) -> list[Any]:
    return [dataset[index] for index in range(min(count, number_of_batches(dataset) or count))]


@dataset_check("core")
def every_sample_once(ctx: DatasetContext) -> None:
    """No sample comes twice in an epoch, and every epoch has the same samples.

    Why it matters: what comes twice weighs double, what is left out is never learnt.
    Usual causes: sampling with replacement; batches that overlap; a shuffle while the epoch runs;
    samples removed when an epoch ends.
    """
    dataset = ctx.new()
    passes = []
    for _ in range(3):
        dataset.on_epoch_begin()
        passes.append(ctx.samples(dataset))
        dataset.on_epoch_end()
    if ctx.key is not None:
        _once(passes, ctx)
    elif max(passes[0].values()) == 1:
        _once(passes, ctx)
    elif ctx.drops:
        raise NotApplicable("samples are not all different, and no `key` tells them apart")
    if not ctx.drops:
        for number, found in enumerate(passes[1:], 1):
            _alike(found, passes[0], f"epoch {number}", "epoch 0")
        if ctx.num_samples is not None:
            total = sum(passes[0].values())
            require(
                total == ctx.num_samples, f"an epoch has {total} samples, not {ctx.num_samples}"
            )


def _once(passes: list[Counter[Hashable]], ctx: DatasetContext) -> None:
    for number, found in enumerate(passes):
        twice = [key for key, times in found.items() if times > 1]
        shown = f", such as {twice[0]!r}" if twice and ctx.key else ""
        require(not twice, f"in epoch {number} {len(twice)} samples come more than once{shown}")


def _alike(found: Counter[Hashable], expected: Counter[Hashable], what: str, other: str) -> None:
    lost, gained = expected - found, found - expected
    if lost or gained:
        shown = next(iter(lost or gained))
        example = f" (such as {shown!r})" if not isinstance(shown, bytes) else ""
        require(
            False,
            f"{what} lacks {sum(lost.values())} samples of {other} and has "
            f"{sum(gained.values())} others{example}",
        )


@dataset_check("core")
def phantom_passes(ctx: DatasetContext) -> None:
    """What Keras does before an epoch begins does no harm to it.

    Why it matters: to learn the shapes Keras reads some or all batches and ends the epoch before
    the first one begins, once or twice, and otherwise on each backend.
    Usual causes: `on_epoch_end` moves a position, removes samples or shuffles a part; the order is
    made in `on_epoch_begin` alone; state that a half-read epoch leaves behind.
    Reference: keras-team/keras #19749, PR #19958.
    """
    plain = ctx.new()
    count = ctx.whole_epoch(plain)
    expected = ctx.samples(plain)
    told_apart = ctx.key is not None or max(expected.values()) == 1
    for name, act in PHANTOMS.items():
        dataset = ctx.new()
        act(dataset)
        now = number_of_batches(dataset)
        require(now == count, f"after {name} there are {now} batches instead of {count}")
        found = ctx.samples(dataset)
        if not ctx.drops:
            _alike(found, expected, f"the pass after {name}", "an undisturbed pass")
        elif told_apart:
            twice = [key for key, times in found.items() if times > 1]
            require(not twice, f"in the pass after {name} {len(twice)} samples come twice")


@dataset_check("core")
def same_sample_each_epoch(ctx: DatasetContext) -> None:
    """A sample holds the same values in every epoch.

    Why it matters: inputs and targets drift apart, or the data changes a little each epoch.
    Usual causes: inputs are shuffled and targets are not; scaling or noise applied in place to
    the stored array when an epoch ends.
    """
    ctx.require_same_content()
    if ctx.key is None:
        raise NotApplicable("no `key` names the samples; every_sample_once compares all values")
    dataset = ctx.new()
    known: dict[Hashable, tuple[Hashable, int]] = {}
    for epoch in range(3):
        for index in range(ctx.whole_epoch(dataset)):
            batch = dataset[index]
            for key, content in zip(ctx.keys(batch), contents(batch), strict=True):
                old, when = known.setdefault(key, (content, epoch))
                require(
                    old == content,
                    f"sample {key!r} has other values in epoch {epoch}, batch {index}, than in "
                    f"epoch {when}",
                )
        dataset.on_epoch_end()
