"""Keras layer contract of the pooling layers: configuration, shapes, masks and errors."""

import inspect
import json
import re
from functools import partial
from typing import Any

import keras
import numpy as np
import pytest

import keras_seqext.pooling as pooling
from conftest import to_numpy
from keras_seqext.pooling import (
    MaskedGlobalTopKPooling1D,
)

from .cases import CASES, MASKS, STEPS, Case, each_pooling, sequences

CLASSES = [value for name, value in vars(pooling).items() if name.startswith("MaskedGlobal")]
REQUIRED: dict[str, dict[str, Any]] = {"MaskedGlobalTopKPooling1D": {"k": 2}}
OTHER_VALUES: dict[str, Any] = {
    "k": 4,
    "reduction": "none",
    "sharpness": 3.5,
    "mean": True,
    "units": 6,
    "use_bias": False,
    "dropout": 0.25,
    "seed": 12,
    "kernel_initializer": {"class_name": "RandomNormal", "config": {"stddev": 0.3}},
    "bias_initializer": "ones",
    "query_initializer": "he_normal",
    "kernel_regularizer": "l2",
    "bias_regularizer": "l1",
    "query_regularizer": "L1L2",
    "kernel_constraint": "non_neg",
    "bias_constraint": "unit_norm",
    "query_constraint": "max_norm",
    "data_format": "channels_first",
    "keepdims": True,
    "empty_value": -2.5,
}

UNREDUCED = Case(
    "top_2_none",
    partial(MaskedGlobalTopKPooling1D, k=2, reduction="none"),
    lambda row, _: np.sort(row, axis=0)[:-3:-1],
)

each_class = pytest.mark.parametrize("cls", CLASSES, ids=lambda cls: cls.__name__)


def test_number_of_pooling_layers() -> None:
    assert len(CLASSES) == 8


@each_class
def test_config_round_trip_through_json(cls: type[keras.layers.Layer]) -> None:
    parameters = [name for name in inspect.signature(cls).parameters if name != "kwargs"]
    layer = cls(**{name: OTHER_VALUES[name] for name in parameters}, name="pooled")
    config = json.loads(json.dumps(keras.saving.serialize_keras_object(layer)))
    again = keras.saving.deserialize_keras_object(config)
    assert type(again) is cls
    assert again.get_config() == layer.get_config()
    default = cls(**REQUIRED.get(cls.__name__, {})).get_config()
    for name in parameters:
        assert again.get_config()[name] != default[name], (
            f"{name} is missing from the configuration"
        )


@each_class
def test_layers_without_weights_are_built_when_constructed(cls: type[keras.layers.Layer]) -> None:
    layer = cls(**REQUIRED.get(cls.__name__, {}))
    assert layer.built == ("Attention" not in cls.__name__)


@each_class
def test_registered_name(cls: type[keras.layers.Layer]) -> None:
    assert keras.saving.get_registered_name(cls) == f"keras_seqext>{cls.__name__}"


@pytest.mark.parametrize("case", [*CASES, UNREDUCED], ids=lambda case: case.name)
@pytest.mark.parametrize("data_format", ["channels_last", "channels_first"])
@pytest.mark.parametrize("keepdims", [True, False])
def test_symbolic_and_eager_shapes_are_equal(case: Case, data_format: str, keepdims: bool) -> None:
    layer = case.built(data_format=data_format, keepdims=keepdims)
    x = sequences() if data_format == "channels_last" else np.swapaxes(sequences(), 1, 2)
    eager = layer(x, mask=MASKS["scattered"])
    symbolic = layer(keras.KerasTensor(x.shape))
    assert tuple(eager.shape) == symbolic.shape == layer.compute_output_shape(x.shape)
    assert keras.backend.standardize_dtype(eager.dtype) == symbolic.dtype
    steps_axis = layer.time_axis
    unknown = (None, None, x.shape[2]) if steps_axis == 1 else (None, x.shape[1], None)
    assert layer(keras.KerasTensor(unknown)).shape == (None, *eager.shape[1:])


@each_pooling
def test_mask_is_not_passed_on(case: Case) -> None:
    layer = case.built()
    assert layer.supports_masking
    assert layer.compute_mask(sequences(), MASKS["right"]) is None

    seen: list[Any] = []

    class Probe(keras.layers.Layer):
        supports_masking = True

        def call(self, inputs: Any, mask: Any = None) -> Any:
            seen.append(mask)
            return inputs

    keras.Sequential([keras.layers.Masking(), layer, Probe()])(sequences())
    assert seen and all(mask is None for mask in seen)


@each_pooling
def test_mask_of_previous_layer_equals_mask_argument(case: Case) -> None:
    layer = case.built()
    x = np.where(MASKS["scattered"][..., None], sequences(), np.float32(9.0))
    carried = layer(keras.layers.Masking(mask_value=9.0)(x))
    given = to_numpy(layer(x, mask=MASKS["scattered"]))
    np.testing.assert_array_equal(to_numpy(carried), given)


@each_pooling
@pytest.mark.parametrize(
    "shape", [(5, STEPS + 1), (STEPS,), (5, STEPS, 1), (4, STEPS), (5, 1), (1, STEPS), ()]
)
@pytest.mark.parametrize("symbolic", [True, False])
def test_mask_of_wrong_shape_raises(case: Case, shape: tuple[int, ...], symbolic: bool) -> None:
    layer, x = case.built(), sequences()
    message = rf"must have shape `\(batch, steps\)`.*{re.escape(str(shape))}.*Pass one boolean"
    with pytest.raises(ValueError, match=message):
        if symbolic:
            layer(keras.KerasTensor(x.shape), mask=keras.KerasTensor(shape, dtype="bool"))
        else:
            layer(x, mask=np.ones(shape, bool))


@each_pooling
@pytest.mark.parametrize("shape", [(5,), (5, 3), (5, 7, 3, 2)])
def test_inputs_of_wrong_rank_raise(case: Case, shape: tuple[int, ...]) -> None:
    message = rf"`\(batch, steps, features\)`.*{re.escape(str(shape))}.*Add the missing axis"
    with pytest.raises(ValueError, match=message):
        case.make()(np.zeros(shape, "float32"))
    with pytest.raises(ValueError, match=message):
        case.built()(np.zeros(shape, "float32"))
    with pytest.raises(ValueError, match=message):
        case.built().compute_output_shape(shape)
