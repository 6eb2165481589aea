"""Checks of the random numbers of an initializer: repeatable, seeded and without side effects."""

from typing import Any

import numpy as np

from keras_seqext.testing.contexts.initializer import InitializerContext, different
from keras_seqext.testing.core.failure import NotApplicable, require
from keras_seqext.testing.core.registry import initializer_check


@initializer_check("core")
def deterministic(ctx: InitializerContext) -> None:
    """The initializer returns the same values in every call, and in a new instance of equal seed.

    Why it matters: results are reproducible, and all replicas of a model start with equal weights.
    Usual causes: `np.random` or the current time in the call; a global seed that each call
    advances.
    """
    import keras

    initializer = ctx.new()
    if isinstance(getattr(initializer, "seed", None), keras.random.SeedGenerator):
        raise NotApplicable("the seed is a SeedGenerator, which advances with each call")
    first = ctx.values(initializer)
    np.random.random()  # a call that draws from NumPy's global generator now returns other values
    ctx.close(ctx.values(initializer), first, "values of the second call, of the first call")
    what = "values of a new instance with the same seed, of the first instance"
    ctx.close(ctx.values(ctx.new()), first, what)


@initializer_check("core")
def seed_matters(ctx: InitializerContext) -> None:
    """Different seeds give different values.

    Why it matters: runs with several seeds have to differ, and so do two weights of one shape.
    Usual causes: the seed is stored and never used; a generator with a fixed seed.
    """
    if not ctx.random:
        raise NotApplicable("the case declares random=False")
    initializer = ctx.new()
    config = initializer.get_config()
    if "seed" not in config:
        raise NotApplicable("the config has no seed")
    kind = type(initializer)
    one, two = (ctx.values(kind.from_config({**config, "seed": seed})) for seed in (11, 12))
    require(different(one, two), "seed=11 and seed=12 give the same values")
    if config["seed"] is None:
        one, two = (ctx.values(ctx.new(seed)) for seed in (11, 12))
        require(
            different(one, two),
            "two instances without a seed return the same values under different global seeds",
        )


@initializer_check("recommended")
def no_global_draws(ctx: InitializerContext) -> None:
    """The call neither draws from the global random generators nor seeds them.

    Why it matters: otherwise the number of weights of a model changes the shuffling of its data.
    Usual causes: `np.random`, or `keras.random` without the seed of the initializer;
    `np.random.seed` in the call.
    """
    import keras

    def draws(between: Any) -> list[float]:
        keras.utils.set_random_seed(ctx.seed)
        found = [np.random.random(), float(keras.random.uniform(()))]
        between()
        return [*found, np.random.random(), float(keras.random.uniform(()))]

    initializer = ctx.new()
    one, other, after = (draws(do) for do in (int, int, lambda: initializer(ctx.shape)))
    # Before 3.13, a new seed does not reset Keras' own generator: then only NumPy's draws repeat.
    repeated = [place for place in range(4) if one[place] == other[place]]
    require(
        all(after[place] == one[place] for place in repeated),
        "the call changes the next global random number of NumPy or Keras",
    )
