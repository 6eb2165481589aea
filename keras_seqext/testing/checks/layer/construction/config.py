"""Checks of configs: JSON, round trip, completeness and registration."""

import copy
import inspect
import json
import re
from typing import Any

from keras_seqext.testing.contexts.layer import Context
from keras_seqext.testing.core.failure import CheckFailure, NotApplicable, require
from keras_seqext.testing.core.registry import layer_check
from keras_seqext.testing.helpers.configs import (
    base_from_config,
    changed_entries,
    config_of,
    constructor_parameters,
    description_of,
    layer_from_description,
    same,
)
from keras_seqext.testing.helpers.reference_layer import built, reference
from keras_seqext.testing.helpers.weights import Weight, difference, weights_of

from .basics import BOGUS

# Not part of a config by design: initial values, and entries that Keras adds when enabled.
NOT_IN_CONFIG = {"weights", "lora_rank", "lora_alpha", "quantization_config"}


@layer_check("core", after=("construct",))
def config_json(ctx: Context) -> None:
    """The config is valid JSON, before and after the first call.

    Why it matters: `model.save` writes the config as JSON.
    Usual causes: a set, array or object in `get_config` that is not passed through
    `keras.saving.serialize_keras_object`; a tensor or shape stored by `build`.
    """
    layer = ctx.make()
    _require_json(layer, "before")
    try:
        layer = reference(ctx).layer
    except Exception:  # `call_finite` reports it
        return
    _require_json(layer, "after")


def _require_json(layer: Any, when: str) -> None:
    import keras

    try:
        json.dumps(keras.saving.serialize_keras_object(layer))
    except Exception as error:
        entries = "; ".join(_not_serializable(layer)) or f"{type(error).__name__}: {error}"
        raise CheckFailure(
            f"{when} the first call the config cannot be written as JSON: {entries}"
        ) from error


def _not_serializable(layer: Any) -> list[str]:
    """Return the entries of the config that cannot be serialized."""
    import keras

    found = []
    for key, value in layer.get_config().items():
        try:
            json.dumps(keras.saving.serialize_keras_object(value))
        except Exception:
            found.append(f"{key}={value!r} is a {type(value).__name__}")
    return found


@layer_check("core", after=("call_finite", "config_json"), cost="medium")
def config_roundtrip(ctx: Context) -> None:
    """A layer restored from its config has the same settings, weights, outputs and losses.

    Why it matters: `load_model` and `clone_model` restore layers from their config; an argument
    that is lost silently changes the model.
    Usual causes: an argument missing from `get_config`, or stored under another name; `get_config`
    without `super().get_config()`; a constructor without `**kwargs`; a class that Keras cannot
    find.
    Reference: keras issue 20118.
    """
    import keras

    whole = reference(ctx)
    if isinstance(whole.layer, keras.layers.Lambda):
        raise NotApplicable("a Lambda layer can be loaded only with safe_mode=False")
    _require_same_layer(ctx, whole.description)
    unbuilt = description_of(ctx.make())
    if changed_entries(
        _without_names(unbuilt["config"]), _without_names(whole.description["config"])
    ):
        _require_same_layer(ctx, unbuilt)
    _require_settings_restored(ctx, bool(whole.layer.trainable_weights))


def _require_same_layer(ctx: Context, description: Any) -> None:
    whole = reference(ctx)
    kind = type(whole.layer)
    other = layer_from_description(description, kind)
    require(
        type(other) is kind, f"the config of a {kind.__name__} restores a {type(other).__name__}"
    )
    # Keras gives an unnamed inner layer a new number in each instance.
    lost = changed_entries(
        _without_numbers(config_of(other)), _without_numbers(description["config"])
    )
    require(not lost, "the config of the restored layer differs: " + "; ".join(lost[:4]))
    if len(other.weights) != len(whole.weights):  # Keras builds a layer without `build` by a call
        built(ctx, other)
    wrong = difference(_last_names(weights_of(other)), _last_names(whole.weights))
    require(wrong is None, f"the restored layer has {wrong}")
    for training in (False, True):
        whole.require_same_outcome(other, "of the layer restored from its config", training)


