"""Building a layer gives the same weights whichever way, and gives them once."""

import inspect
import json
from typing import Any

import numpy as np

from keras_seqext.testing.contexts.layer import Context
from keras_seqext.testing.core.failure import CheckFailure, NotApplicable, require
from keras_seqext.testing.helpers.wrapper_layer import WrapperLayer
from keras_seqext.testing.helpers.reference_layer import reference, symbols
from keras_seqext.testing.core.registry import layer_check
from keras_seqext.testing.core.tensors import flat_outputs
from keras_seqext.testing.helpers.reachable_objects import all_variables


@layer_check("core")
def build_explicit(ctx: Context) -> None:
    """`build(shape)` makes the weights that the first call would make, all of them.

    Why it matters: Keras builds a layer from its recorded shape when it loads one; weights that
    come with the first call only are not there to be loaded.
    Usual causes: a `build` that does not build the sublayers, or builds them in another order
    or for another shape than `call` uses them with.
    Reference: keras issues 18823, 18875 and 20004, keras-core issue 334.
    """
    whole = reference(ctx)
    layer = ctx.make()
    layer.build(**_build_shapes(ctx, layer))
    if _has_own_build(layer):
        whole.require_same_weights(layer, "after build() alone")
    _same_after_call(ctx, layer, "built explicitly")


def _build_shapes(ctx: Context, layer: Any) -> dict[str, Any]:
    """Arguments of `build`, as Keras would take them from the inputs."""
    shapes = [_shape(value) for value in ctx.inputs()]
    kinds = (inspect.Parameter.VAR_POSITIONAL, inspect.Parameter.VAR_KEYWORD)
    parameters = [p for p in inspect.signature(layer.build).parameters.values()]
    names = [p.name for p in parameters if p.kind not in kinds]
    if len(names) == 1:
        return {names[0]: shapes[0]}
    called = [f"{name}_shape" for name in inspect.signature(layer.call).parameters]
    found = {n: s for n, s in zip(called, shapes, strict=False) if n in names}
    lacking = [
        p.name
        for p in parameters
        if p.name in names and p.default is p.empty and p.name not in found
    ]
    if lacking:
        raise NotApplicable(f"build() asks for {', '.join(lacking)}, which no input gives")
    return found


def _shape(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _shape(part) for key, part in value.items()}
    if isinstance(value, (list, tuple)):
        return [_shape(part) for part in value]
    return tuple(value.shape)


def _has_own_build(layer: Any) -> bool:
    """Without one, Keras builds the sublayers by tracing `call`."""
    import keras

    return type(layer).build not in (keras.layers.Layer.build, keras.Model.build)


def _same_after_call(ctx: Context, layer: Any, how: str) -> None:
    whole = reference(ctx)
    if not _has_own_build(layer):
        ctx.run(layer, *ctx.inputs())
        whole.require_same_weights(layer, f"{how} and then called")
    whole.require_same_outcome(layer, f"of the layer {how}")
    whole.require_same_weights(layer, f"{how} and then called")


@layer_check("core")
def build_idempotent(ctx: Context) -> None:
    """Further calls, with other sizes too, and a second `build` add no weights and change none.

    Why it matters: an optimizer knows the weights of the first step only; later ones are never
    trained, and a saved file no longer fits.
    Usual causes: weights made in `call`, one set a shape; a `build` that starts anew without
    looking at `self.built`.
    """
    layer = ctx.make()
    ctx.run(layer, *ctx.inputs())
    before = all_variables(layer)
    values = [flat_outputs(weight.value)[0] for weight in layer.trainable_weights]
    ctx.run(layer, *ctx.inputs())
    _nothing_new(layer, before, "a second call")
    for what, arguments in _other_sizes(ctx):
        try:
            ctx.run(layer, *arguments)
        except Exception:  # whether it takes other sizes is the claim of other checks
            pass
        _nothing_new(layer, before, f"a call with {what}")
    try:
        layer.build(**_build_shapes(ctx, layer))
    except Exception:  # Keras refuses new weights in a built layer
        pass
    _nothing_new(layer, before, "a second build()")
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


