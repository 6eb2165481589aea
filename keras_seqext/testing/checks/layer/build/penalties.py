"""Checks of regularizers and constraints: they are applied, exactly once."""

import inspect
from typing import Any

import numpy as np

from keras_seqext.testing.contexts.layer import Context
from keras_seqext.testing.core.failure import CheckFailure, NotApplicable, require
from keras_seqext.testing.core.registry import layer_check
from keras_seqext.testing.core.tensors import flat_outputs
from keras_seqext.testing.helpers.configs import constructor_parameters
from keras_seqext.testing.helpers.reference_layer import built, reference

# Weights of these names may be absent, for example with `use_bias=False`.
OPTIONAL = ("bias", "beta", "gamma")


@layer_check("recommended", after=("config_roundtrip",), cost="medium")
def regularizer_constraint(ctx: Context) -> None:
    """A regularizer adds its penalty exactly once; a constraint holds after an optimizer step.

    Why it matters: an argument that is accepted and ignored changes the trained model.
    Usual causes: an argument that is stored and not passed to `add_weight`; a penalty added by
    `add_loss` in addition to the penalty that Keras adds.
    Reference: tensorflow issue 33219.
    """
    names = constructor_parameters(type(ctx.make()))
    names = [name for name in names if name.endswith(("_regularizer", "_constraint"))]
    if not names:
        raise NotApplicable("the constructor has no regularizer or constraint argument")
    regularizers = [name for name in names if name.endswith("_regularizer")]
    if regularizers and not _all_applied(ctx, regularizers):
        for name in regularizers:
            _require_applied(ctx, name)
    constraints = [name for name in names if name.endswith("_constraint")]
    if constraints:
        _require_constraints(ctx, constraints)


def _all_applied(ctx: Context, names: list[str]) -> bool:
    """Return whether each regularizer belongs to a weight, and the losses are the sum of the
    penalties.
    """
    import keras

    whole = reference(ctx)
    if whole.outcome(True)[1]:
        return False
    penalties = {n: keras.regularizers.L2(0.01 * (i + 1)) for i, n in enumerate(names)}
    layer = built(ctx, ctx.make(**penalties))
    ctx.randomise(layer)
    found = [(w, getattr(w, "regularizer", None)) for w in layer.weights]
    own = [(weight, penalty) for weight, penalty in found if penalty is not None]
    for name, penalty in penalties.items():
        _require_named_weight(
            layer, name, [w.path for w, p in own if _factor(p) == _factor(penalty)]
        )
    factors = {_factor(penalty) for _, penalty in own}
    if any(_factor(penalty) not in factors for penalty in penalties.values()):
        return False
    wanted = sum(_number(penalty(weight.value)) for weight, penalty in own)
    return abs(_loss(ctx, layer) - wanted) <= 1e-4 * wanted


def _factor(penalty: Any) -> float:
    return float(getattr(penalty, "l2", 0.0))


def _require_named_weight(layer: Any, name: str, paths: list[str]) -> None:
    """Raise if `kernel_regularizer`, for example, belongs to weights other than `kernel`."""
    stem = name.removesuffix("_regularizer")
    named = [weight.path for weight in layer.weights if weight.path.rsplit("/", 1)[-1] == stem]
    require(
        not paths or not named or any(stem in path.rsplit("/", 1)[-1] for path in paths),
        f"{name} is applied to {', '.join(paths)}, and not to {', '.join(named)}",
    )


def _require_applied(ctx: Context, name: str) -> None:
    import keras

    stem = name.removesuffix("_regularizer")
    penalty = keras.regularizers.L1L2(0.01, 0.02)
    plain, layer = (built(ctx, ctx.make(**{name: value})) for value in (None, penalty))
    ctx.randomise(plain)
    layer.set_weights(plain.get_weights())
    before, after = (_loss(ctx, one) for one in (plain, layer))
    added = after - before
    each = {w.path: _number(penalty(w.value)) for w in layer.weights if "float" in w.dtype}
    own = [w.path for w in layer.weights if getattr(w, "regularizer", None) is not None]
    # Keras does not record which weights a regularizer argument names: accept the penalty of any
    # plausible group of weights.
    groups = [own, *by_stem(list(each), stem), *([path] for path in each)]
    wanted = [sum(each.get(path, 0.0) for path in group) for group in groups if group]
    if any(abs(added - value) <= 1e-4 * abs(value) for value in wanted):
        return
    if not any(stem in path for path in each) and stem in OPTIONAL:
        return
    rounded = {path: round(value, 6) for path, value in each.items()}
    raise CheckFailure(
        f"{name}={penalty.__class__.__name__} adds {added:.6g} to the losses; the penalties of the "
        f"weights are {rounded}"
    )


