"""Regularizers and constraints that a layer accepts are applied, once."""

import inspect
from typing import Any

import numpy as np

from .._configs import constructor_parameters
from .._context import Context
from .._failure import CheckFailure, NotApplicable, require
from .._registry import check
from .._tensors import flat_outputs

# Weights of these names are left out on demand, as by `use_bias=False`.
OPTIONAL = ("bias", "beta", "gamma")


@check("recommended", after=("config_roundtrip",), cost="medium")
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
    for name in names:
        stem, _, kind = name.rpartition("_")
        (_regularizer_counts if kind == "regularizer" else _constraint_holds)(ctx, name, stem)


def _regularizer_counts(ctx: Context, name: str, stem: str) -> None:
    import keras

    penalty = keras.regularizers.L1L2(0.01, 0.02)
    plain, layer = ctx.built(**{name: None}), ctx.built(**{name: penalty})
    layer.set_weights(plain.get_weights())
    (before, after) = (_loss(ctx, one) for one in (plain, layer))
    added = after - before
    each = {w.path: _number(penalty(w.value)) for w in layer.weights if "float" in w.dtype}
    own = [w.path for w in layer.weights if getattr(w, "regularizer", None) is not None]
    groups = [
        own,
        [path for path in each if path.rsplit("/", 1)[-1] == stem],
        [path for path in each if stem in path.rsplit("/", 1)[-1]],
        [path for path in each if stem in path],
        *([path] for path in each),
    ]
    wanted = [sum(each.get(path, 0.0) for path in group) for group in groups if group]
    if any(abs(added - value) <= 1e-4 * abs(value) for value in wanted):
        return
    if not any(stem in path for path in each) and stem in OPTIONAL:
        return
    raise CheckFailure(
        f"{name}={penalty.__class__.__name__} adds {added:.6g} to the losses; the penalty of each "
        f"weight is { {path: round(value, 6) for path, value in each.items()} }"
    )


def _loss(ctx: Context, layer: Any) -> float:
    ctx.run(layer, *ctx.inputs(), training=True)
    return float(sum(_number(loss) for loss in layer.losses))


def _number(tensor: Any) -> float:
    return float(flat_outputs(tensor)[0])


def _constraint_holds(ctx: Context, name: str, stem: str) -> None:
    import keras

    layer = ctx.built(**{name: keras.constraints.NonNeg()})
    weights = [weight for weight in layer.trainable_weights if "float" in weight.dtype]
    groups = [
        [w for w in weights if getattr(w, "constraint", None) is not None],
        [w for w in weights if w.path.rsplit("/", 1)[-1] == stem],
        [w for w in weights if stem in w.path.rsplit("/", 1)[-1]],
        weights,
    ]
    concerned = next((group for group in groups if group), [])
    if not any(stem in w.path for w in weights) and stem in OPTIONAL:
        return
    for weight in concerned:
        weight.assign(-keras.ops.abs(weight.value) - 0.1)
    optimizer = keras.optimizers.SGD(0.0)
    optimizer.apply([keras.ops.zeros_like(w.value) for w in weights], weights)
    ctx.run(layer, *ctx.inputs(), training=True)  # it may constrain its weights itself
    wrong = [w.path for w in concerned if float(np.min(flat_outputs(w.value)[0])) < 0]
    require(
        concerned and len(wrong) < len(concerned),
        f"{name}=NonNeg: after a step of the optimizer {', '.join(wrong[:4]) or 'no weight'} "
        "is still negative",
    )


@check("recommended", after=("config_roundtrip",))
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
    plain = ctx.built(activity_regularizer=None)
    ctx.run(layer, *ctx.inputs())
    layer.set_weights(plain.get_weights())
    ctx.run(plain, *ctx.inputs())
    base = [_number(loss) for loss in plain.losses]
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
