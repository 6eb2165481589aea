"""Layers with other dtype policies, and their sublayers."""

import copy
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np

from keras_seqext.testing.contexts.layer import Context
from keras_seqext.testing.core.failure import NotApplicable

from .reachable_objects import iterate_reachable
from .resized_inputs import first_line


@contextmanager
def global_policy(name: str) -> Iterator[None]:
    """Set the default policy of layers in the block."""
    import keras

    before = keras.config.dtype_policy()
    keras.config.set_dtype_policy(name)
    try:
        yield
    finally:
        keras.config.set_dtype_policy(before)


def with_policy(ctx: Context, policy: Any) -> Any:
    """Return a new layer made with `dtype=policy`, which also applies to layers in its config.

    Not applicable if the layer does not accept the dtype.
    """
    import keras

    layer = ctx.make()
    if "float" not in layer.compute_dtype:
        raise NotApplicable(f"the layer computes in {layer.compute_dtype}")
    name = policy if isinstance(policy, str) else policy.name
    try:
        config = {**copy.deepcopy(layer.get_config()), "dtype": policy}
        _replace_policies(config, layer.dtype_policy.name, policy)
        made = type(layer).from_config(config)
    except Exception as error:
        # The config is broken, which `config_roundtrip` reports. Fall back to the global policy.
        if isinstance(ctx.case.make, keras.layers.Layer) or not isinstance(policy, str):
            raise NotApplicable(
                f"the layer does not accept a dtype: {first_line(error)}"
            ) from error
        with global_policy(policy):
            made = ctx.case.new()
    if made.dtype_policy.name != name:
        raise NotApplicable(f"made with dtype={name!r} the layer has {made.dtype_policy.name!r}")
    return made


def _replace_policies(config: Any, old: str, new: Any) -> None:
    """Replace the policy `old` by `new` in the configs of inner layers."""
    if isinstance(config, dict):
        for key, value in config.items():
            if key == "dtype" and _is_policy(value, old):
                config[key] = new
            else:
                _replace_policies(value, old, new)
    elif isinstance(config, (list, tuple)):
        for value in config:
            _replace_policies(value, old, new)


def _is_policy(value: Any, name: str) -> bool:
    return (
        isinstance(value, dict)
        and value.get("class_name") == "DTypePolicy"
        and value.get("config", {}).get("name") == name
    )


def sublayers(layer: Any) -> dict[str, Any]:
    """Return the layers inside of a layer, at any depth, by the path to each."""
    import keras

    return {
        path: part
        for path, part in iterate_reachable(layer)
        if isinstance(part, keras.layers.Layer) and part is not layer
    }


def rounded(value: Any, dtype: str) -> Any:
    """Return floats rounded to `dtype`, in their original dtype."""
    import keras

    value = np.asarray(value)
    if value.dtype.kind != "f":
        return value
    narrow = keras.ops.cast(keras.ops.convert_to_tensor(value), dtype)
    return np.array(keras.ops.convert_to_numpy(keras.ops.cast(narrow, "float32"))).astype(
        value.dtype
    )


def float_weights(layer: Any) -> list[Any]:
    """Return the weights of a float dtype."""
    import keras

    return [w for w in layer.weights if "float" in keras.backend.standardize_dtype(w.dtype)]


def policy_weights(ctx: Context, layer: Any) -> list[Any]:
    """Return the trainable float weights whose dtype must be that of the policy.

    Weights of an inner layer with another policy are excluded: the check `sublayer_policies`
    covers an inner layer whose policy is wrong.
    """
    name = layer.dtype_policy.name
    others = [part for part in sublayers(layer).values() if part.dtype_policy.name != name]
    apart = {id(weight) for part in others for weight in part.weights}
    return [
        weight
        for weight in float_weights(layer)
        if weight.trainable
        and id(weight) not in apart
        and not any(part in weight.path for part in ctx.traits.own_dtype)
    ]
