"""Check of initial values: random weights do not start with the same values."""

import json
from typing import Any

import numpy as np

from keras_seqext.testing.contexts.layer import Context
from keras_seqext.testing.core.failure import NotApplicable, require
from keras_seqext.testing.core.registry import layer_check
from keras_seqext.testing.core.tensors import to_numpy
from keras_seqext.testing.helpers.reference_layer import built

FEWEST = 4  # values; fewer may be equal by chance


@layer_check("recommended")
def initial_weights_differ(ctx: Context) -> None:
    """Random trainable weights of the same shape start with different values.

    Why it matters: gates or heads that start equal receive equal gradients where they are used in
    the same way, so that they learn the same.
    Usual causes: one initializer object for several weights. An initializer of Keras without a seed
    draws a seed when it is made, and returns the same values in each call. Make one per weight:
    `initializer.clone()` has the same seed, `from_config(get_config())` a new one.
    Reference: keras.initializers.RandomInitializer
    """
    if _has_seed(ctx.make().get_config()):
        raise NotApplicable("an initializer has a seed, which equal values may come from")
    first, second = (_initial(ctx, ctx.seed + shift) for shift in (0, 1))
    # By position, because Keras numbers the names of sublayers in each instance.
    random = [
        (path, value)
        for (path, value), (_, other) in zip(first, second, strict=False)
        if value.size >= FEWEST and not np.array_equal(value, other)
    ]
    if len(random) < 2:
        raise NotApplicable("the layer has fewer than two random weights")
    seen: dict[Any, str] = {}
    for path, value in random:
        key = (value.shape, value.tobytes())
        require(
            key not in seen,
            f"{seen.get(key)} and {path} of shape {value.shape} start with the same random values",
        )
        seen[key] = path


def _initial(ctx: Context, seed: int) -> list[tuple[str, Any]]:
    """Return path below the layer and initial value of each trainable float weight."""
    import keras

    keras.utils.set_random_seed(seed)
    layer = built(ctx, ctx.make())
    start = len(layer.path or "")
    return [
        (weight.path[start:].lstrip("/"), to_numpy(weight.value))
        for weight in layer.trainable_weights
        if "float" in str(weight.dtype)
    ]


def _has_seed(config: Any) -> bool:
    """Return whether an initializer in the config has a seed."""
    try:
        config = json.loads(json.dumps(config))
    except (TypeError, ValueError):  # `config_json` reports it
        return False

    def found(value: Any) -> bool:
        if isinstance(value, dict):
            settings = value.get("config")
            own = isinstance(settings, dict) and type(settings.get("seed")) is int
            return (own and "initializers" in str(value.get("module"))) or any(
                map(found, value.values())
            )
        return isinstance(value, list) and any(map(found, value))

    return found(config)
