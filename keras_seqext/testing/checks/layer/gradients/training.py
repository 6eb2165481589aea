"""The layer trains."""

from typing import Any

import numpy as np

from keras_seqext.testing.contexts.layer import Context
from keras_seqext.testing.core.failure import NotApplicable, require
from keras_seqext.testing.core.registry import layer_check
from keras_seqext.testing.core.tensors import to_numpy
from keras_seqext.testing.helpers.losses import LayerLoss
from keras_seqext.testing.helpers.models import functional, model_arguments, plain_outputs
from keras_seqext.testing.helpers.states import shared_layer

from .basics import _nothing, _training_gradients

STEPS = 15
RATES = (1e-2, 1e-3)


@layer_check("core", after=("call_finite", "grad_all_weights"), cost="medium")
def fit_learns(ctx: Context) -> None:
    """`fit` lowers the loss, stays finite and moves every weight that has a gradient.

    Why it matters: this is what a trainable layer is for.
    Usual causes: a gradient with the wrong sign or of nothing; weights that a call overwrites;
    Python in `call` that a compiled training step does not allow.
    """
    targets = [
        output
        for output in _within_reach(ctx)
        if output.dtype.kind == "f" and output.ndim and output.shape[0] == ctx.shape[0]
    ]
    if not targets:
        raise NotApplicable("no output is a float with a row for each row of the input")
    layer, found = _training_gradients(ctx)
    if not layer.trainable_variables:
        _train_behind(ctx, targets[0])
        return
    moving = [
        weight.path.rsplit("/", 1)[-1] + f" (weight {i})"
        for i, weight in enumerate(layer.trainable_variables)
    ]
    with_gradient = [i for i, gradient in enumerate(found.by_weights) if not _nothing(gradient)]
    overwritten = _set_by_a_call(ctx, set(range(len(moving))) - set(with_gradient))
    require(
        not overwritten,
        f"{', '.join(overwritten)} has no gradient in training, where each call sets it: what is "
        "learnt would be lost",
    )
    history: list[float] = []
    for rate in RATES:
        student = ctx.built()
        _move_away(ctx, student)
        start = [to_numpy(weight.value) for weight in student.trainable_variables]
        history = _fit(ctx, _float_model(ctx, student), targets, rate)
        end = [to_numpy(weight.value) for weight in student.trainable_variables]
        require(
            all(np.isfinite(history)), f"the loss is not finite: {_shown(history)} (rate {rate})"
        )
        ctx.finite(end, "a weight after training")
        unmoved = [i for i in with_gradient if np.array_equal(start[i], end[i])]
        if unmoved:
            unmoved = _alive_at_the_start(ctx, unmoved)
        require(
            not unmoved,
            f"{', '.join(moving[i] for i in unmoved)} has a gradient, and is unchanged after "
            f"{STEPS} steps of Adam",
        )
        if min(history[-3:]) < history[0] or ctx.traits.surrogate_gradient:
            return
        if ctx.traits.nondifferentiable or not with_gradient:
            return
    require(
        False,
        f"{STEPS} steps of Adam towards outputs that the layer can give did not lower the loss: "
        f"{_shown(history)}",
    )


def _alive_at_the_start(ctx: Context, places: list[int]) -> list[int]:
    """Those that have a gradient where training begins: a ReLU may be 0 for all inputs there."""
    layer = ctx.built()
    _move_away(ctx, layer)
    found = LayerLoss(ctx, layer, training=True).gradients().by_weights
    return [place for place in places if not _nothing(found[place])]


def _set_by_a_call(ctx: Context, places: set[int]) -> list[str]:
    """Those of some trainable weights that a call in training changes."""
    if not places:
        return []
    layer = ctx.built()
    weights = [layer.trainable_variables[place] for place in sorted(places)]
    before = [to_numpy(weight.value) for weight in weights]
    ctx.call(layer, *ctx.inputs(), training=True)
    after = [to_numpy(weight.value) for weight in weights]
    pairs = zip(weights, before, after, strict=True)
    return [w.path for w, old, new in pairs if not np.array_equal(old, new)]


def _train_behind(ctx: Context, output: Any) -> None:
    """A layer without weights, with a dense layer behind it."""
    import keras

    model = functional(ctx, ctx.make())
    first = _float_tensors(model)[0]
    if first.shape[-1] is None or len(first.shape) < 2:
        raise NotApplicable("the layer has no weights, and its output has no feature axis")
    head = keras.layers.Dense(1, name="head")
    model = keras.Model(model.inputs, head(first))
    targets = np.random.default_rng(ctx.seed).normal(size=(*output.shape[:-1], 1))
    history = _fit(ctx, model, [targets.astype("float32")], RATES[0])
    require(all(np.isfinite(history)), f"the loss is not finite: {_shown(history)}")
    ctx.finite([to_numpy(weight.value) for weight in head.weights], "a weight behind the layer")


def _within_reach(ctx: Context) -> list[Any]:
    """Outputs that the layer can give with weights that keep to their constraints."""
    if not any(weight.constraint is not None for weight in shared_layer(ctx).trainable_weights):
        return plain_outputs(ctx)
    teacher = ctx.built()
    _constrain(teacher)
    return list(ctx.run(teacher, *ctx.inputs()))


def _constrain(layer: Any) -> None:
    """Does what an optimizer does after a step, so that the first step loses nothing by it."""
    for weight in layer.trainable_variables:
        if weight.constraint is not None:
            weight.assign(weight.constraint(weight.value))


def _move_away(ctx: Context, layer: Any) -> None:
    rng = np.random.default_rng(ctx.seed + 23)
    for weight in layer.trainable_variables:
        value = to_numpy(weight.value)
        weight.assign(value + 0.2 * rng.normal(size=value.shape))
    _constrain(layer)


def _float_tensors(model: Any) -> list[Any]:
    return [tensor for tensor in model.outputs if "float" in str(tensor.dtype)]


def _float_model(ctx: Context, layer: Any) -> Any:
    import keras

    model = functional(ctx, layer)
    batch = {None, ctx.shape[0]}
    outputs = [t for t in _float_tensors(model) if len(t.shape) and t.shape[0] in batch]
    return keras.Model(model.inputs, outputs)


def _fit(ctx: Context, model: Any, targets: list[Any], rate: float) -> list[float]:
    import keras

    # XLA has a check of its own, and costs seconds here.
    jit = False if ctx.backend == "tensorflow" else "auto"
    model.compile(
        optimizer=keras.optimizers.Adam(rate),
        loss=["mse"] * len(targets),
        jit_compile=False if ctx.traits.host_only else jit,
        run_eagerly=ctx.traits.host_only,
    )
    history = model.fit(
        model_arguments(ctx.inputs()),
        targets if len(targets) > 1 else targets[0],
        batch_size=ctx.shape[0],
        epochs=STEPS,
        shuffle=False,
        verbose=0,
    )
    return [float(loss) for loss in history.history["loss"]]


def _shown(history: list[float]) -> str:
    return f"{history[0]:.6g} at first, {history[-1]:.6g} in the end"
