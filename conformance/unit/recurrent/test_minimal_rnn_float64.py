"""Outputs and gradients of MinimalRNN in float64 compared with the reference."""

import os
import subprocess
import sys
from pathlib import Path

import keras
import numpy as np
import pytest

from keras_seqext.recurrent.minimal_rnn import MinimalRNN
from keras_seqext.recurrent.minimal_rnn_cell import MinimalRNNCell
from keras_seqext.recurrent.minimal_rnn_reference import minimal_rnn

from .helpers import (
    BACKEND,
    FEATURES,
    MASKS,
    UNITS,
    assert_close,
    reference_gradients,
    sequences,
    state,
    value_and_gradients,
    weights,
    with_weights,
)

# On JAX, float64 is enabled for a whole process.
HAS_FLOAT64 = BACKEND != "jax" or os.environ.get("JAX_ENABLE_X64") == "1"
# Tolerance where `keras.ops.tanh` is the activation: on JAX it computes float64 in float32.
KERAS_TANH = 1e-6 if BACKEND == "jax" else 1e-10
needs_float64 = pytest.mark.skipif(not HAS_FLOAT64, reason="runs in a separate process")


@needs_float64
@pytest.mark.parametrize("mask", ["none", "scattered", "empty row"])
@pytest.mark.parametrize(
    "options", [{}, {"go_backwards": True}, {"activation": "sigmoid"}], ids=str
)
def test_outputs_and_gradients_equal_the_reference(options, mask):
    activation = {"activation": lambda x: 1 / (1 + np.exp(-x))} if "activation" in options else {}
    layer = MinimalRNN(UNITS, return_sequences=True, return_state=True, dtype="float64", **options)
    with_weights(layer, weights(dtype="float64"))
    arguments = [sequences(dtype="float64"), state(dtype="float64")]
    every = {"mask": MASKS[mask], "return_state": True, **options, **activation}
    expected = minimal_rnn(
        arguments[0], *weights(dtype="float64"), initial_state=arguments[1], **every
    )
    rng = np.random.default_rng(8)
    cotangents = [rng.normal(size=y.shape) for y in expected]
    outputs, gradients = value_and_gradients(
        layer,
        arguments,
        lambda x, start: layer(x, initial_state=start, mask=MASKS[mask]),
        cotangents,
    )
    for got, wanted in zip(outputs, expected, strict=True):
        assert got.dtype == "float64"
        assert_close(got, wanted, 1e-10)
    differences = reference_gradients([*arguments, *weights(dtype="float64")], cotangents, **every)
    for got, wanted in zip(gradients, differences, strict=True):
        assert got.dtype == "float64"
        # Central differences are accurate to about eight digits.
        assert_close(got, wanted, 1e-7)


@needs_float64
def test_kernel_and_unrolled_loop_agree():
    results = []
    for unroll in (False, True):
        layer = MinimalRNN(UNITS, unroll=unroll, dtype="float64")
        with_weights(layer, weights(dtype="float64"))
        cotangent = np.random.default_rng(8).normal(size=state().shape)
        outputs, gradients = value_and_gradients(
            layer,
            [sequences(dtype="float64")],
            lambda x, layer=layer: layer(x, mask=MASKS["left"]),
            [cotangent],
        )
        results.append(outputs + gradients)
    for kernel, loop in zip(*results, strict=True):
        assert_close(kernel, loop, KERAS_TANH)


@needs_float64
def test_cell_equals_one_step_of_the_reference():
    cell = MinimalRNNCell(UNITS, dtype="float64")
    cell.build((None, FEATURES))
    cell.set_weights(weights(dtype="float64"))
    kernel, recurrent_kernel, bias = weights(dtype="float64")
    x, start = sequences(dtype="float64")[:, 0], state(dtype="float64")
    output, _ = cell(x, keras.ops.convert_to_tensor(start))
    expected = np.tanh(x @ kernel + start @ recurrent_kernel + bias)
    assert_close(keras.ops.convert_to_numpy(output), expected, KERAS_TANH)


@pytest.mark.skipif(BACKEND != "jax" or HAS_FLOAT64, reason="only JAX needs a separate process")
def test_on_jax_in_a_process_with_float64():
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", __file__],
        env={**os.environ, "JAX_ENABLE_X64": "1"},
        cwd=Path(__file__).parents[3],
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "11 passed" in done.stdout