def _nothing_new(layer: Any, before: list[Any], what: str) -> None:
    known = {id(variable) for variable in before}
    new = [v.path for v in all_variables(layer) if id(v) not in known]
    require(not new, f"{what} added {len(new)} variables: {', '.join(new[:4])}")


@layer_check("core", cost="medium")
def build_symbolic(ctx: Context) -> None:
    """Built while another layer is traced, it has the same weights and outputs as built by a call.

    Why it matters: that is how every layer inside another one without `build` is built. What
    `build` makes there, other than weights, belongs to the trace and is gone afterwards.
    Usual causes: a tensor made in `build` and kept on `self`, instead of a weight that is not
    trainable or a NumPy array; `assign` in `build`, which a trace drops.
    """
    if ctx.traits.host_only:
        raise NotApplicable("the layer declares host_only")
    if ctx.sample.dtype == "string":
        raise NotApplicable("strings exist in no trace but those of TensorFlow")
    inputs, kwargs = symbols(ctx), dict(ctx.sample.call_kwargs)
    one, two = (_seeded(ctx, seed) for seed in (ctx.seed, ctx.seed + 1))
    try:
        for layer in (one, two):
            layer(*inputs, **kwargs)
    except Exception as error:
        raise NotApplicable(f"it cannot be called on a KerasTensor: {error}") from error
    layer = _seeded(ctx, ctx.seed)
    try:
        WrapperLayer(layer).compute_output_spec(*inputs, **kwargs)
    except Exception as error:
        try:
            WrapperLayer(one).compute_output_spec(*inputs, **kwargs)
        except Exception as same:
            raise NotApplicable(f"it cannot be called inside a trace: {same}") from same
        raise CheckFailure(
            f"it can be called inside a trace, but not built there: {type(error).__name__}: {error}"
        ) from error
    whole = reference(ctx)
    for each in (one, two, layer):
        if len(each.weights) != len(whole.weights):  # build_explicit reports it
            ctx.run(each, *ctx.inputs())
    whole.require_same_weights(layer, "built inside a trace")
    for weights in zip(layer.weights, one.weights, two.weights, strict=True):
        found, left, right = (flat_outputs(weight.value)[0] for weight in weights)
        if np.array_equal(left, right, equal_nan=True):  # not drawn at random
            ctx.close(found, left, 1e-6, f"{weights[0].path} built inside a trace, outside one")
    for training in (True, False):
        try:
            whole.require_same_outcome(layer, "of the layer built inside a trace", training)
        except CheckFailure:
            raise
        except Exception as error:
            raise CheckFailure(
                f"built inside a trace, it cannot be called with training={training}: "
                f"{type(error).__name__}: {error}"
            ) from error


def _seeded(ctx: Context, seed: int) -> Any:
    import keras

    keras.utils.set_random_seed(seed)
    return ctx.make()


@layer_check("core")
def build_config_roundtrip(ctx: Context) -> None:
    """Built from its recorded build config, read back from JSON, it has the same weights.

    Why it matters: this is how `load_model` builds a layer before it reads the weights.
    Usual causes: a `get_build_config` that lacks a shape or holds what JSON cannot; a `build`
    that takes tuples and not lists.
    """
    import keras

    whole = reference(ctx)
    config = whole.layer.get_build_config()
    if not config:
        raise NotApplicable("it has no build config")
    try:
        text = json.dumps(keras.saving.serialize_keras_object(config))
    except (TypeError, ValueError) as error:
        raise CheckFailure(f"the build config is no JSON: {config}: {error}") from error
    other = ctx.make()
    other.build_from_config(json.loads(text))
    if _has_own_build(other):
        whole.require_same_weights(other, f"built from {text}")
    _same_after_call(ctx, other, f"built from {text}")
