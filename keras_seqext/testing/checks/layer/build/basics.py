"""Checks of `build`: explicit, repeated, symbolic and from a build config."""

import inspect
import json
from typing import Any

import numpy as np

from keras_seqext.testing.contexts.layer import Context
from keras_seqext.testing.core.failure import CheckFailure, NotApplicable, require
from keras_seqext.testing.core.registry import layer_check
from keras_seqext.testing.core.tensors import flat_outputs
from keras_seqext.testing.helpers.reachable_objects import all_variables
from keras_seqext.testing.helpers.reference_layer import reference, symbols
from keras_seqext.testing.helpers.wrapper_layer import WrapperLayer


@layer_check("core")
def build_explicit(ctx: Context) -> None:
    """`build(shape)` creates all weights that the first call would create.

    Why it matters: when Keras loads a layer, it builds it from the recorded shape; weights that
    only the first call creates cannot be loaded.
    Usual causes: a `build` that does not build the sublayers, or builds them in another order or
    for another shape than `call` uses.
    Reference: keras issues 18823, 18875 and 20004, keras-core issue 334.
    """
    whole = reference(ctx)
    layer = ctx.make()
    layer.build(**_build_shapes(ctx, layer))
    if _has_own_build(layer):
        whole.require_same_weights(layer, "after build() without a call")
    _require_same_after_call(ctx, layer, "built explicitly")


def _build_shapes(ctx: Context, layer: Any) -> dict[str, Any]:
    """Return the arguments of `build` as Keras derives them from the inputs."""
    shapes = [_shape(value) for value in ctx.inputs()]
    kinds = (inspect.Parameter.VAR_POSITIONAL, inspect.Parameter.VAR_KEYWORD)
    parameters = [p for p in inspect.signature(layer.build).parameters.values()]
    names = [p.name for p in parameters if p.kind not in kinds]
    if len(names) == 1:
        return {names[0]: shapes[0]}
    called = [f"{name}_shape" for name in inspect.signature(layer.call).parameters]
    found = {n: s for n, s in zip(called, shapes, strict=False) if n in names}
    missing = [
        p.name
        for p in parameters
        if p.name in names and p.default is p.empty and p.name not in found
    ]
    if missing:
        raise NotApplicable(f"build() requires {', '.join(missing)}, which no input provides")
    return found


def _shape(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _shape(part) for key, part in value.items()}
    if isinstance(value, (list, tuple)):
        return [_shape(part) for part in value]
    return tuple(value.shape)


def _has_own_build(layer: Any) -> bool:
    """Return whether the class defines `build`; otherwise Keras builds sublayers by a trace of
    `call`.
    """
    import keras

    return type(layer).build not in (keras.layers.Layer.build, keras.Model.build)


def _require_same_after_call(ctx: Context, layer: Any, how: str) -> None:
    whole = reference(ctx)
    if not _has_own_build(layer):
        ctx.run(layer, *ctx.inputs())
        whole.require_same_weights(layer, f"{how} and then called")
    whole.require_same_outcome(layer, f"of the layer {how}")
    whole.require_same_weights(layer, f"{how} and then called")


@layer_check("core")
def build_idempotent(ctx: Context) -> None:
    """Further calls, also with other sizes, and a second `build` neither add nor change weights.

    Why it matters: an optimizer tracks only the weights of the first step; later weights are never
    trained, and a saved file no longer matches.
    Usual causes: weights created in `call`, one set per shape; a `build` that does not check
    `self.built`.
    """
    layer = ctx.make()
    ctx.run(layer, *ctx.inputs())
    before = all_variables(layer)
    values = [flat_outputs(weight.value)[0] for weight in layer.trainable_weights]
    ctx.run(layer, *ctx.inputs())
    _require_no_new_variables(layer, before, "a second call")
    for what, arguments in _other_sizes(ctx):
        try:
            ctx.run(layer, *arguments)
        except Exception:  # other checks report sizes that fail
            pass
        _require_no_new_variables(layer, before, f"a call with {what}")
    try:
        layer.build(**_build_shapes(ctx, layer))
    except Exception:  # Keras rejects new weights in a built layer
        pass
    _require_no_new_variables(layer, before, "a second build()")
    for weight, old in zip(layer.trainable_weights, values, strict=True):
        require(
            np.array_equal(flat_outputs(weight.value)[0], old, equal_nan=True),
            f"further calls or a second build() changed the weight {weight.path}",
        )


