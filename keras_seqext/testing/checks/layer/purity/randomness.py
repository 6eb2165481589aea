"""Checks of randomness: seeds, noise in training and the argument `training`."""

import random
from typing import Any

import numpy as np

from keras_seqext.testing import backends
from keras_seqext.testing.contexts.layer import Context
from keras_seqext.testing.core.failure import NotApplicable, require, require_close
from keras_seqext.testing.core.registry import layer_check
from keras_seqext.testing.core.tensors import accepts, flat_outputs, to_numpy, to_tensors
from keras_seqext.testing.helpers.batch_rows import Rows, call_with
from keras_seqext.testing.helpers.hidden_state import sublayers, takes_training
from keras_seqext.testing.helpers.recorded_calls import recorded_integer_seeds
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
    """Return the outputs of a call with `training=True`, which Keras passes on to sublayers."""
    reset(layer)
    arguments = to_tensors(ctx.inputs())
    return flat_outputs(layer(*arguments, training=True, **ctx.sample.call_kwargs))


def same(left: list[Any], right: list[Any]) -> bool:
    """Return whether two lists of outputs are equal apart from rounding."""
    for a, b in zip(left, right, strict=True):
        if a.dtype.kind not in "fc":
            if not np.array_equal(a, b):
                return False
        elif not np.allclose(a, b, rtol=1e-6, atol=1e-7, equal_nan=True):
            return False
    return True


@layer_check("recommended", after=("inference_pure",))
def training_arg(ctx: Context) -> None:
    """`training` reaches the sublayers that depend on it, and its default is False.

    Why it matters: dropout that is never active does not regularise, and batch normalisation that
    never receives `training=True` retains its initial statistics.
    Usual causes: `call` passes `training=False` on, or does not pass `training` on; a default of
    True.
    """
    layer = shared_layer(ctx)
    inference = shared_outputs(ctx)
    if not (ctx.traits.stateful or ctx.traits.random_inference):
        plain = flat_outputs(call_with(layer, ctx.inputs(), ctx.sample.call_kwargs, training=None))
        ctx.close(plain, inference, 1e-6, "without `training`, with training=False")
    parts = _training_dependent(layer)
    if not parts:
        if not accepts(layer, "training"):
            raise NotApplicable(
                "the layer has no argument `training` and contains no dropout or batch norm"
            )
        return
    state = State(layer)
    acted = False
    for _ in range(3):  # with a small dropout rate, a single call may drop nothing
        acted = acted or not same(trained(ctx, layer), inference) or _updated(layer, state)
    names = ", ".join(f"{p.name} ({type(p).__name__})" for p in parts[:3])
    require(
        acted,
        "training=True changes neither an output nor a variable, although the layer contains "
        f"{names}",
    )


def _updated(layer: Any, state: State) -> bool:
    seeds = {id(v) for v in seed_variables(layer)}
    return any(id(v) not in seeds for v in state.changed())


