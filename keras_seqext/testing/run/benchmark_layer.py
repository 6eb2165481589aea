"""How long a layer takes, beside another that does the same work."""

import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from keras_seqext._common.choices import checked_choice
from keras_seqext._common.validation import checked_integer, format_value, wrong_type
from keras_seqext.testing.core.case import LayerCase, Sample, require_maker

from .check_layer import samples_of
from .timed_model import TimedModel

PHASES = ("forward", "step", "compile")


@dataclass(frozen=True)
class Comparison:
    """What `benchmark_layer` measured.

    Args:
        layer: Its name.
        against: The name of the reference.
        phase: `"forward"`, `"step"` or `"compile"`.
        seconds: Of the layer, one a round.
        reference_seconds: Of the reference, measured in turn with the layer.
    """

    layer: str
    against: str
    phase: str
    seconds: list[float] = field(repr=False)
    reference_seconds: list[float] = field(repr=False)

    @property
    def ratio(self) -> float:
        """Median time of the layer in those of the reference, round by round: 0.5 is twice as fast.

        A machine that slows down for a while slows down both halves of a round.
        """
        pairs = zip(self.seconds, self.reference_seconds, strict=True)
        return statistics.median(mine / theirs for mine, theirs in pairs)

    def __repr__(self) -> str:
        return f"<Comparison: {self}>"

    def __str__(self) -> str:
        mine, theirs = map(statistics.median, (self.seconds, self.reference_seconds))
        return (
            f"{self.phase} of {self.layer}: {mine * 1e3:.2f} ms, {self.ratio:.2f} times "
            f"{self.against} ({theirs * 1e3:.2f} ms), medians of {len(self.seconds)} rounds"
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
    """Times a layer in a compiled model with pytest-benchmark, in turn with a reference layer.

    Both see the same input on the running backend. The figures of the layer go into the table
    and the files of pytest-benchmark; those of the reference, and the ratio, into `extra_info`.

    Args:
        benchmark: The fixture of that name of pytest-benchmark; `None` to measure without it.
        target: As in `check_layer`: an unbuilt layer, a layer class, a function that returns a
            new layer, or a `LayerCase`.
        against: The reference, given in the same way; its output may have another shape.
        phase: `"forward"`, one call of `predict_on_batch`; `"step"`, one of `train_on_batch`,
            with the gradients by inputs and weights and a step of gradient descent; or
            `"compile"`, from a model that never ran to the end of its first training step.
        input_shape: Shape of the input, batch included, such as `(32, 100, 8)`.
        input_dtype: Integers are drawn from [0, 5).
        sample: Instead of a shape.
        rounds: How often each is timed; by default 20, and 3 for `"compile"`.
        seed: Of inputs and weights.

    Returns:
        The times in seconds, and their `ratio`.

    Raises:
        TypeError: If `benchmark` is no such fixture.
        ValueError: If an argument does not fit.

    In a test file, a claim about speed is one line:

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
    mine, theirs = (_Timer(each, phase, arguments, seed) for each in (case, reference))
    seconds: list[float] = []
    reference_seconds: list[float] = []

    def prepare() -> None:
        # Before each round of the layer comes one of the reference: what else the machine does
        # in the meantime meets both.
        theirs.prepare()
        reference_seconds.append(_seconds(theirs.run))
        mine.prepare()

    def run() -> None:
        seconds.append(_seconds(mine.run))

    _in_rounds(benchmark, prepare, run, rounds)
    # Under --benchmark-cprofile one more run follows the rounds; with --benchmark-disable there
    # is one alone.
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
    """One layer and what is timed of it.

    Args:
        case: Makes the layer.
        phase: One of `PHASES`.
        arguments: NumPy arrays.
        seed: Of the weights.
    """

    def __init__(self, case: LayerCase, phase: str, arguments: tuple[Any, ...], seed: int) -> None:
        self.case, self.phase, self.arguments, self.seed = case, phase, arguments, seed
        self.model: TimedModel | None = None
        self.run: Callable[[], Any] = lambda: None

    def prepare(self) -> None:
        """Leaves in `run` what is to be timed; a model that is kept has run before."""
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
                f"{self.case.label} cannot be timed in phase {self.phase!r}: neither a float input "
                "nor a weight of it has a gradient. Pass phase='forward'."
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
    """`target` as a `LayerCase`; an error names the argument that it came from."""
    if isinstance(target, LayerCase):
        return target
    require_maker(target, argument)
    return LayerCase(target)


def _backend() -> str:
    import keras

    return str(keras.backend.backend())
