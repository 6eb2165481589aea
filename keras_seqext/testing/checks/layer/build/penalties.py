"""Regularizers and constraints that a layer accepts are applied, once."""

import inspect
from typing import Any

import numpy as np

from keras_seqext.testing.helpers.configs import constructor_parameters
from keras_seqext.testing.contexts.layer import Context
from keras_seqext.testing.core.failure import CheckFailure, NotApplicable, require
from keras_seqext.testing.helpers.reference_layer import built, reference
from keras_seqext.testing.core.registry import layer_check
from keras_seqext.testing.core.tensors import flat_outputs

# Weights of these names are left out on demand, as by `use_bias=False`.
OPTIONAL = ("bias", "beta", "gamma")


@layer_check("recommended", after=("config_roundtrip",), cost="medium")
def regularizer_constraint(ctx: Context) -> None:
    """A regularizer adds its penalty to the losses once; a constraint holds after a step.

    Why it matters: an argument that is accepted and ignored trains another model.
    Usual causes: an argument that is stored and not passed to `add_weight`; a penalty added by
    `add_loss` beside the one that Keras adds.
    Reference: tensorflow issue 33219.
    """
    names = constructor_parameters(type(ctx.make()))
    names = [name for name in names if name.endswith(("_regularizer", "_constraint"))]
    if not names:
        raise NotApplicable("the constructor takes no regularizer and no constraint")
    regularizers = [name for name in names if name.endswith("_regularizer")]
    if regularizers and not _all_count(ctx, regularizers):
        for name in regularizers:
            _counts(ctx, name)
    constraints = [name for name in names if name.endswith("_constraint")]
    if constraints:
        _constraints_hold(ctx, constraints)


def _all_count(ctx: Context, names: list[str]) -> bool:
    """Whether each is that of a weight, and their penalties are all the losses there are."""
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
        _reaches_its_weight(layer, name, [w.path for w, p in own if _factor(p) == _factor(penalty)])
    factors = {_factor(penalty) for _, penalty in own}
    if any(_factor(penalty) not in factors for penalty in penalties.values()):
        return False
    wanted = sum(_number(penalty(weight.value)) for weight, penalty in own)
    return abs(_loss(ctx, layer) - wanted) <= 1e-4 * wanted


def _factor(penalty: Any) -> float:
    return float(getattr(penalty, "l2", 0.0))


def _reaches_its_weight(layer: Any, name: str, paths: list[str]) -> None:
    """Fails if `kernel_regularizer` is that of weights of other names, not of `kernel`."""
    stem = name.removesuffix("_regularizer")
    named = [weight.path for weight in layer.weights if weight.path.rsplit("/", 1)[-1] == stem]
    require(
        not paths or not named or any(stem in path.rsplit("/", 1)[-1] for path in paths),
        f"{name} is given to {', '.join(paths)}, and not to {', '.join(named)}",
    )


def _counts(ctx: Context, name: str) -> None:
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
    groups = [own, *by_stem(list(each), stem), *([path] for path in each)]
    wanted = [sum(each.get(path, 0.0) for path in group) for group in groups if group]
    if any(abs(added - value) <= 1e-4 * abs(value) for value in wanted):
        return
    if not any(stem in path for path in each) and stem in OPTIONAL:
        return
    rounded = {path: round(value, 6) for path, value in each.items()}
    raise CheckFailure(
        f"{name}={penalty.__class__.__name__} adds {added:.6g} to the losses; the penalty of "
        f"each weight is {rounded}"
    )


def by_stem(paths: list[str], stem: str) -> list[list[str]]:
    """The weights that an argument is likely about, by its name, the surest first."""
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


def _constraints_hold(ctx: Context, names: list[str]) -> None:
    import keras

    layer = built(ctx, ctx.make(**{name: keras.constraints.NonNeg() for name in names}))
    weights = [weight for weight in layer.trainable_weights if "float" in weight.dtype]
    for weight in weights:
        weight.assign(-keras.ops.abs(weight.value) - 0.1)
    optimizer = keras.optimizers.SGD(0.0)
    optimizer.apply([keras.ops.zeros_like(w.value) for w in weights], weights)
    if _still_negative(weights, names):
        ctx.run(layer, *ctx.inputs(), training=True)  # it may constrain its weights itself
    wrong = _still_negative(weights, names)
    require(
        not wrong,
        f"after a step of the optimizer no weight holds to {', '.join(wrong)}=NonNeg; negative: "
        f"{', '.join(w.path for w in weights if _lowest(w) < 0)}",
    )


def _still_negative(weights: list[Any], names: list[str]) -> list[str]:
    """The constraints that hold for none of the weights they are likely about."""
    lowest = {weight.path: _lowest(weight) for weight in weights}
    wrong = []
    for name in names:
        stem = name.removesuffix("_constraint")
        groups = by_stem(list(lowest), stem)
        if not any(groups) and stem in OPTIONAL:
            continue
        concerned = next((group for group in groups if group), list(lowest))
        if all(lowest[path] < 0 for path in concerned):
            wrong.append(name)
    return wrong


def _lowest(weight: Any) -> float:
    return float(np.min(flat_outputs(weight.value)[0], initial=np.inf))


@layer_check("recommended", after=("config_roundtrip",))
def activity_regularizer(ctx: Context) -> None:
    """`activity_regularizer` adds the penalty of the output, once, however often it is called.

    Why it matters: a penalty that is counted twice, or grows with each call, changes what is
    trained.
    Usual causes: the argument passed on to a sublayer as well; a penalty added in `call`.
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
        raise NotApplicable("the constructor takes no activity_regularizer") from error
    if layer.activity_regularizer is None and not own:
        raise NotApplicable("it does not keep an activity_regularizer")
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
    near = [abs(added - value) <= 1e-4 * abs(value) + 1e-7 for value in (wanted, whole)]
    require(
        any(near),
        f"it adds {added:.6g} in {len(first) - len(base)} losses; the penalty of the output is "
        f"{wanted:.6g} an example, {whole:.6g} in all",
    )
    ctx.run(layer, *ctx.inputs())
    second = [_number(loss) for loss in layer.losses]
    require(
        len(second) == len(first),
        f"after one call there are {len(first)} losses, after two {len(second)}",
    )