def _training_dependent(layer: Any) -> list[Any]:
    """Return the layer and its sublayers of Keras that behave differently in training."""
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
    """The mean of the outputs in training is the output at inference.

    Why it matters: a layer that scales differently in training shifts every later activation.
    Usual causes: dropout that does not divide by the retained share, or divides twice.
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
            f"at index {place} of a row, the mean of {calls * copies} training outputs is "
            f"{means.mean(axis=0)[place]:.6g}, but the output at inference is "
            f"{expected[0][place]:.6g}; {int(wrong.sum())} of {wrong.size} values differ by more "
            f"than 5 standard errors ({allowed[place]:.3g} here)",
        )


@layer_check("core")
def seed_determinism(ctx: Context) -> None:
    """After `keras.utils.set_random_seed` the layer has the same weights and the same noise.

    Why it matters: otherwise no experiment with the layer is reproducible.
    Usual causes: `np.random.default_rng()` without a seed; the clock, `id` or `hash` as a seed; a
    counter shared by all instances.
    """
    (weights, outputs), (weights_again, outputs_again) = (
        _outputs_with_seed(ctx, ctx.seed + 20) for _ in range(2)
    )
    ctx.close(
        weights_again, weights, 0.0, "weights of the second layer with the seed, of the first"
    )
    ctx.close(
        outputs_again,
        outputs,
        1e-6,
        "training output of the second layer with the seed, of the first",
    )


def _outputs_with_seed(ctx: Context, seed: int, **changes: Any) -> tuple[list[Any], list[Any]]:
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
    """The argument `seed` determines the noise: equal seeds give equal noise, others do not.

    Why it matters: a user who passes a seed expects to reproduce the run.
    Usual causes: `seed` is stored and never used; the generator is created from another seed.
    """
    config = ctx.make().get_config()
    if "seed" not in config:
        raise NotApplicable("the config has no `seed`")
    reference = ctx.built(seed=5)
    outputs = []
    for global_seed, seed in ((3, 5), (4, 5), (4, 6)):
        import keras

        keras.utils.set_random_seed(ctx.seed + global_seed)
        layer = ctx.make(seed=seed)
        call_with(layer, ctx.inputs(), ctx.sample.call_kwargs)
        layer.set_weights(reference.get_weights())
        outputs.append(trained(ctx, layer) + trained(ctx, layer))
    ctx.close(outputs[1], outputs[0], 1e-6, "second layer with seed=5, first layer with seed=5")
    require(not same(outputs[1], outputs[2]), "seed=5 and seed=6 give the same noise")


@layer_check("core", after=("inference_pure",), cost="medium")
def seed_tracked(ctx: Context) -> None:
    """Noise depends only on variables of the layer, and differs between calls.

    Why it matters: other randomness is frozen when the training step is compiled, so that every
    batch has the same noise, and a restored model draws other noise than the saved model.
    Usual causes: `np.random` or `random` in `call`; a `SeedGenerator` that is not an attribute of
    the layer, or is created in each call; an integer passed to `keras.random` as the seed.
    Reference: keras-team/keras #20724, #18404.
    """
    import keras

    layer = shared_layer(ctx)
    _require_no_integer_seed(ctx, layer)
    if not _is_random(ctx, layer):
        _require_noise_not_frozen(ctx, layer)
        return
    state = State(layer)
    keras.utils.set_random_seed(ctx.seed + 31)
    # On torch, Keras uses torch's own generator for dropout without a seed; restore it as well.
    restore_generator = backends.tracing().save_generator_state()
    first = trained(ctx, layer)
    state.restore()
    np.random.seed(ctx.seed + 32)
    random.seed(ctx.seed + 33)
    restore_generator()
    again = trained(ctx, layer)
    require(
        same(first, again),
        "with all its variables restored, the layer draws other noise: the noise depends on "
        "something else, such as np.random or a generator that the layer does not track",
    )
    if ctx.traits.host_only:
        return
    layer = ctx.built()  # a new layer, because tracing may change it
    step = backends.tracing().compiled_step(
        lambda *arguments: layer(*arguments, training=True, **ctx.sample.call_kwargs), layer
    )
    arguments = to_tensors(ctx.inputs())
    outputs = [flat_outputs(step(*arguments)) for _ in range(3)]
    frozen = same(outputs[0], outputs[1]) and same(outputs[1], outputs[2])
    require(not frozen, "three compiled training steps have the same noise")


def _may_be_random(ctx: Context, layer: Any) -> bool:
    """Return whether the layer may be random, without a call, which is slow for an RNN on JAX."""
    return bool(ctx.traits.random_training or not takes_training(layer))


def _is_random(ctx: Context, layer: Any) -> bool:
    if takes_training(layer):
        return bool(ctx.traits.random_training)
    if len(sublayers(layer)) == 1:
        return False
    outputs = [trained(ctx, layer) for _ in range(3)]
    return not (same(outputs[0], outputs[1]) and same(outputs[1], outputs[2]))


def _require_no_integer_seed(ctx: Context, layer: Any) -> None:
    """Raise if a call draws with a constant seed: its noise is the same in every call.

    Two calls are equal then, so the layer does not seem random at all.
    """
    if all(type(part).__module__.split(".")[0] == "keras" for part in sublayers(layer)):
        return  # the layers of Keras do not call the public functions
    with recorded_integer_seeds(layer) as found:
        trained(ctx, layer)
    require(
        not found,
        f"a call in training draws with a constant seed, so that each call has the same noise: "
        f"{', '.join(dict.fromkeys(found))}. Pass a keras.random.SeedGenerator of the layer as the "
        "seed",
    )


def _require_noise_not_frozen(ctx: Context, layer: Any) -> None:
    """Raise if the layer adds the same noise in every training call."""
    inference = shared_outputs(ctx)
    state = State(layer)
    noisy = trained(ctx, layer)
    if same(noisy, inference) or state.changed() or ctx.traits.stateful:
        raise NotApplicable("the layer draws no random numbers in training")
    require(
        "seed" not in ctx.make().get_config() and not seed_variables(layer),
        "training=True changes the output in the same way in each call, and no seed advances: "
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
            "the training output is the same in each call but depends on the position in the batch "
            "as frozen noise does: rows permuted before the call, after the call",
        )
    raise NotApplicable("the layer draws no random numbers in training")


@layer_check("recommended", after=("inference_pure",))
def seed_not_consumed(ctx: Context) -> None:
    """No random number is drawn at inference, or in training if every rate is 0.

    Why it matters: an evaluation in between would change the training run.
    Usual causes: the noise is drawn and then discarded; `training` is checked too late.
    Reference: keras-team/tf-keras #60.
    """
    if ctx.traits.random_inference:
        raise NotApplicable("random_inference is declared")
    layer = shared_layer(ctx)
    _require_no_draws(ctx, layer, False, "at inference")
    config = layer.get_config()
    rates: dict[str, Any] = {
        key: 0.0 for key in RATES if isinstance(config.get(key), float) and config[key] > 0
    }
    if not rates:
        return
    try:
        noiseless = ctx.built(**rates)
    except (ValueError, TypeError):
        return  # the layer rejects a rate of 0
    _require_no_draws(
        ctx, noiseless, True, f"with {', '.join(f'{k}=0' for k in rates)} in training"
    )


def _require_no_draws(ctx: Context, layer: Any, training: bool, when: str) -> None:
    numpy_before, python_before = _numpy_state(), random.getstate()
    state, seeds = State(layer), {id(v) for v in seed_variables(layer)}
    backend_before = backends.tracing().generator_state()
    call_with(layer, ctx.inputs(), ctx.sample.call_kwargs, training)
    drawn = [v for v in state.changed() if id(v) in seeds]
    require(not drawn, f"{when} a call advanced {paths(drawn)}")
    require(
        _numpy_state() == numpy_before, f"{when} a call drew from the global generator of NumPy"
    )
    require(
        random.getstate() == python_before,
        f"{when} a call drew from the global generator of Python",
    )
    same_state = backends.tracing().generator_state() == backend_before
    require(same_state, f"{when} a call drew from the global generator of {ctx.backend}")


def _numpy_state() -> tuple[Any, ...]:
    state: Any = np.random.get_state()
    return (state[0], state[1].tobytes(), *state[2:])
