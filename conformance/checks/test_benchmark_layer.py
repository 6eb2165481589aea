"""Tests of `benchmark_layer`: phases, order of measurements and invalid arguments."""

import time

import keras
import numpy as np
import pytest

from keras_seqext.testing import Comparison, LayerCase, Sample, benchmark_layer
from keras_seqext.testing.run.benchmark_layer import PHASES
from keras_seqext.testing.run.timed_model import TimedModel

SHAPE = (2, 3, 4)
PAUSE = 0.2


class Pausing(keras.layers.Layer):
    """Sleeps while Python runs its call: in each eager call, or while it is traced."""

    def call(self, inputs):
        time.sleep(PAUSE)
        return inputs * 2


def test_the_ratio_compares_the_times_of_a_round():
    # The machine is ten times slower in the last round.
    found = Comparison("A", "B", "step", [1.0, 2.0, 10.0], [2.0, 4.0, 20.0])
    assert found.ratio == 0.5
    assert str(found) == "step of A: 2000.00 ms, 0.50 times B (4000.00 ms), medians of 3 rounds"


class Benchmark:
    """The part of the fixture that `benchmark_layer` uses."""

    def __init__(self):
        self.extra_info, self.order = {}, []

    def pedantic(self, run, setup, rounds, iterations):
        assert iterations == 1
        for _ in range(rounds):
            setup()
            self.order.append("setup")
            run()
            self.order.append("run")


def compared(benchmark, phase):
    """Compare two small layers, and check that the result is complete."""
    found = benchmark_layer(
        benchmark,
        keras.layers.Dense(2),
        against=LayerCase(keras.layers.Dense(3), name="Dense-3"),
        phase=phase,
        input_shape=SHAPE,
        rounds=4,
    )
    assert len(found.seconds) == len(found.reference_seconds)
    assert min(found.seconds + found.reference_seconds) > 0
    info = benchmark.extra_info
    assert (info["against"], info["phase"]) == ("Dense-3", phase)
    assert info["backend"] == keras.backend.backend()
    assert info["ratio"] == found.ratio
    return found


@pytest.mark.parametrize("phase", PHASES)
def test_the_reference_runs_before_each_round(phase):
    benchmark = Benchmark()
    assert len(compared(benchmark, phase).seconds) == 4
    assert benchmark.order == ["setup", "run"] * 4


@pytest.mark.parametrize("phase", PHASES)
def test_pytest_benchmark_receives_the_times(benchmark, phase):
    assert len(compared(benchmark, phase).seconds) == (1 if benchmark.disabled else 4)


def test_each_round_of_compile_has_a_new_model():
    found = benchmark_layer(
        None,
        Pausing,
        against=keras.layers.Identity,
        phase="compile",
        input_shape=SHAPE,
    )
    assert min(found.seconds) >= PAUSE
    assert len(found.seconds) == 3


def test_forward_does_not_trace_a_compiled_model_again():
    found = benchmark_layer(
        None, Pausing, against=keras.layers.Identity, input_shape=SHAPE, rounds=2
    )
    runs_python = keras.backend.backend() == "torch"
    assert (min(found.seconds) >= PAUSE) == runs_python


def test_a_step_trains_the_weights_of_the_layer_and_before_it():
    case = LayerCase(keras.layers.Dense(3))
    model = TimedModel(case, Sample(shape=SHAPE).make(0), seed=0)
    # Copies: on torch an array shares the memory of its tensor.
    before = [np.array(keras.ops.convert_to_numpy(w)) for w in model.model.trainable_weights]
    losses = [model.step(), model.step()]
    after = [keras.ops.convert_to_numpy(weight) for weight in model.model.trainable_weights]
    assert len(before) == 3  # kernel, bias and the factor before the layer
    assert all(np.any(old != new) for old, new in zip(before, after, strict=True))
    assert losses[1] < losses[0]


def test_integer_inputs_and_several_arguments():
    words = benchmark_layer(
        None,
        keras.layers.Embedding(5, 2),
        against=keras.layers.Embedding(9, 2),
        phase="step",
        input_shape=(2, 3),
        input_dtype="int32",
        rounds=1,
    )
    pairs = benchmark_layer(
        None,
        lambda: keras.layers.MultiHeadAttention(1, 2),
        against=lambda: keras.layers.MultiHeadAttention(2, 2),
        sample=Sample(shape=SHAPE, arguments=((2, 5, 4),)),
        rounds=1,
    )
    assert words.ratio > 0
    assert pairs.ratio > 0


VALID = {"target": keras.layers.Identity, "against": keras.layers.Identity, "input_shape": SHAPE}
INVALID = {
    "no layer": ({"against": dict}, TypeError, "must return a keras.layers.Layer. dict returned"),
    "shape": ({"input_shape": (2, None)}, ValueError, "tuple of whole numbers.*None"),
    "no gradient": (
        {"phase": "step", "input_dtype": "int32"},
        ValueError,
        "cannot be timed in phase 'step'.*Pass phase='forward'",
    ),
}


@pytest.mark.parametrize("name", INVALID)
def test_invalid_arguments_raise_an_error(name):
    changes, error, match = INVALID[name]
    arguments = {"benchmark": None, **VALID, **changes}
    with pytest.raises(error, match=match):
        benchmark_layer(arguments.pop("benchmark"), arguments.pop("target"), **arguments)
