"""Run time of a layer relative to a reference layer."""

import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from keras_seqext._common.choices import checked_choice
from keras_seqext._common.validation import checked_integer, format_value, wrong_type
from keras_seqext.testing.core.case import LayerCase, Sample
from keras_seqext.testing.core.maker import require_maker

from .check_layer import samples_of
from .timed_model import TimedModel

PHASES = ("forward", "step", "compile")


@dataclass(frozen=True)
class Comparison:
    """Run times measured by `benchmark_layer`.

    Args:
        layer: Name of the layer.
        against: Name of the reference.
        phase: `"forward"`, `"step"` or `"compile"`.
        seconds: Run time of the layer per round.
        reference_seconds: Run time of the reference per round, measured in turn with the layer.
    """

    layer: str
    against: str
    phase: str
    seconds: list[float] = field(repr=False)
    reference_seconds: list[float] = field(repr=False)

    @property
    def ratio(self) -> float:
        """Median over the rounds of layer time / reference time; 0.5 is twice as fast.

        If the machine slows down for a while, both halves of a round slow down.
        """
        pairs = zip(self.seconds, self.reference_seconds, strict=True)
        return statistics.median(layer / reference for layer, reference in pairs)

    def __repr__(self) -> str:
        return f"<Comparison: {self}>"

    def __str__(self) -> str:
        layer, reference = map(statistics.median, (self.seconds, self.reference_seconds))
        return (
            f"{self.phase} of {self.layer}: {layer * 1e3:.2f} ms, {self.ratio:.2f} times "
            f"{self.against} ({reference * 1e3:.2f} ms), medians of {len(self.seconds)} rounds"
        )


def benchmark_layer(
    benchmark: Any,
    target: Any,
    *,
    against: Any,
    phase: str = "forward",
    input_shape: Any = None,
    input_dtype: str = "float32",
    sample: Sample | None = None,
    rounds: int | None = None,
    seed: int = 0,
) -> Comparison:
    """Time a layer in a compiled model with pytest-benchmark, in turn with a reference layer.

    Both have the same input and run on the current backend. The times of the layer are in the
    table and the files of pytest-benchmark; the times of the reference and the ratio are in
    `extra_info`.

    Args:
        benchmark: The fixture `benchmark` of pytest-benchmark; `None` to measure without it.
        target: As in `check_layer`: an unbuilt layer, a layer class, a function that returns a
            new layer, or a `LayerCase`.
        against: The reference, in any of the same forms; its output may have another shape.
        phase: `"forward"` is one call of `predict_on_batch`. `"step"` is one call of
            `train_on_batch`: gradients with respect to inputs and weights and one step of
            gradient descent. `"compile"` is the first training step of a new model.
        input_shape: Shape of the input including the batch, such as `(32, 100, 8)`.
        input_dtype: Dtype of the input; integers are drawn from [0, 5).
        sample: Input instead of a shape.
        rounds: Number of rounds; by default 20, and 3 for `"compile"`.
        seed: Seed of inputs and weights.

    Returns:
        The times in seconds, and their `ratio`.

    Raises:
        TypeError: If `benchmark` is not that fixture.
        ValueError: If an argument is invalid.

    In a test file, a claim about speed takes one line:

    ```text
    def test_step(benchmark):
        found = benchmark_layer(
            benchmark, MyRNN(32), against=keras.layers.SimpleRNN(32), phase="step",
            input_shape=(128, 100, 8),
        )
        assert found.ratio < 1.0, found
    ```

    >>> import keras
    >>> found = benchmark_layer(
    ...     None, keras.layers.Dense(3), against=keras.layers.Dense(300), input_shape=(4, 7, 6)
    ... )
    >>> found.against, len(found.seconds), found.ratio > 0
    ('Dense', 20, True)
    """
    checked_choice("phase", phase, PHASES)
    if benchmark is not None and not hasattr(benchmark, "pedantic"):
        raise TypeError(
            "`benchmark` must be the fixture `benchmark` of pytest-benchmark (pip install "
            "pytest-benchmark), or None to measure without it. Received: "
            f"benchmark={format_value(benchmark)}."
        )
    rounds = _rounds(rounds, phase)
    seed = checked_integer("seed", seed, 0)
    if sample is not None and not isinstance(sample, Sample):
        raise wrong_type("sample", sample, "a Sample", "Pass e.g. Sample(shape=(4, 7, 6)).")
    case, reference = (
        _as_case(each, name) for each, name in ((target, "target"), (against, "against"))
    )
    given = None if sample is None else [sample]
    arguments = samples_of(case, input_shape, input_dtype, given)[0].make(seed)
    timer, reference_timer = (_Timer(each, phase, arguments, seed) for each in (case, reference))
    seconds: list[float] = []
    reference_seconds: list[float] = []

    def prepare() -> None:
        # The reference runs immediately before each round of the layer, so that other load of
        # the machine affects both.
        reference_timer.prepare()
        reference_seconds.append(_seconds(reference_timer.run))
        timer.prepare()

    def run() -> None:
        seconds.append(_seconds(timer.run))

    _in_rounds(benchmark, prepare, run, rounds)
    # --benchmark-cprofile adds a run after the rounds; with --benchmark-disable there is only one
    # run.
    found = Comparison(
        case.label, reference.label, phase, seconds[:rounds], reference_seconds[:rounds]
    )
    if benchmark is not None:
        benchmark.extra_info.update(
            backend=_backend(),
            against=found.against,
            phase=phase,
            reference_median=statistics.median(found.reference_seconds),
            ratio=found.ratio,
        )
    return found


class _Timer:
    """Timer of one layer in one phase.

    Args:
        case: Case that makes the layer.
        phase: One of `PHASES`.
        arguments: NumPy arguments of the call.
        seed: Seed of the weights.
    """

    def __init__(self, case: LayerCase, phase: str, arguments: tuple[Any, ...], seed: int) -> None:
        self.case, self.phase, self.arguments, self.seed = case, phase, arguments, seed
        self.model: TimedModel | None = None
        self.run: Callable[[], Any] = lambda: None

    def prepare(self) -> None:
        """Set `run` to the function to time; a model that is reused has run once before."""
        if self.phase == "compile":
            self.run = self._new().step
        elif self.model is None:
            self.model = self._new()
            self.run = self.model.forward if self.phase == "forward" else self.model.step
            self.run()

    def _new(self) -> TimedModel:
        model = TimedModel(self.case, self.arguments, self.seed)
        if self.phase != "forward" and not model.trains:
            raise ValueError(
                f"{self.case.label} cannot be timed in phase {self.phase!r}: it has no float input "
                "and no weight with a gradient. Pass phase='forward'."
            )
        return model


def _in_rounds(
    benchmark: Any, prepare: Callable[[], None], run: Callable[[], None], rounds: int
) -> None:
    if benchmark is None:
        for _ in range(rounds):
            prepare()
            run()
    else:
        benchmark.pedantic(run, setup=prepare, rounds=rounds, iterations=1)


def _seconds(run: Callable[[], Any]) -> float:
    begin = time.perf_counter()
    run()
    return time.perf_counter() - begin


def _rounds(rounds: int | None, phase: str) -> int:
    if rounds is None:
        return 3 if phase == "compile" else 20
    return checked_integer("rounds", rounds, 1)


def _as_case(target: Any, argument: str) -> LayerCase:
    """Return `target` as a `LayerCase`; `argument` is its name in error messages."""
    if isinstance(target, LayerCase):
        return target
    require_maker(target, argument)
    return LayerCase(target)


def _backend() -> str:
    import keras

    return str(keras.backend.backend())