def _other_sizes(ctx: Context) -> list[tuple[str, tuple[Any, ...]]]:
    arguments = ctx.inputs()
    if not all(isinstance(a, np.ndarray) and a.ndim for a in arguments):
        return []
    batch = arguments[0].shape[0]
    same_batch = all(a.shape[0] == batch for a in arguments)
    found = []
    if same_batch:
        found.append(("another batch", tuple(np.concatenate([a, a[:1]]) for a in arguments)))
    if ctx.traits.has_time and len(arguments) == 1 and not ctx.traits.fixed_length:
        axis = ctx.traits.time_axis
        longer = np.concatenate([arguments[0]] * 2, axis=axis)
        found.append(("another length", (longer,)))
    return found


def _require_no_new_variables(layer: Any, before: list[Any], what: str) -> None:
    known = {id(variable) for variable in before}
    new = [v.path for v in all_variables(layer) if id(v) not in known]
    require(not new, f"{what} created {len(new)} variables: {', '.join(new[:4])}")


@layer_check("core", cost="medium")
def build_symbolic(ctx: Context) -> None:
    """A layer built inside a trace has the weights and outputs of a layer built by a call.

    Why it matters: Keras builds every layer inside a layer without `build` in this way. Tensors
    that `build` creates there, other than weights, belong to the trace and are invalid afterwards.
    Usual causes: a tensor created in `build` and stored on `self`, in place of a non-trainable
    weight or a NumPy array; `assign` in `build`, which a trace discards.
    """
    if ctx.traits.host_only:
        raise NotApplicable("host_only is declared")
    if ctx.sample.dtype == "string":
        raise NotApplicable("only TensorFlow can trace strings")
    inputs, kwargs = symbols(ctx), dict(ctx.sample.call_kwargs)
    one, two = (_seeded(ctx, seed) for seed in (ctx.seed, ctx.seed + 1))
    try:
        for layer in (one, two):
            layer(*inputs, **kwargs)
    except Exception as error:
        raise NotApplicable(f"the layer cannot be called on a KerasTensor: {error}") from error
    layer = _seeded(ctx, ctx.seed)
    try:
        WrapperLayer(layer).compute_output_spec(*inputs, **kwargs)
    except Exception as error:
        try:
            WrapperLayer(one).compute_output_spec(*inputs, **kwargs)
        except Exception as same:
            raise NotApplicable(f"the layer cannot be called inside a trace: {same}") from same
        raise CheckFailure(
            f"a built layer works inside a trace, but the layer cannot be built there: "
            f"{type(error).__name__}: {error}"
        ) from error
    whole = reference(ctx)
    for each in (one, two, layer):
        if len(each.weights) != len(whole.weights):  # `build_explicit` reports it
            ctx.run(each, *ctx.inputs())
    whole.require_same_weights(layer, "built inside a trace")
    for weights in zip(layer.weights, one.weights, two.weights, strict=True):
        found, left, right = (flat_outputs(weight.value)[0] for weight in weights)
        if np.array_equal(left, right, equal_nan=True):  # the initial values are not random
            ctx.close(found, left, 1e-6, f"{weights[0].path} built inside a trace, outside a trace")
    for training in (True, False):
        try:
            whole.require_same_outcome(layer, "of the layer built inside a trace", training)
        except CheckFailure:
            raise
        except Exception as error:
            raise CheckFailure(
                f"the layer built inside a trace cannot be called with training={training}: "
                f"{type(error).__name__}: {error}"
            ) from error


def _seeded(ctx: Context, seed: int) -> Any:
    import keras

    keras.utils.set_random_seed(seed)
    return ctx.make()


@layer_check("core")
def build_config_roundtrip(ctx: Context) -> None:
    """A layer built from its build config, restored from JSON, has the same weights.

    Why it matters: `load_model` builds a layer in this way before it loads the weights.
    Usual causes: a `get_build_config` without a shape, or with values that JSON cannot represent; a
    `build` that accepts tuples and not lists.
    """
    import keras

    whole = reference(ctx)
    config = whole.layer.get_build_config()
    if not config:
        raise NotApplicable("the layer has no build config")
    try:
        text = json.dumps(keras.saving.serialize_keras_object(config))
    except (TypeError, ValueError) as error:
        raise CheckFailure(
            f"the build config cannot be written as JSON: {config}: {error}"
        ) from error
    other = ctx.make()
    other.build_from_config(json.loads(text))
    if _has_own_build(other):
        whole.require_same_weights(other, f"built from {text}")
    _require_same_after_call(ctx, other, f"built from {text}")
