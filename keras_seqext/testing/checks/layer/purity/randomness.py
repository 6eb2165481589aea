"""Where a layer draws random numbers, and that it does so only in training."""

import random
from typing import Any

import numpy as np

from keras_seqext.testing import backends
from keras_seqext.testing.contexts.layer import Context
from keras_seqext.testing.core.failure import NotApplicable, require, require_close
from keras_seqext.testing.core.registry import layer_check
from keras_seqext.testing.core.tensors import accepts, flat_outputs, to_numpy, to_tensors
from keras_seqext.testing.helpers.batch_rows import Rows, call_with
from keras_seqext.testing.helpers.hidden_state import sublayers
from keras_seqext.testing.helpers.states import (
    State,
    paths,
    reset,
    seed_variables,
    shared_layer,
    shared_outputs,
)

RATES = ("rate", "dropout", "recurrent_dropout", "dropout_rate", "drop_rate")


def trained(ctx: Context, layer: Any) -> list[Any]:
    """The outputs of one call with `training=True`, which Keras hands to sublayers as well."""
    reset(layer)
    arguments = to_tensors(ctx.inputs())
    return flat_outputs(layer(*arguments, training=True, **ctx.sample.call_kwargs))


def same(left: list[Any], right: list[Any]) -> bool:
    """Whether two lists of outputs are equal, but for rounding."""
    for a, b in zip(left, right, strict=True):
        if a.dtype.kind not in "fc":
            if not np.array_equal(a, b):
                return False
        elif not np.allclose(a, b, rtol=1e-6, atol=1e-7, equal_nan=True):
            return False
    return True


@layer_check("recommended", after=("inference_pure",))
def training_arg(ctx: Context) -> None:
    """`training` reaches the parts that depend on it, and is False when it is not given.

    Why it matters: dropout that never drops regularises nothing, and batch norm that never
    sees `training=True` keeps the statistics it began with.
    Usual causes: `call` hands `training=False` on, or swallows `training`; a default of True.
    """
    layer = shared_layer(ctx)
    inert = shared_outputs(ctx)
    if not (ctx.traits.stateful or ctx.traits.random_inference):
        plain = flat_outputs(call_with(layer, ctx.inputs(), ctx.sample.call_kwargs, training=None))
        ctx.close(plain, inert, 1e-6, "without `training`, with training=False")
    parts = _parts_that_train(layer)
    if not parts:
        if not accepts(layer, "training"):
            raise NotApplicable("the layer has no `training` and holds no dropout or batch norm")
        return
    state = State(layer)
    acted = False
    for _ in range(3):  # a small dropout rate may drop nothing once
        acted = acted or not same(trained(ctx, layer), inert) or _updated(layer, state)
    names = ", ".join(f"{p.name} ({type(p).__name__})" for p in parts[:3])
    require(acted, f"training=True changes neither an output nor a variable, yet it has {names}")


def _updated(layer: Any, state: State) -> bool:
    seeds = {id(v) for v in seed_variables(layer)}
    return any(id(v) not in seeds for v in state.changed())


def _parts_that_train(layer: Any) -> list[Any]:
    """Layers of Keras inside, or itself, that act otherwise in training."""
    import keras

    layers = keras.layers
    by_rate = (
        *(layers.Dropout, layers.GaussianDropout, layers.AlphaDropout),
        *(layers.SpatialDropout1D, layers.SpatialDropout2D, layers.SpatialDropout3D),
    )
    found = []
    for part in sublayers(layer):
        norm = isinstance(part, layers.BatchNormalization) and part.trainable
        noise = isinstance(part, layers.GaussianNoise) and part.stddev
        drop = isinstance(part, by_rate) and part.rate
        if norm or noise or drop:
            found.append(part)
    return found


