"""Checks of weights: tracking, paths, dtypes and freezing."""

from typing import Any

import numpy as np

from keras_seqext.testing.contexts.layer import Context
from keras_seqext.testing.core.failure import CheckFailure, NotApplicable, require
from keras_seqext.testing.core.registry import layer_check
from keras_seqext.testing.core.tensors import flat_outputs
from keras_seqext.testing.helpers.configs import description_of, layer_from_description
from keras_seqext.testing.helpers.reachable_objects import (
    reachable_backend_variables,
    reachable_variables,
)
from keras_seqext.testing.helpers.reference_layer import built, reference
from keras_seqext.testing.helpers.weights import difference, weights_of
from keras_seqext.testing.helpers.wrapper_layer import WrapperLayer


@layer_check("core")
def weight_counts(ctx: Context) -> None:
    """Every variable of the layer is in `layer.variables` and belongs to this layer only.

    Why it matters: a variable that Keras does not track is neither trained nor saved, and its
    updates are lost on JAX.
    Usual causes: variables or sublayers inside an object or function that Keras does not inspect; a
    variable of the backend itself; a variable or sublayer that is a class attribute.
    """
    layer, other = reference(ctx).layer, built(ctx, ctx.make())
    known = {id(variable) for variable in layer.variables}
    lost = [
        path for path, variable in reachable_variables(layer).items() if id(variable) not in known
    ]
    require(
        not lost,
        f"`layer.variables` does not contain {len(lost)} variables of the layer: "
        f"{_first_few(lost)}",
    )
    foreign = reachable_backend_variables(layer)
    require(
        not foreign,
        f"Keras does not track these variables of {ctx.backend}: {_first_few(foreign)}",
    )
    shared = [variable.path for variable in other.variables if id(variable) in known]
    require(not shared, f"two instances share the variables {_first_few(shared)}")


def _first_few(names: list[str]) -> str:
    return ", ".join(names[:4]) + (f" and {len(names) - 4} more" if len(names) > 4 else "")


@layer_check("core")
def weight_paths_unique(ctx: Context) -> None:
    """Each weight has a unique path, which below the layer is the same in every instance.

    Why it matters: a `LayoutMap`, a checkpoint and an optimizer that excludes weights find them by
    path; one of two weights with the same path is overwritten or omitted.
    Usual causes: `add_weight` called twice with one name; a name that contains a counter or an id.
    Reference: keras issue 20260, deepchem issue 2237.
    """
    one, two = reference(ctx).layer, built(ctx, ctx.make())
    paths = [weight.path for weight in one.weights]
    twice = sorted({path for path in paths if paths.count(path) > 1})
    require(not twice, f"several weights have the path {_first_few(twice)}")
    wrong = difference(weights_of(two), weights_of(one))
    require(
        wrong is None, f"the weights of a second instance differ from those of the first: {wrong}"
    )


@layer_check("recommended")
def weight_names_stable(ctx: Context) -> None:
    """The weights equal those of the snapshot in `LayerCase(weights=...)`, in the same order.

    Why it matters: a checkpoint of an earlier release can be loaded only into the same weights.
    Usual causes: a weight that was renamed, added or moved between releases.
    """
    found = reference(ctx).weights
    if ctx.case.weights is None:
        raise NotApplicable(f"the case has no snapshot; to add it, pass weights={found}")
    expected = [
        (path, tuple(shape), dtype, bool(on)) for path, shape, dtype, on in ctx.case.weights
    ]
    wrong = difference(found, expected)
    require(
        wrong is None,
        f"the weights differ from the snapshot: {wrong}. To accept them, pass weights={found}",
    )


@layer_check("core", after=("call_finite", "config_roundtrip"))
def param_dtype(ctx: Context) -> None:
    """All float weights have the dtype of the layer.

    Why it matters: a weight left in float32 uses the memory that a low precision was to save, and
    turns the results of a float64 model into float32.
    Usual causes: sublayers created without `dtype=self.dtype_policy`; `dtype="float32"` in
    `add_weight`; a `keras.Variable` created without a dtype.
    """
    for dtype in ("float64", "bfloat16"):
        layer = _with_dtype(ctx, dtype)
        try:
            built(ctx, layer)
        except Exception as error:
            if not layer.weights:
                raise NotApplicable(f"the layer cannot be built in {dtype}: {error}") from error
        wrong = [
            f"{weight.path} is {weight.dtype}"
            for weight in layer.weights
            if "float" in str(weight.dtype)
            and str(weight.dtype) != dtype
            and not any(part in weight.path for part in ctx.traits.own_dtype)
        ]
        require(not wrong, f"in a layer of dtype {dtype}, {_first_few(wrong)}")