def _without_numbers(value: Any) -> Any:
    """Return the config without the numbers that Keras appends to the names of inner layers."""
    if isinstance(value, dict):
        return {
            key: re.sub(r"_\d+$", "", part)
            if key == "name" and isinstance(part, str)
            else _without_numbers(part)
            for key, part in value.items()
        }
    return [_without_numbers(part) for part in value] if isinstance(value, list) else value


def _without_names(value: Any) -> Any:
    """Return the config without names, which Keras numbers across the process."""
    if isinstance(value, dict):
        others = {key: part for key, part in value.items() if key not in ("name", "build_config")}
        return {key: _without_names(part) for key, part in others.items()}
    return [_without_names(part) for part in value] if isinstance(value, list) else value


def _last_names(weights: list[Weight]) -> list[Weight]:
    # When Keras restores a sublayer, it builds it outside its parent, so its paths are shorter.
    return [(weight[0].rsplit("/", 1)[-1], *weight[1:]) for weight in weights]


def _require_settings_restored(ctx: Context, trains: bool) -> None:
    """Check that changed values of `name`, `trainable` and `dtype` survive the round trip."""
    import keras

    kind = type(ctx.make())
    if issubclass(kind, keras.Model):
        return
    for name, value in (("name", "renamed"), ("trainable", False), ("dtype", "bfloat16")):
        if name == "trainable" and not trains:  # some layers without weights do not accept it
            continue
        try:
            layer = ctx.make(**{name: value})
        except Exception:
            if name == "dtype":  # a layer of integers or strings may reject it
                continue
            raise
        found = _setting(layer, name)
        if name == "dtype" and found != value:  # or ignore it
            continue
        again = _setting(layer_from_description(description_of(layer), kind), name)
        for which, got in (("created", found), ("restored", again)):
            require(
                got == value,
                f"a {kind.__name__} {which} with {name}={value!r} has {name}={got!r}"
                f"{_unusual_kwargs(kind)}",
            )


def _unusual_kwargs(kind: Any) -> str:
    """Return why the automatic config of Keras lacks `name`, if it does."""
    parameters = inspect.signature(kind.__init__).parameters.values()
    names = [p.name for p in parameters if p.kind is p.VAR_KEYWORD and p.name != "kwargs"]
    if not names or "get_config" in vars(kind):
        return ""
    return (
        f": its constructor has **{names[0]}, and the automatic config of Keras contains `name` "
        "only if that argument is called **kwargs. Rename it, or define get_config"
    )


def _setting(layer: Any, name: str) -> Any:
    return layer.dtype_policy.name if name == "dtype" else getattr(layer, name)


@layer_check("recommended", after=("config_roundtrip",))
def config_complete(ctx: Context) -> None:
    """Every argument of the constructor is in the config, and a changed value survives.

    Why it matters: an argument that is lost is restored as its default value.
    Usual causes: an argument added to `__init__` and not to `get_config`; a constant in
    `get_config` in place of the value.
    """
    layer = ctx.make()
    kind = type(layer)
    config = layer.get_config()
    names = [name for name in constructor_parameters(kind) if name not in NOT_IN_CONFIG]
    missing = [name for name in names if name not in config]
    if not base_from_config(kind):
        missing = [name for name in missing if _is_passed_on(kind, config, name)]
    require(
        not missing, f"arguments of the constructor missing from the config: {', '.join(missing)}"
    )
    for name in names:
        for value in _other_values(config.get(name)):
            changed = {**copy.deepcopy(config_of(layer)), name: value}
            try:
                other = kind.from_config(changed)
            except Exception:  # the value is not valid with the others
                continue
            found = config_of(other).get(name)
            require(
                not same(found, config_of(layer).get(name)),
                f"{name}={value!r} is restored as {found!r}",
            )
            again = config_of(kind.from_config(config_of(other))).get(name)
            require(
                same(again, found),
                f"{name}={found!r} is restored as {again!r} by the second round trip",
            )
            break


def _is_passed_on(kind: Any, config: dict[str, Any], name: str) -> bool:
    """Return whether a custom `from_config` passes this entry on to the constructor.

    If it does, the entry belongs in the config. A `from_config` that selects known entries may have
    stored the argument under another name.
    """
    default = inspect.signature(kind.__init__).parameters[name].default
    if default is inspect.Parameter.empty:
        return False
    picks = True
    try:
        kind.from_config({**copy.deepcopy(config), BOGUS: 1})
    except Exception:  # rejected, with any error
        picks = False
    try:
        kind.from_config({**copy.deepcopy(config), name: default})
    except Exception:
        return False
    return not picks