@layer_check("recommended", needs=("unbiased",), cost="medium")
def training_mean(ctx: Context) -> None:
    """On average the output in training is the output at inference.

    Why it matters: a layer that scales otherwise in training shifts every activation after it.
    Usual causes: dropout that does not divide by the share it keeps, or divides twice.
    """
    layer = shared_layer(ctx)
    calls, copies = 40, 50
    arguments = ctx.inputs()
    import keras

    many = keras.tree.map_structure(lambda a: np.repeat(a[:1], copies, axis=0), arguments)
    expected = flat_outputs(call_with(layer, many, ctx.sample.call_kwargs))[0]
    means = np.stack(
        [
            flat_outputs(layer(*to_tensors(many), training=True, **ctx.sample.call_kwargs))[0]
            .astype(np.float64)
            .mean(axis=0)
            for _ in range(calls)
        ]
    )
    error = np.abs(means.mean(axis=0) - expected[0])
    allowed = 5 * means.std(axis=0, ddof=1) / np.sqrt(calls) + 1e-5 * np.abs(expected).max()
    wrong = error > allowed
    if wrong.any():
        place = tuple(int(i) for i in np.argwhere(wrong)[0])
        require(
            False,
            f"at index {place} of a row: mean of {calls * copies} training calls "
            f"{means.mean(axis=0)[place]:.6g}, at inference {expected[0][place]:.6g}; off by more "
            f"than 5 standard errors ({allowed[place]:.3g}) in {int(wrong.sum())} of {wrong.size}",
        )


@layer_check("core")
def seed_determinism(ctx: Context) -> None:
    """After `keras.utils.set_random_seed` the layer has the same weights and the same noise.

    Why it matters: no experiment with it can be repeated.
    Usual causes: `np.random.default_rng()` without a seed; the clock, `id` or `hash` of
    something as a seed; a counter shared by all instances.
    """
    (weights, outputs), (weights_again, outputs_again) = (
        _made_with_seed(ctx, ctx.seed + 20) for _ in range(2)
    )
    ctx.close(weights_again, weights, 0.0, "weights made a second time, the first time")
    ctx.close(outputs_again, outputs, 1e-6, "training output the second time, the first time")


def _made_with_seed(ctx: Context, seed: int, **changes: Any) -> tuple[list[Any], list[Any]]:
    import keras

    keras.utils.set_random_seed(seed)
    layer = ctx.make(**changes)
    outputs = trained(ctx, layer)
    if _may_be_random(ctx, layer):
        outputs += trained(ctx, layer)
    fresh = {id(v) for v in layer.trainable_weights}
    return [to_numpy(w.value) for w in layer.weights if id(w) in fresh], outputs


@layer_check("core", needs=("random_training",))
def seed_argument(ctx: Context) -> None:
    """`seed` decides the noise: the same seed the same noise, another seed another.

    Why it matters: who gives a seed wants to see the same run again.
    Usual causes: `seed` is kept and never used; the generator is made from another one.
    """
    config = ctx.make().get_config()
    if "seed" not in config:
        raise NotApplicable("the layer has no `seed` in its config")
    reference = ctx.built(seed=5)
    outputs = []
    for global_seed, seed in ((3, 5), (4, 5), (4, 6)):
        import keras

        keras.utils.set_random_seed(ctx.seed + global_seed)
        layer = ctx.make(seed=seed)
        call_with(layer, ctx.inputs(), ctx.sample.call_kwargs)
        layer.set_weights(reference.get_weights())
        outputs.append(trained(ctx, layer) + trained(ctx, layer))
    ctx.close(outputs[1], outputs[0], 1e-6, "seed=5 once more, seed=5")
    require(not same(outputs[1], outputs[2]), "seed=5 and seed=6 give the same noise")


@layer_check("core", after=("inference_pure",), cost="medium")
def seed_tracked(ctx: Context) -> None:
    """Noise comes from variables of the layer alone, and is new at each call.

    Why it matters: other randomness freezes when the step is compiled, so that every batch gets
    the same noise, and a restored model draws other noise than the saved one.
    Usual causes: `np.random` or `random` in `call`; a `SeedGenerator` that is no attribute of the
    layer, or is made anew in each call; an integer handed to `keras.random` as seed.
    Reference: keras-team/keras #20724, #18404.
    """
    import keras

    layer = shared_layer(ctx)
    if not _is_random(ctx, layer):
        _not_frozen(ctx, layer)
        return
    state = State(layer)
    keras.utils.set_random_seed(ctx.seed + 31)
    # Keras leaves dropout without a seed to torch's own generator, so that one is put back too.
    put_back = backends.tracing().save_generator_state()
    first = trained(ctx, layer)
    state.restore()
    np.random.seed(ctx.seed + 32)
    random.seed(ctx.seed + 33)
    put_back()
    again = trained(ctx, layer)
    require(
        same(first, again),
        "with all its variables put back the layer draws other noise: the noise comes from "
        "elsewhere, such as np.random or a generator that the layer does not track",
    )
    if ctx.traits.host_only:
        return
    layer = ctx.built()  # a trace may leave something behind
    step = backends.tracing().compiled_step(
        lambda *arguments: layer(*arguments, training=True, **ctx.sample.call_kwargs), layer
    )
    arguments = to_tensors(ctx.inputs())
    outputs = [flat_outputs(step(*arguments)) for _ in range(3)]
    frozen = same(outputs[0], outputs[1]) and same(outputs[1], outputs[2])
    require(not frozen, "compiled, three training steps have the same noise")


