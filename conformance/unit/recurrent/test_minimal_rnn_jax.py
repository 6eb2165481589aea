"""The JAX implementations of the recurrence: samples as columns, as rows, and in blocks."""

import importlib

import keras
import numpy as np
import pytest

pytestmark = pytest.mark.skipif(
    keras.backend.backend() != "jax", reason="tests the implementations for JAX"
)
BATCH, STEPS, FEATURES, UNITS = 3, 12, 5, 4


def arguments(bias, mask):
    draw = np.random.default_rng(0)
    shapes = [(BATCH, STEPS, FEATURES), (FEATURES, UNITS), (UNITS, UNITS), (UNITS,), (BATCH, UNITS)]
    arrays = [draw.normal(size=shape).astype("float32") for shape in shapes]
    if not bias:
        arrays[3] = None
    return arrays, (draw.random((BATCH, STEPS)) < 0.6 if mask else None)


def values_and_gradients(tanh_states, bias, mask, every_state):
    import jax

    arrays, mask = arguments(bias, mask)

    def total(*arrays):
        states, last = tanh_states(*arrays, mask, every_state)
        # A different weight for every value, so that swapped values change the total.
        parts = [last] if states is None else [last, states]
        weights = [np.linspace(1, 2, part.size).reshape(part.shape) for part in parts]
        return sum((part * w).sum() for part, w in zip(parts, weights, strict=True)), (states, last)

    places = [place for place, array in enumerate(arrays) if array is not None]
    (_, values), gradients = jax.value_and_grad(total, places, has_aux=True)(*arrays)
    return jax.tree.leaves((values, gradients))


@pytest.mark.parametrize("every_state", [True, False], ids=["every", "last"])
@pytest.mark.parametrize("mask", [True, False], ids=["masked", "unmasked"])
@pytest.mark.parametrize("bias", [True, False], ids=["bias", "plain"])
@pytest.mark.parametrize("device", ["cpu", "gpu"])
def test_rows_and_columns_agree(device, bias, mask, every_state, monkeypatch):
    import jax

    # Imported by name, because this file is collected without JAX too.
    kernel = importlib.import_module("keras_seqext.recurrent._jax")
    columns = values_and_gradients(kernel.columns.tanh_states, bias, mask, every_state)
    monkeypatch.setattr(kernel, "MAX_COLUMN_FEATURES", 0)
    monkeypatch.setattr(jax, "default_backend", lambda: device)
    rows = values_and_gradients(kernel.tanh_states.__wrapped__, bias, mask, every_state)
    assert len(rows) == len(columns) == 1 + every_state + 4 + bias
    for one, other in zip(rows, columns, strict=True):
        np.testing.assert_allclose(one, other, rtol=2e-5, atol=2e-5)


def test_narrow_inputs_are_columns_on_a_cpu(monkeypatch):
    kernel = importlib.import_module("keras_seqext.recurrent._jax")
    calls = []
    original = kernel.columns.tanh_states

    def recorded(inputs, *others):
        calls.append(inputs.shape[2])
        return original(inputs, *others)

    monkeypatch.setattr(kernel.columns, "tanh_states", recorded)
    monkeypatch.setattr(kernel, "MAX_COLUMN_FEATURES", FEATURES)
    arrays, _ = arguments(True, False)
    kernel.tanh_states.__wrapped__(*arrays, None, True)
    assert calls == [FEATURES]
    monkeypatch.setattr(kernel, "MAX_COLUMN_FEATURES", FEATURES - 1)
    kernel.tanh_states.__wrapped__(*arrays, None, True)
    assert calls == [FEATURES]


@pytest.mark.parametrize("max_features", [0, FEATURES], ids=["rows", "columns"])
def test_zero_steps_return_the_initial_state(max_features, monkeypatch):
    kernel = importlib.import_module("keras_seqext.recurrent._jax")
    monkeypatch.setattr(kernel, "MAX_COLUMN_FEATURES", max_features)
    arrays, _ = arguments(True, False)
    arrays[0] = arrays[0][:, :0]
    states, last = kernel.tanh_states.__wrapped__(*arrays, None, True)
    assert states.shape == (BATCH, 0, UNITS)
    np.testing.assert_array_equal(last, arrays[-1])
