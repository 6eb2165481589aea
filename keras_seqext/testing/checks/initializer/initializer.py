"""What a layer, a saved model and its user may expect of an initializer."""

import copy
import json
import os
import pickle
import tempfile
from collections.abc import Callable
from typing import Any

import numpy as np

from keras_seqext.testing.contexts.initializer import (
    InitializerContext,
    different,
    dtype_expected,
    warned,
)
from keras_seqext.testing.core.failure import CheckFailure, NotApplicable, require, require_finite
from keras_seqext.testing.core.registry import initializer_check
from keras_seqext.testing.core.tensors import dtype_of, to_numpy
from keras_seqext.testing.helpers.configs import changed_entries, described, description_of
from keras_seqext.testing.helpers.wrapper_layer import Holder


@initializer_check("core", after=())
def construct(ctx: InitializerContext) -> None:
    """It can be made twice, and is a `keras.Initializer`.

    Why it matters: only an `Initializer` has a config, and with it a place in a saved model.
    Usual causes: a plain function; a constructor that changes what it is given.
    """
    import keras

    one, two = ctx.new(), ctx.new()
    for each in (one, two):
        require(
            isinstance(each, keras.Initializer),
            f"it is a {type(each).__name__}, not a keras.Initializer",
        )
    require(one is not two, "making it twice gave one and the same object")


@initializer_check("core", after=("construct",))
def call(ctx: InitializerContext) -> None:
    """Called with a shape and no dtype, it gives a finite tensor of that shape in `floatx()`.

    Why it matters: this is all that a layer asks of it.
    Usual causes: a NumPy array returned as it is; the shape of the file instead of the one
    asked for; `dtype=None` not understood.
    """
    import keras

    initializer = ctx.new()
    require_finite(ctx.values(initializer), "the result")
    found = dtype_of(initializer(ctx.shape))
    require(found == keras.config.floatx(), f"without a dtype it gives {found}, not floatx()")
    require_finite(to_numpy(initializer(list(ctx.shape))), "the result for a shape that is a list")


@initializer_check("core")
def dtypes(ctx: InitializerContext) -> None:
    """It gives the dtype that it is asked for, with the same values but for rounding.

    Why it matters: a layer in bfloat16 or float64 asks for weights in its own dtype.
    Usual causes: `dtype` ignored; values that overflow in float16.
    """
    initializer = ctx.new()
    for dtype in ctx.dtypes:
        tensor = initializer(ctx.shape, dtype=dtype)
        expected, found = dtype_expected(dtype), dtype_of(tensor)
        require(found == expected, f"asked for {dtype}, it gave {found}")
        require_finite(ctx.values(initializer, dtype), f"the result in {dtype}")


@initializer_check("core")
def deterministic(ctx: InitializerContext) -> None:
    """It gives the same values each time, and so does another one made under the same seeds.

    Why it matters: results can be repeated, and each replica of a model starts alike.
    Usual causes: `np.random` or the time in the call; a global seed that the call moves on.
    """
    import keras

    initializer = ctx.new()
    if isinstance(getattr(initializer, "seed", None), keras.random.SeedGenerator):
        raise NotApplicable("its seed is a SeedGenerator, which moves on")
    first = ctx.values(initializer)
    np.random.random()
    ctx.close(ctx.values(initializer), first, "values of a second call, of the first")
    ctx.close(ctx.values(ctx.new()), first, "values of another made under the same seed, of one")


@initializer_check("core")
def seed_matters(ctx: InitializerContext) -> None:
    """Another seed gives other values.

    Why it matters: runs with several seeds are to differ, and two weights of one shape as well.
    Usual causes: a seed that is kept and not used; a fixed generator inside.
    """
    if not ctx.random:
        raise NotApplicable("random=False is declared")
    initializer = ctx.new()
    config = initializer.get_config()
    if "seed" not in config:
        raise NotApplicable("its config has no seed")
    kind = type(initializer)
    one, two = (ctx.values(kind.from_config({**config, "seed": seed})) for seed in (11, 12))
    require(different(one, two), "seed=11 and seed=12 give the same values")
    if config["seed"] is None:
        one, two = (ctx.values(ctx.new(seed)) for seed in (11, 12))
        require(different(one, two), "without a seed, two made under different seeds are the same")