def by_stem(paths: list[str], stem: str) -> list[list[str]]:
    """Return groups of weights that an argument may name, the best match of the names first."""
    return [
        [path for path in paths if path.rsplit("/", 1)[-1] == stem],
        [path for path in paths if stem in path.rsplit("/", 1)[-1]],
        [path for path in paths if stem in path],
    ]


def _loss(ctx: Context, layer: Any) -> float:
    ctx.run(layer, *ctx.inputs(), training=True)
    return float(sum(_number(loss) for loss in layer.losses))


def _number(tensor: Any) -> float:
    return float(flat_outputs(tensor)[0])


def _require_constraints(ctx: Context, names: list[str]) -> None:
    import keras

    layer = built(ctx, ctx.make(**{name: keras.constraints.NonNeg() for name in names}))
    weights = [weight for weight in layer.trainable_weights if "float" in weight.dtype]
    for weight in weights:
        weight.assign(-keras.ops.abs(weight.value) - 0.1)
    optimizer = keras.optimizers.SGD(0.0)
    optimizer.apply([keras.ops.zeros_like(w.value) for w in weights], weights)
    if _still_negative(weights, names):
        ctx.run(layer, *ctx.inputs(), training=True)  # the call may apply the constraints
    wrong = _still_negative(weights, names)
    require(
        not wrong,
        f"after an optimizer step no weight satisfies {', '.join(wrong)}=NonNeg; negative "
        f"weights: {', '.join(w.path for w in weights if _lowest(w) < 0)}",
    )


def _still_negative(weights: list[Any], names: list[str]) -> list[str]:
    """Return the constraints that hold for none of the weights that they may name."""
    lowest = {weight.path: _lowest(weight) for weight in weights}
    wrong = []
    for name in names:
        stem = name.removesuffix("_constraint")
        groups = by_stem(list(lowest), stem)
        if not any(groups) and stem in OPTIONAL:
            continue
        named = next((group for group in groups if group), list(lowest))
        if all(lowest[path] < 0 for path in named):
            wrong.append(name)
    return wrong


def _lowest(weight: Any) -> float:
    return float(np.min(flat_outputs(weight.value)[0], initial=np.inf))


@layer_check("recommended", after=("config_roundtrip",))
def activity_regularizer(ctx: Context) -> None:
    """`activity_regularizer` adds the penalty of the output exactly once, in every call.

    Why it matters: a penalty that is added twice, or grows with each call, changes the trained
    model.
    Usual causes: the argument is passed on to a sublayer as well; a penalty added in `call`.
    Reference: tensorflow issue 43995, keras issue 8807.
    """
    import keras

    penalty = keras.regularizers.L2(0.01)
    layer = ctx.make()
    own = "activity_regularizer" in inspect.signature(type(layer).__init__).parameters
    try:
        layer = ctx.make(activity_regularizer=penalty)
    except Exception as error:
        if own:
            raise
        raise NotApplicable("the constructor has no argument activity_regularizer") from error
    if layer.activity_regularizer is None and not own:
        raise NotApplicable("the layer does not store its activity_regularizer")
    built(ctx, layer)
    base = []
    if reference(ctx).outcome(False)[1]:
        plain = ctx.built(activity_regularizer=None)
        ctx.run(plain, *ctx.inputs())
        base = [_number(loss) for loss in plain.losses]
        layer.set_weights(plain.get_weights())
    else:
        ctx.randomise(layer)
    outputs = ctx.call(layer, *ctx.inputs())
    first = [_number(loss) for loss in layer.losses]
    tensors = keras.tree.flatten(outputs)
    wanted = sum(_number(penalty(t)) / (t.shape[0] if len(t.shape) else 1) for t in tensors)
    whole = sum(_number(penalty(tensor)) for tensor in tensors)
    added = sum(first) - sum(base)
    # Keras divides the penalty by the batch size; a layer may also add the total.
    near = [abs(added - value) <= 1e-4 * abs(value) + 1e-7 for value in (wanted, whole)]
    require(
        any(near),
        f"the layer adds {added:.6g} in {len(first) - len(base)} losses; the penalty of the output "
        f"is {wanted:.6g} per example and {whole:.6g} in total",
    )
    ctx.run(layer, *ctx.inputs())
    second = [_number(loss) for loss in layer.losses]
    require(
        len(second) == len(first),
        f"after one call the layer has {len(first)} losses, after two calls {len(second)}",
    )
