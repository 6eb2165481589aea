"""Dict inputs, required call arguments, the training context, and messages that name a cause."""

import keras
import numpy as np
import pytest

from keras_seqext.testing import LayerCase, Sample, Traits, check_layer, parametrize_layer_checks
from keras_seqext.testing.core.failure import first_line
from keras_seqext.testing.helpers.fresh_process import cause_first

from .correct_layers.inputs import DICT_SAMPLE, DropoutInside, Gram, SumOfDict, Times
from .scope import scope

registered = keras.saving.register_keras_serializable(package="test_inputs_and_context")


def report_of(target, *checks, **options):
    return check_layer(target, checks=checks, on_fail="collect", **options)


def statuses(report):
    return {result.name: result.status for result in report.results}


def test_arrays_in_a_dict_work_like_arrays_in_a_list():
    values = DICT_SAMPLE.make(0)
    report = check_layer(SumOfDict, samples=[Sample(values=values)], **scope("recommended"))
    assert statuses(report)["call_finite"] == "passed" and len(report.passed) >= 20
    report = report_of(SumOfDict, "save_load_subclassed", "in_subclassed", samples=[DICT_SAMPLE])
    assert not report.failed and statuses(report)["save_load_subclassed"] == "passed"


def test_a_dict_of_shapes_makes_a_dict_of_arrays():
    (made,) = DICT_SAMPLE.make(0)
    assert {key: array.shape for key, array in made.items()} == {"a": (4, 7, 6), "b": (4, 7, 5)}
    (again,) = Sample(values=(made,)).make(0)
    assert again["a"] is not made["a"] and np.array_equal(again["a"], made["a"])


def test_a_required_argument_of_the_call_is_passed_on():
    sample = Sample(shape=(4, 7, 6), call_kwargs={"scale": 2.0})
    report = report_of(Times, "compute_output_spec", "batch_one", "seed_tracked", samples=[sample])
    assert not report.failed and statuses(report)["compute_output_spec"] == "passed"


def test_training_reaches_sublayers_through_the_context():
    names = ("seed_argument", "seed_tracked", "noise_per_row")
    report = report_of(DropoutInside, *names, input_shape=(4, 7, 6))
    assert report.header["traits"]["random_training"] == "True"
    assert {statuses(report)[name] for name in names} == {"passed"}


def test_an_axis_of_the_batch_size_is_accepted_with_per_example_false():
    sample = Sample(shape=(4, 6))
    report = report_of(
        Gram, "batch_one", "batch_zero", samples=[sample], traits=Traits(per_example=False)
    )
    assert statuses(report)["batch_one"] == statuses(report)["batch_zero"] == "passed"


def test_an_unexpected_pass_names_its_check():
    report = report_of(
        Gram, "config_json", input_shape=(4, 6), expected_failures={"config_json": "old"}
    )
    (failure,) = report.failed
    assert failure.message == (
        "expected to fail (old) and passed: remove 'config_json' from the expected failures"
    )


@pytest.mark.parametrize("use", [check_layer, LayerCase, lambda t: parametrize_layer_checks([t])])
def test_a_built_layer_is_rejected(use):
    layer = keras.layers.Dense(3)
    layer.build((None, 6))
    with pytest.raises(ValueError, match="must be an unbuilt layer"):
        use(layer)


@registered
class Products(keras.layers.Layer):
    def call(self, inputs):
        return keras.ops.matmul(inputs, keras.ops.transpose(inputs, (0, 2, 1)))

    def compute_output_shape(self, input_shape):
        return (*input_shape[:2], input_shape[1])


@registered
class AddsLoss(keras.layers.Layer):
    def call(self, inputs):
        self.add_loss(keras.ops.mean(keras.ops.square(inputs)))
        return inputs * 2

    def compute_output_shape(self, input_shape):
        return input_shape


on_torch = pytest.mark.skipif(keras.backend.backend() != "torch", reason="of torch alone")


@on_torch
def test_a_fault_of_keras_in_float64_is_named():
    (failure,) = report_of(Products, "float64", input_shape=(4, 7, 6)).failed
    assert "keras.ops.matmul at test_inputs_and_context.py:" in failure.message
    assert "a fault of Keras on torch, not of the layer" in failure.message


@on_torch
def test_losses_that_keras_appends_to_a_list_are_no_failure():
    report = report_of(AddsLoss, "retrace", "export_torch", input_shape=(4, 7, 6))
    assert not report.failed and statuses(report)["export_torch"] == "passed"
    assert statuses(report)["retrace"] == "not_applicable"


@registered
class OtherKwargs(keras.layers.Layer):
    def __init__(self, factor=2.0, **kw):
        super().__init__(**kw)
        self.factor = factor

    def call(self, inputs):
        return inputs * self.factor


def test_an_unusual_name_of_kwargs_is_named_as_the_cause():
    (failure,) = report_of(OtherKwargs, "config_roundtrip", input_shape=(4, 6)).failed
    assert "its constructor has **kw, and the automatic config of Keras contains" in failure.message


def test_the_cause_that_keras_names_last_is_first():
    config = {"values": list(range(500))}
    message = f"<class 'A'> cannot be made.\n\nconfig={config}.\n\nException encountered: no 'n'"
    assert first_line(TypeError(message)) == "no 'n' (in TypeError)"
    text = cause_first(f"TypeError: {message}")
    assert text.startswith("no 'n' (TypeError: <class 'A'>") and str(config) in text
    assert cause_first("ValueError: a\n b") == "ValueError: a b"