def _may_be_random(ctx: Context, layer: Any) -> bool:
    """What is known without a call, which is costly for a recurrent layer on JAX."""
    return bool(ctx.traits.random_training or not accepts(layer, "training"))


def _is_random(ctx: Context, layer: Any) -> bool:
    if accepts(layer, "training"):
        return bool(ctx.traits.random_training)
    if len(sublayers(layer)) == 1:
        return False  # no part that Keras would tell that it trains
    outputs = [trained(ctx, layer) for _ in range(3)]
    return not (same(outputs[0], outputs[1]) and same(outputs[1], outputs[2]))


def _not_frozen(ctx: Context, layer: Any) -> None:
    """Fails a layer whose training calls are alike though it adds noise: the noise is frozen."""
    inert = shared_outputs(ctx)
    state = State(layer)
    noisy = trained(ctx, layer)
    if same(noisy, inert) or state.changed() or ctx.traits.stateful:
        raise NotApplicable("the layer draws no random numbers in training")
    require(
        "seed" not in ctx.make().get_config() and not seed_variables(layer),
        "training=True changes the output, the same way at each call, and no seed advances: "
        "the noise is frozen",
    )
    if not ctx.traits.per_example:
        raise NotApplicable("the layer draws no random numbers in training")
    rows = Rows(ctx)
    order = np.array([*range(1, rows.count), 0])
    plain = rows.outputs(layer, *rows.reordered(np.arange(rows.count)), training=True)
    moved = rows.outputs(layer, *rows.reordered(order), training=True)
    for one, other in zip(moved, plain, strict=True):
        require_close(
            one,
            other[order],
            ctx.tolerance(2e-5),
            "training output is the same at each call and yet depends on the place in the batch, "
            "as frozen noise does: rows permuted before, after",
        )
    raise NotApplicable("the layer draws no random numbers in training")


@layer_check("recommended", after=("inference_pure",))
def seed_not_consumed(ctx: Context) -> None:
    """No random number is drawn at inference, nor in training when every rate is 0.

    Why it matters: evaluating in between would change the training run.
    Usual causes: the noise is drawn first and dropped after; `training` is asked too late.
    Reference: keras-team/tf-keras #60.
    """
    if ctx.traits.random_inference:
        raise NotApplicable("the layer declares random_inference=True")
    layer = shared_layer(ctx)
    _draws_nothing(ctx, layer, False, "at inference")
    config = layer.get_config()
    rates: dict[str, Any] = {
        key: 0.0 for key in RATES if isinstance(config.get(key), float) and config[key] > 0
    }
    if not rates:
        return
    try:
        still = ctx.built(**rates)
    except (ValueError, TypeError):
        return  # a rate of 0 is refused
    _draws_nothing(ctx, still, True, f"with {', '.join(f'{k}=0' for k in rates)} in training")


def _draws_nothing(ctx: Context, layer: Any, training: bool, when: str) -> None:
    numpy_before, python_before = _numpy_state(), random.getstate()
    state, seeds = State(layer), {id(v) for v in seed_variables(layer)}
    backend_before = backends.tracing().generator_state()
    call_with(layer, ctx.inputs(), ctx.sample.call_kwargs, training)
    drawn = [v for v in state.changed() if id(v) in seeds]
    require(not drawn, f"{when} a call advanced {paths(drawn)}")
    require(_numpy_state() == numpy_before, f"{when} a call drew from the global np.random")
    require(random.getstate() == python_before, f"{when} a call drew from Python's random")
    same_state = backends.tracing().generator_state() == backend_before
    require(same_state, f"{when} a call drew from the global generator of {ctx.backend}")


def _numpy_state() -> tuple[Any, ...]:
    state: Any = np.random.get_state()
    return (state[0], state[1].tobytes(), *state[2:])
