"""Checks of the config of an initializer: serialization, round trip and registration."""

import copy
import json

from keras_seqext.testing.contexts.initializer import InitializerContext, warned
from keras_seqext.testing.core.failure import CheckFailure, NotApplicable, require, require_finite
from keras_seqext.testing.core.registry import initializer_check
from keras_seqext.testing.helpers.configs import (
    changed_entries,
    description_of,
    layer_from_description,
)


@initializer_check("core")
def config_json(ctx: InitializerContext) -> None:
    """The config is valid JSON, before and after the call.

    Why it matters: `model.save` writes the config as JSON.
    Usual causes: an array, a set or an open file in `get_config`.
    """
    import keras

    initializer = ctx.new()
    for when in ("before", "after"):
        try:
            json.dumps(keras.saving.serialize_keras_object(initializer))
        except Exception as error:
            raise CheckFailure(
                f"{when} the call the config cannot be written as JSON: {error}"
            ) from error
        ctx.values(initializer)


@initializer_check("core", after=("config_json",))
def config_roundtrip(ctx: InitializerContext) -> None:
    """An initializer restored from its config has the same config, and the same values or warns.

    Why it matters: `load_model`, `clone_model` and every layer restore initializers from their
    config; an argument that is lost silently changes the initial weights.
    Usual causes: an argument missing from `get_config`.
    """
    initializer = ctx.new()
    expected = ctx.values(initializer)
    description = description_of(initializer)
    again = layer_from_description(description, type(initializer))
    lost = changed_entries(description_of(again)["config"], description["config"])
    require(not lost, f"the config of the restored initializer differs: {'; '.join(lost[:4])}")
    found, has_warned = warned(lambda: ctx.values(again))
    require_finite(found, "the result of the restored initializer")
    # An initializer that warns declares that its config does not hold the values (such as a file).
    if ctx.config_fixes_values(initializer) and not has_warned:
        ctx.close(found, expected, "values of the restored initializer, of the original")


@initializer_check("core", after=("config_json",))
def from_config_pure(ctx: InitializerContext) -> None:
    """`from_config` does not modify the dict that it receives.

    Why it matters: users reuse configs to create several initializers and to log them.
    Usual causes: `config.pop(...)` without a copy.
    """
    initializer = ctx.new()
    config = description_of(initializer)["config"]
    before = copy.deepcopy(config)
    type(initializer).from_config(config)
    changes = changed_entries(config, before)
    require(not changes, f"from_config modified the dict passed to it: {'; '.join(changes[:4])}")


@initializer_check("core", after=("construct",))
def registered_name(ctx: InitializerContext) -> None:
    """The class is registered with Keras under its own package name.

    Why it matters: a saved model names its initializers. A registered class is found in every
    process that imports its module, and is not confused with another class of the same name.
    Usual causes: `@keras.saving.register_keras_serializable(package="...")` is missing.
    """
    import keras

    kind = type(ctx.new())
    if kind.__module__.split(".")[0] == "keras":
        raise NotApplicable("the class is part of Keras")
    name = keras.saving.get_registered_name(kind)
    package = name.rpartition(">")[0]
    require(package, f"{kind.__name__} is not registered with Keras")
    require(
        package != "Custom",
        f"{kind.__name__} is registered as {name!r}, in the default package; pass `package=`",
    )
    found = keras.saving.get_registered_object(name)
    require(found is kind, f"the registered name {name!r} belongs to another class, {found}")