def _with_dtype(ctx: Context, dtype: str) -> Any:
    """Return the layer with every dtype policy in its config replaced, including those of
    sublayers.
    """

    def replaced(value: Any) -> Any:
        if isinstance(value, dict):
            if value.get("class_name") == "DTypePolicy":
                return {**value, "config": {"name": dtype}}
            return {key: replaced(part) for key, part in value.items()}
        return [replaced(part) for part in value] if isinstance(value, list) else value

    layer = ctx.make()
    description = description_of(layer)
    if "dtype" not in description["config"] and not description["config"].get("layers"):
        raise NotApplicable("the config has no dtype")
    try:
        return layer_from_description(replaced(description), type(layer))
    except Exception as error:
        raise NotApplicable(f"the layer rejects the dtype {dtype}: {error}") from error


@layer_check("core")
def weight_value_dtype(ctx: Context) -> None:
    """The value of each weight has the dtype and the shape that the weight declares.

    Why it matters: sizes, casts and saved files rely on the declared dtype.
    Usual causes: a value that is set without `assign`.
    """
    layer = built(ctx, ctx.make())
    _values_as_declared(layer, "")
    ctx.run(layer, *ctx.inputs(), training=True)
    _values_as_declared(layer, "after a call in training ")


def _values_as_declared(layer: Any, when: str) -> None:
    import keras

    for weight in layer.weights:
        found = str(keras.backend.standardize_dtype(weight.value.dtype))
        if found == "float32" and str(weight.dtype) == "float64" and not _has_float64():
            continue
        require(
            found == str(weight.dtype),
            f"{when}{weight.path} declares {weight.dtype}, but its value is {found}",
        )
        shape = tuple(weight.value.shape)
        require(
            shape == tuple(weight.shape),
            f"{when}{weight.path} declares the shape {tuple(weight.shape)}, but its value has "
            f"{shape}",
        )


def _has_float64() -> bool:
    """Return whether float64 is available; JAX uses float32 instead unless configured."""
    import keras

    return str(keras.ops.zeros((), "float64").dtype).endswith("float64")


@layer_check("core", cost="medium")
def trainable_false(ctx: Context) -> None:
    """A frozen layer trains and changes no weight; after unfreezing, it trains as before.

    Why it matters: fine-tuning freezes a layer, trains the layers around it, and unfreezes it.
    Usual causes: a custom `trainable` or `trainable_weights`; sublayers that Keras does not track;
    `assign` to a weight in `call`.
    """
    import keras

    layer = built(ctx, ctx.make())
    before = list(layer.trainable_weights)
    if not before:
        raise NotApplicable("the layer has no trainable weights")
    for owner, how in ((layer, "frozen"), (WrapperLayer(layer), "inside a frozen layer")):
        owner.trainable = False
        left = [weight.path for weight in owner.trainable_weights]
        left += [weight.path for weight in layer.trainable_weights if weight.path not in left]
        require(not left, f"{how}, the layer still has the trainable weights {_first_few(left)}")
        left = [variable.path for variable in layer.trainable_variables]
        require(
            not left, f"{how}, `trainable_variables` of the layer still contains {_first_few(left)}"
        )
        known = {id(weight) for weight in layer.weights}
        lost = [weight.path for weight in before if id(weight) not in known]
        require(not lost, f"{how}, the layer no longer has the weights {_first_few(lost)}")
        if owner is layer:
            _unchanged_by_training(ctx, layer, before)
        owner.trainable = True
        back = {id(weight) for weight in layer.trainable_weights}
        lost = [weight.path for weight in before if id(weight) not in back]
        require(not lost, f"after unfreezing, the layer does not train {_first_few(lost)}")
    if isinstance(layer, keras.Model):  # the config of a model has no entry `trainable`
        return
    made = built(ctx, ctx.make(trainable=False))
    left = [weight.path for weight in made.trainable_weights]
    require(
        not left, f"constructed with trainable=False, the layer still trains {_first_few(left)}"
    )


def _unchanged_by_training(ctx: Context, layer: Any, weights: list[Any]) -> None:
    values = [flat_outputs(weight.value)[0] for weight in weights]
    ctx.run(layer, *ctx.inputs(), training=True)
    for weight, value in zip(weights, values, strict=True):
        if not np.array_equal(flat_outputs(weight.value)[0], value, equal_nan=True):
            raise CheckFailure(
                f"a call in training changed the weight {weight.path} of the frozen layer"
            )
