"""Check of training: the loss decreases and the weights change."""

from typing import Any

import numpy as np

from keras_seqext.testing.contexts.layer import Context
from keras_seqext.testing.core.failure import NotApplicable, require
from keras_seqext.testing.core.registry import layer_check
from keras_seqext.testing.core.tensors import to_numpy
from keras_seqext.testing.helpers.losses import LayerLoss
from keras_seqext.testing.helpers.models import functional, model_arguments, plain_outputs
from keras_seqext.testing.helpers.states import shared_layer

from .basics import _is_zero, _training_gradients

STEPS = 15
RATES = (1e-2, 1e-3)  # the smaller rate is tried if the larger does not lower the loss


@layer_check("core", after=("call_finite", "grad_all_weights"), cost="medium")
def fit_learns(ctx: Context) -> None:
    """`fit` lowers the loss, keeps it finite and changes every weight that has a gradient.

    Why it matters: a layer that does not train is of no use in a model.
    Usual causes: a gradient of the wrong sign or of zero; weights that each call overwrites; Python
    in `call` that a compiled training step does not support.
    """
    targets = [
        output
        for output in _reachable_outputs(ctx)
        if output.dtype.kind == "f" and output.ndim and output.shape[0] == ctx.shape[0]
    ]
    if not targets:
        raise NotApplicable("no output is a float with as many rows as the input")
    layer, found = _training_gradients(ctx)
    if not layer.trainable_variables:
        _train_with_dense_head(ctx, targets[0])
        return
    names = [
        weight.path.rsplit("/", 1)[-1] + f" (weight {i})"
        for i, weight in enumerate(layer.trainable_variables)
    ]
    with_gradient = [i for i, gradient in enumerate(found.by_weights) if not _is_zero(gradient)]
    overwritten = _overwritten_by_call(ctx, set(range(len(names))) - set(with_gradient))
    require(
        not overwritten,
        f"{', '.join(overwritten)} has no gradient, and each call in training overwrites it, so "
        "its trained value is lost",
    )
    history: list[float] = []
    for rate in RATES:
        trained = ctx.built()
        _perturb(ctx, trained)
        start = [to_numpy(weight.value) for weight in trained.trainable_variables]
        history = _fit(ctx, _float_model(ctx, trained), targets, rate)
        end = [to_numpy(weight.value) for weight in trained.trainable_variables]
        require(
            all(np.isfinite(history)),
            f"the loss is not finite: {_shown(history)} (learning rate {rate})",
        )
        ctx.finite(end, "a weight after training")
        unmoved = [i for i in with_gradient if np.array_equal(start[i], end[i])]
        if unmoved:
            unmoved = _with_gradient_at_start(ctx, unmoved)
        require(
            not unmoved,
            f"{', '.join(names[i] for i in unmoved)} has a gradient, but is unchanged after "
            f"{STEPS} steps of Adam",
        )
        if min(history[-3:]) < history[0] or ctx.traits.surrogate_gradient:
            return
        if ctx.traits.nondifferentiable or not with_gradient:
            return
    require(
        False,
        f"{STEPS} steps of Adam did not lower the loss, although the layer can produce the "
        f"targets: {_shown(history)}",
    )


def _with_gradient_at_start(ctx: Context, places: list[int]) -> list[int]:
    """Return the weights that have a gradient where training begins.

    A ReLU, for example, may be 0 for all inputs there.
    """
    layer = ctx.built()
    _perturb(ctx, layer)
    found = LayerLoss(ctx, layer, training=True).gradients().by_weights
    return [place for place in places if not _is_zero(found[place])]


def _overwritten_by_call(ctx: Context, places: set[int]) -> list[str]:
    """Return the paths of the given trainable weights that a call in training changes."""
    if not places:
        return []
    layer = ctx.built()
    weights = [layer.trainable_variables[place] for place in sorted(places)]
    before = [to_numpy(weight.value) for weight in weights]
    ctx.call(layer, *ctx.inputs(), training=True)
    after = [to_numpy(weight.value) for weight in weights]
    pairs = zip(weights, before, after, strict=True)
    return [w.path for w, old, new in pairs if not np.array_equal(old, new)]


def _train_with_dense_head(ctx: Context, output: Any) -> None:
    """Train a layer without weights together with a dense layer after it."""
    import keras

    model = functional(ctx, ctx.make())
    first = _float_tensors(model)[0]
    if first.shape[-1] is None or len(first.shape) < 2:
        raise NotApplicable("the layer has no weights and its output has no feature axis")
    head = keras.layers.Dense(1, name="head")
    model = keras.Model(model.inputs, head(first))
    targets = np.random.default_rng(ctx.seed).normal(size=(*output.shape[:-1], 1))
    history = _fit(ctx, model, [targets.astype("float32")], RATES[0])
    require(all(np.isfinite(history)), f"the loss is not finite: {_shown(history)}")
    ctx.finite(
        [to_numpy(weight.value) for weight in head.weights], "a weight of the dense layer after it"
    )


def _reachable_outputs(ctx: Context) -> list[Any]:
    """Return outputs that the layer can produce with weights that satisfy their constraints."""
    if not any(weight.constraint is not None for weight in shared_layer(ctx).trainable_weights):
        return plain_outputs(ctx)
    teacher = ctx.built()
    _constrain(teacher)
    return list(ctx.run(teacher, *ctx.inputs()))


def _constrain(layer: Any) -> None:
    """Apply the constraints as an optimizer does, so that its first step changes nothing else."""
    for weight in layer.trainable_variables:
        if weight.constraint is not None:
            weight.assign(weight.constraint(weight.value))


def _perturb(ctx: Context, layer: Any) -> None:
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

    # Compiling with XLA takes seconds here, and other checks cover it.
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
    return f"{history[0]:.6g} in the first step, {history[-1]:.6g} in the last"
