"""Checks of standard arguments: initializers, `use_bias`, `activation` and dropout rates."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from keras_seqext.testing.checks.layer.purity.randomness import same, trained
from keras_seqext.testing.contexts.layer import Context
from keras_seqext.testing.core.failure import CheckFailure, NotApplicable, require
from keras_seqext.testing.core.registry import layer_check
from keras_seqext.testing.core.tensors import to_numpy
from keras_seqext.testing.helpers.configs import constructor_parameters
from keras_seqext.testing.helpers.reference_layer import built
from keras_seqext.testing.helpers.resized_inputs import first_line
from keras_seqext.testing.helpers.states import shared_layer, shared_outputs

from .penalties import OPTIONAL, by_stem

SUFFIX = "initializer"


@layer_check("recommended", after=("config_roundtrip",))
def initializer_used(ctx: Context) -> None:
    """An initializer argument determines the values of the weight that it names.

    Why it matters: with an ignored argument the model starts from other weights, and pre-trained
    values are silently lost.
    Usual causes: `add_weight` without `initializer=`; the initializer of another weight is passed.
    Reference: keras.layers.Layer.add_weight
    """
    names = [name for name in constructor_parameters(type(ctx.make())) if name.endswith(SUFFIX)]
    if not names:
        raise NotApplicable("the constructor has no initializer argument")
    # Values that are neither a default nor the sum of two defaults.
    values = {name: 0.3125 + 0.03125 * 2**place for place, name in enumerate(names)}
    weights = _initial(ctx, values)
    unseen = [name for name in names if not _holds(_named(weights, name), values[name])]
    for name in unseen:
        other = _initial(ctx, {name: values[name] + 4})
        plain = _initial(ctx, {name: values[name]})
        wanted = _named(plain, name)
        relevant = wanted or ({} if _may_be_absent(ctx, name) else plain)
        changed = [path for path in relevant if not np.array_equal(plain[path], other[path])]
        require(
            changed or not relevant,
            f"{name}=Constant({values[name]}) and Constant({values[name] + 4}) give the same "
            f"weights: {', '.join(relevant)}",
        )


def _initial(ctx: Context, constants: Mapping[str, float]) -> dict[str, Any]:
    """Return the initial weights with constant initializers, by their path below the layer."""
    import keras

    keras.utils.set_random_seed(ctx.seed)
    made = {name: keras.initializers.Constant(value) for name, value in constants.items()}
    try:
        layer = built(ctx, ctx.make(**made))
    except Exception as error:
        raise NotApplicable(
            f"the layer rejects a constant initializer: {first_line(error)}"
        ) from error
    start = len(layer.path or "")
    return {weight.path[start:].lstrip("/"): to_numpy(weight.value) for weight in layer.weights}


def _named(weights: dict[str, Any], argument: str) -> dict[str, Any]:
    """Return the weights that an argument names: `recurrent` or `recurrent_kernel`, for example."""
    stem = argument.removesuffix(SUFFIX).rstrip("_")
    exact, similar, _ = by_stem(list(weights), stem)
    return {path: weights[path] for path in exact or similar if stem}


def _holds(weights: dict[str, Any], value: float) -> bool:
    return any(np.isclose(array, value, rtol=1e-5).any() for array in weights.values())


def _may_be_absent(ctx: Context, argument: str) -> bool:
    """Return whether the weight may be absent, as a bias may."""
    config = ctx.make().get_config()
    stem = argument.removesuffix(SUFFIX).rstrip("_")
    return stem in OPTIONAL or any(value is False for value in config.values())


@layer_check("recommended", after=("config_roundtrip", "inference_pure"))
def option_used(ctx: Context) -> None:
    """`use_bias`, `activation` and dropout rates affect the layer.

    Why it matters: a user who disables the bias, selects an activation or asks for dropout
    otherwise gets the same model without an error.
    Usual causes: the argument is stored and written to the config, but never used.
    """
    layer = ctx.make()
    known, config = constructor_parameters(type(layer)), layer.get_config()
    tried = []
    if "use_bias" in known and isinstance(config.get("use_bias"), bool):
        tried.append("use_bias")
        _require_bias_omitted(ctx)
    if "activation" in known and _has_floats(ctx):
        tried.append("activation")
        _require_activation_used(ctx)
    for name in known:
        if _is_rate(name, config.get(name), type(layer).__name__):
            tried.append(name)
            _require_dropout_used(ctx, name)
    if not tried:
        raise NotApplicable("the layer has neither `use_bias` nor `activation` nor a dropout rate")


def _with_settings(ctx: Context, **changes: Any) -> Any:
    """Return a layer with changed settings; `None` if it rejects them."""
    try:
        return built(ctx, ctx.make(**changes))
    except Exception:
        return None


def _require_bias_omitted(ctx: Context) -> None:
    """Raise if the layer has a bias with `use_bias=False`."""
    pair = [_with_settings(ctx, use_bias=value) for value in (True, False)]
    if any(layer is None for layer in pair):
        return
    sizes = [sum(int(np.prod(w.shape)) for w in layer.weights) for layer in pair]
    names = [weight.path.rsplit("/", 1)[-1] for weight in pair[1].weights]
    biases = [name for name in names if "bias" in name or name == "b"]
    require(
        sizes[0] != sizes[1] or not biases,
        f"with use_bias=False the layer has the same weights as with use_bias=True, including "
        f"{', '.join(biases)}",
    )


def _has_floats(ctx: Context) -> bool:
    return not ctx.traits.random_inference and any(
        output.dtype.kind == "f" for output in shared_outputs(ctx)
    )


def _require_activation_used(ctx: Context) -> None:
    """Raise if two different activations give the same output."""
    outputs = []
    for activation in ("exponential", "sigmoid"):
        layer = _with_settings(ctx, activation=activation)
        if layer is None:
            return  # the layer accepts other activations
        weights = shared_layer(ctx).get_weights()
        if [w.shape for w in layer.get_weights()] != [w.shape for w in weights]:
            return
        layer.set_weights(weights)
        try:
            outputs.append(ctx.run(layer, *ctx.inputs()))
        except Exception:
            return
    require(
        not same(*outputs),
        "activation='exponential' and activation='sigmoid' give the same output",
    )


def _is_rate(name: str, value: Any, kind: str) -> bool:
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return False
    drops = name.endswith(("dropout", "dropout_rate", "drop_rate"))
    return drops or (name == "rate" and "drop" in kind.lower())


def _require_dropout_used(ctx: Context, name: str) -> None:
    """Raise if a dropout rate of 0.5 does not change the output in training."""
    pair = [_with_settings(ctx, **{name: rate}) for rate in (0.0, 0.5)]
    if any(layer is None for layer in pair):
        return
    weights = shared_layer(ctx).get_weights()
    for layer in pair:
        if [w.shape for w in layer.get_weights()] != [w.shape for w in weights]:
            return
        layer.set_weights(weights)
    import keras

    for attempt in range(3):
        keras.utils.set_random_seed(ctx.seed + attempt)
        try:
            without, with_it = (trained(ctx, layer) for layer in pair)
        except Exception:
            return  # other checks report a call that fails
        if not same(without, with_it):
            return
    raise CheckFailure(f"{name}=0.0 and {name}=0.5 gave the same output in three training calls")