@initializer_check("recommended")
def no_global_draws(ctx: InitializerContext) -> None:
    """The call neither draws from nor sets the global random generators.

    Why it matters: how many weights a model has would change the shuffling of its data.
    Usual causes: `np.random` or `keras.random` without the seed; `np.random.seed` in the call.
    """
    import keras

    def draws(between: Any) -> list[float]:
        keras.utils.set_random_seed(ctx.seed)
        found = [np.random.random(), float(keras.random.uniform(()))]
        between()
        return [*found, np.random.random(), float(keras.random.uniform(()))]

    initializer = ctx.new()
    one, other, after = (draws(do) for do in (int, int, lambda: initializer(ctx.shape)))
    # Before 3.13, Keras' own generator goes on after a new seed: then NumPy's alone tells.
    repeated = [place for place in range(4) if one[place] == other[place]]
    require(
        all(after[place] == one[place] for place in repeated),
        "the next global random number of NumPy or Keras is another after the call",
    )


@initializer_check("core")
def config_json(ctx: InitializerContext) -> None:
    """The config is plain JSON, before and after the call.

    Why it matters: `model.save` writes it as JSON.
    Usual causes: an array, a set or an open file in `get_config`.
    """
    import keras

    initializer = ctx.new()
    for when in ("before", "after"):
        try:
            json.dumps(keras.saving.serialize_keras_object(initializer))
        except Exception as error:
            raise CheckFailure(f"{when} the call the config is no JSON: {error}") from error
        ctx.values(initializer)


@initializer_check("core", after=("config_json",))
def config_roundtrip(ctx: InitializerContext) -> None:
    """Made again from its config it has the same config, and the same values or says why not.

    Why it matters: this is what `load_model`, `clone_model` and every layer make of it; an
    argument lost on the way changes the weights in silence.
    Usual causes: an argument missing from `get_config`.
    """
    initializer = ctx.new()
    expected = ctx.values(initializer)
    description = description_of(initializer)
    again = described(description, type(initializer))
    lost = changed_entries(description_of(again)["config"], description["config"])
    require(not lost, f"the config of the one made again differs: {'; '.join(lost[:4])}")
    found, spoke = warned(lambda: ctx.values(again))
    require_finite(found, "the result of the one made again")
    if ctx.settled(initializer) and not spoke:
        ctx.close(found, expected, "values of one made again from the config, of the first")


@initializer_check("core", after=("config_json",))
def from_config_pure(ctx: InitializerContext) -> None:
    """`from_config` leaves the dict it is given as it was.

    Why it matters: users keep configs, to make several and to log them.
    Usual causes: `config.pop(...)` without a copy.
    """
    initializer = ctx.new()
    config = description_of(initializer)["config"]
    before = copy.deepcopy(config)
    type(initializer).from_config(config)
    changes = changed_entries(config, before)
    require(not changes, f"from_config changed the dict it was given: {'; '.join(changes[:4])}")


@initializer_check("core", after=("construct",))
def registered_name(ctx: InitializerContext) -> None:
    """The class is registered with Keras, under a package name of its own.

    Why it matters: a saved model that names it loads in a process that imported it, and
    nowhere by accident another class of that name.
    Usual causes: no `@keras.saving.register_keras_serializable(package="...")`.
    """
    import keras

    kind = type(ctx.new())
    if kind.__module__.split(".")[0] == "keras":
        raise NotApplicable("the class is part of Keras")
    name = keras.saving.get_registered_name(kind)
    package = name.rpartition(">")[0]
    require(package, f"{kind.__name__} is not registered")
    require(package != "Custom", f"it is registered as {name!r}, in the default package")
    found = keras.saving.get_registered_object(name)
    require(found is kind, f"the registered name {name!r} belongs to another class, {found}")