def _other_values(value: Any) -> list[Any]:
    """Return other values of the same type, the most likely valid ones first."""
    if isinstance(value, bool):
        return [not value]
    if isinstance(value, int):
        return [value + 1, value * 2, value - 1]
    if isinstance(value, float):
        return [value * 0.5, value + 0.25] if value else [0.25, 1.0]
    if isinstance(value, (list, tuple)) and value and all(type(v) is int for v in value):
        return [[v + 1 for v in value], [v * 2 for v in value]]
    return []


@layer_check("core", after=("config_json",))
def from_config_pure(ctx: Context) -> None:
    """`from_config` does not modify the dict that it receives, so the dict can be used again.

    Why it matters: users reuse configs to create several layers and to log them; a second layer
    would fail or differ.
    Usual causes: `config.pop(...)` without a copy; a constructor that modifies a list in its
    arguments.
    Reference: keras pull request 7903.
    """
    import keras

    layer = ctx.make()
    if isinstance(layer, keras.layers.Lambda):
        raise NotApplicable("a Lambda layer can be loaded only with safe_mode=False")
    config = config_of(layer)
    before = copy.deepcopy(config)
    type(layer).from_config(config)
    changes = changed_entries(config, before)
    require(not changes, f"from_config modified the dict passed to it: {'; '.join(changes[:4])}")


@layer_check("recommended", after=("config_json",))
def get_config_fresh(ctx: Context) -> None:
    """`get_config` returns equal dicts in every call, and the caller may modify them.

    Why it matters: code that edits a config to create a variant would change the original layer.
    Usual causes: the config contains a list or dict of the layer in place of a copy; a value drawn
    in each call; a setting, such as a rate, that `call` overwrites.
    """
    layer = ctx.make()
    before = config_of(layer)
    changes = changed_entries(config_of(layer), before)
    require(not changes, f"a second call of get_config() differs: {'; '.join(changes[:4])}")
    for key, value in layer.get_config().items():
        _modify(value)
        changes = changed_entries(config_of(layer), before)
        require(
            not changes,
            f"modifying the returned {key!r} changed the layer: {'; '.join(changes[:4])}",
        )
    try:
        called = reference(ctx)
    except Exception:  # call_finite reports it
        return
    now = called.layer.get_config()
    # `build` replaces a negative number, such as an axis, by its actual value.
    changes = [
        f"{key} was {value!r} before and is {now[key]!r} after"
        for key, value in called.settings.items()
        if value >= 0 and type(now.get(key)) is type(value) and now[key] != value
    ]
    require(not changes, f"calling the layer changed its config: {'; '.join(changes[:4])}")


def _modify(value: Any) -> None:
    if isinstance(value, list):
        for part in value:
            _modify(part)
        value.append("modified")
    elif isinstance(value, dict):
        for part in value.values():
            _modify(part)
        value["modified"] = True


@layer_check("core", after=("construct",))
def registered_name(ctx: Context) -> None:
    """The class is registered with Keras under its own package name.

    Why it matters: a saved file names its classes. An unregistered class is found only if the same
    module is importable under the same path, and in the default package `Custom` another class of
    the same name silently replaces it.
    Usual causes: `@keras.saving.register_keras_serializable(package="...")` is missing; another
    class is registered under the same name later; a subclass that relies on the registration of its
    base class.
    """
    import keras

    kind = type(ctx.make())
    if kind.__module__.split(".")[0] == "keras":
        raise NotApplicable("the class is part of Keras")
    name = keras.saving.get_registered_name(kind)
    package, _, rest = name.rpartition(">")
    require(
        package, f"{kind.__name__} is not registered with Keras: its name {name!r} has no package"
    )
    require(
        package != "Custom" and rest,
        f"{kind.__name__} is registered as {name!r}, in the default package; pass `package=`",
    )
    found = keras.saving.get_registered_object(name)
    require(
        found is kind,
        f"the registered name {name!r} belongs to another class, {_place(found)}, "
        f"not to {_place(kind)}",
    )


def _place(kind: Any) -> str:
    return f"{getattr(kind, '__module__', '?')}.{getattr(kind, '__qualname__', kind)}"
