"""Arguments that go by a name of Keras' own do what the name says."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from keras_seqext.testing.helpers.configs import constructor_parameters
from keras_seqext.testing.contexts.layer import Context
from keras_seqext.testing.core.failure import CheckFailure, NotApplicable, require
from keras_seqext.testing.helpers.reference_layer import built
from keras_seqext.testing.core.registry import layer_check
from keras_seqext.testing.helpers.resized_inputs import first_line
from keras_seqext.testing.helpers.states import shared_layer, shared_outputs
from keras_seqext.testing.core.tensors import to_numpy
from .penalties import OPTIONAL, by_stem
from keras_seqext.testing.checks.layer.purity.randomness import same, trained

SUFFIX = "initializer"


@layer_check("recommended", after=("config_roundtrip",))
def initializer_used(ctx: Context) -> None:
    """An initializer that the constructor takes decides the values of the weight it names.

    Why it matters: an argument that is accepted and ignored trains another model than was asked
    for, and pre-trained values given by it are lost in silence.
    Usual causes: `add_weight` without `initializer=`; that of another weight is passed.
    Reference: keras.layers.Layer.add_weight
    """
    names = [name for name in constructor_parameters(type(ctx.make())) if name.endswith(SUFFIX)]
    if not names:
        raise NotApplicable("the constructor takes no initializer")
    # Values that neither a default nor the sum of two of them gives.
    values = {name: 0.3125 + 0.03125 * 2**place for place, name in enumerate(names)}
    weights = _initial(ctx, values)
    unseen = [name for name in names if not _holds(_named(weights, name), values[name])]
    for name in unseen:
        other = _initial(ctx, {name: values[name] + 4})
        plain = _initial(ctx, {name: values[name]})
        wanted = _named(plain, name)
        judged = wanted or ({} if _may_be_without(ctx, name) else plain)
        changed = [path for path in judged if not np.array_equal(plain[path], other[path])]
        require(
            changed or not judged,
            f"{name}=Constant({values[name]}) and Constant({values[name] + 4}) give the same "
            f"weights: {', '.join(judged)}",
        )


def _initial(ctx: Context, constants: Mapping[str, float]) -> dict[str, Any]:
    """The weights by path below the layer, as they are made with these constants."""
    import keras

    keras.utils.set_random_seed(ctx.seed)
    made = {name: keras.initializers.Constant(value) for name, value in constants.items()}
    try:
        layer = built(ctx, ctx.make(**made))
    except Exception as error:
        raise NotApplicable(f"not with a constant initializer: {first_line(error)}") from error
    start = len(layer.path or "")
    return {weight.path[start:].lstrip("/"): to_numpy(weight.value) for weight in layer.weights}


def _named(weights: dict[str, Any], argument: str) -> dict[str, Any]:
    """The weights that `recurrent_initializer` is about: `recurrent`, else `recurrent_kernel`."""
    stem = argument.removesuffix(SUFFIX).rstrip("_")
    exact, similar, _ = by_stem(list(weights), stem)
    return {path: weights[path] for path in exact or similar if stem}


def _holds(weights: dict[str, Any], value: float) -> bool:
    return any(np.isclose(array, value, rtol=1e-5).any() for array in weights.values())


def _may_be_without(ctx: Context, argument: str) -> bool:
    """Whether the weight may be left out, as a bias is: then there is nothing to look for."""
    config = ctx.make().get_config()
    stem = argument.removesuffix(SUFFIX).rstrip("_")
    return stem in OPTIONAL or any(value is False for value in config.values())


@layer_check("recommended", after=("config_roundtrip", "inference_pure"))
def option_used(ctx: Context) -> None:
    """`use_bias`, `activation` and rates of dropout do something.

    Why it matters: who turns the bias off, names an activation or asks for dropout gets the same
    model as before, and no word of it.
    Usual causes: the argument is stored, written into the config and never read.
    """
    layer = ctx.make()
    known, config = constructor_parameters(type(layer)), layer.get_config()
    tried = []
    if "use_bias" in known and isinstance(config.get("use_bias"), bool):
        tried.append("use_bias")
        _leaves_the_bias_out(ctx)
    if "activation" in known and _has_floats(ctx):
        tried.append("activation")
        _activates(ctx)
    for name in known:
        if _is_rate(name, config.get(name), type(layer).__name__):
            tried.append(name)
            _drops(ctx, name)
    if not tried:
        raise NotApplicable("it has neither `use_bias` nor `activation` nor a rate of dropout")


def _other(ctx: Context, **changes: Any) -> Any:
    """A layer with other settings; `None` if it refuses them."""
    try:
        return built(ctx, ctx.make(**changes))
    except Exception:
        return None


def _leaves_the_bias_out(ctx: Context) -> None:
    """Fails if a bias is there without `use_bias` as it is with it."""
    pair = [_other(ctx, use_bias=value) for value in (True, False)]
    if any(layer is None for layer in pair):
        return
    sizes = [sum(int(np.prod(w.shape)) for w in layer.weights) for layer in pair]
    names = [weight.path.rsplit("/", 1)[-1] for weight in pair[1].weights]
    kept = [name for name in names if "bias" in name or name == "b"]
    require(
        sizes[0] != sizes[1] or not kept,
        f"with use_bias=False it has the weights that it has with use_bias=True, among them "
        f"{', '.join(kept)}",
    )


def _has_floats(ctx: Context) -> bool:
    return not ctx.traits.random_inference and any(
        output.dtype.kind == "f" for output in shared_outputs(ctx)
    )


def _activates(ctx: Context) -> None:
    """Fails if the output is the same with two activations that agree nowhere."""
    outputs = []
    for activation in ("exponential", "sigmoid"):
        layer = _other(ctx, activation=activation)
        if layer is None:
            return  # it knows activations of its own
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


def _drops(ctx: Context, name: str) -> None:
    """Fails if half of something is to be dropped in training, and the output is as without."""
    pair = [_other(ctx, **{name: rate}) for rate in (0.0, 0.5)]
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
            return  # other checks are about calls that fail
        if not same(without, with_it):
            return
    raise CheckFailure(
        f"{name}=0.0 and {name}=0.5 give the same output in training, three times over"
    )