@initializer_check("core", after=("config_roundtrip",))
def in_layers(ctx: InitializerContext) -> None:
    """`Dense` and `Embedding` get its values, built by a call, on symbols or inside a trace.

    Why it matters: a layer inside another one is built inside a trace, where an initializer
    that works alone may fail or give something else.
    Usual causes: a call that needs values where a trace has none; a counter of calls.
    """
    import keras

    if len(ctx.shape) != 2:
        raise NotApplicable("`shape` has not two axes")
    rows, columns = ctx.shape
    expected = ctx.values(ctx.new())
    settled = ctx.settled(ctx.new())
    layers: dict[str, tuple[Callable[..., Any], str, tuple[int, ...], str]] = {
        "Dense": (
            lambda i: keras.layers.Dense(columns, kernel_initializer=i),
            "kernel",
            (1, rows),
            "float32",
        ),
        "Embedding": (
            lambda i: keras.layers.Embedding(rows, columns, embeddings_initializer=i),
            "embeddings",
            (1, 2),
            "int32",
        ),
    }
    for name, (make, weight, shape, dtype) in layers.items():
        for how, build in _WAYS.items():
            layer = make(ctx.new())
            build(layer, shape, dtype)
            found = to_numpy(getattr(layer, weight).value)
            require_finite(found, f"the {weight} of {name} {how}")
            if settled:
                ctx.close(found, expected, f"{weight} of {name} {how}, initializer called")


def _by_call(layer: Any, shape: tuple[int, ...], dtype: str) -> None:
    layer(np.zeros(shape, dtype))


def _on_symbols(layer: Any, shape: tuple[int, ...], dtype: str) -> None:
    import keras

    layer(keras.KerasTensor(shape, dtype))


def _inside_a_trace(layer: Any, shape: tuple[int, ...], dtype: str) -> None:
    import keras

    Holder(layer).compute_output_spec(keras.KerasTensor(shape, dtype))


_WAYS = {
    "built by a call": _by_call,
    "built on symbols": _on_symbols,
    "built inside a trace": _inside_a_trace,
}


@initializer_check("recommended", after=("config_roundtrip",))
def clone(ctx: InitializerContext) -> None:
    """Its `clone` gives the same values.

    Why it matters: layers with several weights clone an initializer for each; a clone that has
    lost its file or words fills the weights with something else.
    Usual causes: no `clone` of its own where the config does not hold all that is needed.
    """
    initializer = ctx.new()
    expected = ctx.values(initializer)
    found = ctx.values(initializer.clone())
    if ctx.settled(initializer):
        ctx.close(found, expected, "values of a clone, of the first")


@initializer_check("core", after=("in_layers",))
def load_and_clone(ctx: InitializerContext) -> None:
    """A model with it loads and can be cloned where its files are not; loading keeps the weights.

    Why it matters: a model is deployed without the word vectors that its weights came from.
    Usual causes: a constructor or `from_config` that opens a file; a call of a loaded one that
    fails instead of filling the weights with something until the saved ones come.
    """
    import keras

    if len(ctx.shape) != 2:
        raise NotApplicable("`shape` has not two axes")
    initializer = ctx.new()
    layer = keras.layers.Dense(ctx.shape[1], kernel_initializer=initializer)
    model = keras.Sequential([keras.Input((ctx.shape[0],)), layer])
    saved = model.get_weights()
    scope = keras.saving.custom_object_scope({type(initializer).__name__: type(initializer)})
    with tempfile.TemporaryDirectory() as folder, scope:
        path = os.path.join(folder, "model.keras")
        model.save(path)
        with ctx.without_resources():
            loaded = keras.saving.load_model(path)
            copied = keras.models.clone_model(model)
            again = described(description_of(initializer), type(initializer))
            require_finite(ctx.values(again), "the result of one made from the config")
    for found, expected in zip(loaded.get_weights(), saved, strict=True):
        ctx.close(found, expected, "weight of the loaded model, of the saved one")
    for found in copied.get_weights():
        require_finite(found, "a weight of the cloned model")


@initializer_check("recommended")
def deepcopy(ctx: InitializerContext) -> None:
    """A deep copy gives the same values.

    Why it matters: tuners and wrappers copy the layers they are given.
    Usual causes: an open file, a lock or a generator among its attributes.
    """
    initializer = ctx.new()
    expected = ctx.values(initializer)
    ctx.close(
        ctx.values(copy.deepcopy(initializer)), expected, "values of a deep copy, of the first"
    )


@initializer_check("recommended")
def pickled(ctx: InitializerContext) -> None:
    """Pickled and read again it gives the same values.

    Why it matters: other processes get it that way.
    Usual causes: a lambda, an open file or a class inside a function among its attributes.
    """
    initializer = ctx.new()
    expected = ctx.values(initializer)
    again = pickle.loads(pickle.dumps(initializer))
    ctx.close(ctx.values(again), expected, "values of a pickled one, of the first")
