"""A layer can be described in plain words and made again from them, with nothing lost."""

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

# Not part of a config by design: initial values, and what Keras adds when it is enabled.
NOT_IN_CONFIG = {"weights", "lora_rank", "lora_alpha", "quantization_config"}


@layer_check("core", after=("construct",))
def config_json(ctx: Context) -> None:
    """The config is plain JSON, before and after the first call.

    Why it matters: `model.save` writes it as JSON; what is not cannot be saved.
    Usual causes: a set, array or object in `get_config`, not passed through
    `keras.saving.serialize_keras_object`; a tensor or shape kept by `build`.
    """
    layer = ctx.make()
    _require_json(layer, "before")
    try:
        layer = reference(ctx).layer
    except Exception:  # call_finite reports it
        return
    _require_json(layer, "after")


def _require_json(layer: Any, when: str) -> None:
    import keras

    try:
        json.dumps(keras.saving.serialize_keras_object(layer))
    except Exception as error:
        entries = "; ".join(_unwritable(layer)) or f"{type(error).__name__}: {error}"
        raise CheckFailure(f"{when} the first call the config is no JSON: {entries}") from error


def _unwritable(layer: Any) -> list[str]:
    """Which entries of the config cannot be written."""
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
    """A layer made again from its config is the same: settings, weights, outputs and losses.

    Why it matters: this is what `load_model` and `clone_model` make; an argument lost on the
    way changes the model in silence.
    Usual causes: an argument missing from `get_config`, or under another name; `get_config`
    without `super().get_config()`; a constructor without `**kwargs`; a class that Keras cannot
    find.
    Reference: keras issue 20118.
    """
    import keras

    whole = reference(ctx)
    if isinstance(whole.layer, keras.layers.Lambda):
        raise NotApplicable("a Lambda layer is loaded with safe_mode=False alone")
    _same_layer(ctx, whole.description)
    unbuilt = description_of(ctx.make())
    if changed_entries(_nameless(unbuilt["config"]), _nameless(whole.description["config"])):
        _same_layer(ctx, unbuilt)
    _settings_survive(ctx, bool(whole.layer.trainable_weights))


def _same_layer(ctx: Context, description: Any) -> None:
    whole = reference(ctx)
    kind = type(whole.layer)
    other = layer_from_description(description, kind)
    require(type(other) is kind, f"the config of a {kind.__name__} makes a {type(other).__name__}")
    # A layer inside that is not given a name gets a new number each time it is made.
    lost = changed_entries(_unnumbered(config_of(other)), _unnumbered(description["config"]))
    require(not lost, "the config of the layer made again differs: " + "; ".join(lost[:4]))
    if len(other.weights) != len(whole.weights):  # without a `build`, Keras builds it by a call
        built(ctx, other)
    wrong = difference(_last_names(weights_of(other)), _last_names(whole.weights))
    require(wrong is None, f"the layer made again has {wrong}")
    for training in (False, True):
        whole.require_same_outcome(other, "of the layer made again from its config", training)


def _unnumbered(value: Any) -> Any:
    """With the names of layers inside without the number that Keras gives them."""
    if isinstance(value, dict):
        return {
            key: re.sub(r"_\d+$", "", part)
            if key == "name" and isinstance(part, str)
            else _unnumbered(part)
            for key, part in value.items()
        }
    return [_unnumbered(part) for part in value] if isinstance(value, list) else value


def _nameless(value: Any) -> Any:
    """Without the names, which Keras numbers through the process."""
    if isinstance(value, dict):
        kept = {key: part for key, part in value.items() if key not in ("name", "build_config")}
        return {key: _nameless(part) for key, part in kept.items()}
    return [_nameless(part) for part in value] if isinstance(value, list) else value


def _last_names(weights: list[Weight]) -> list[Weight]:
    # Keras builds a sublayer outside its parent when it loads one, so paths may be shorter.
    return [(weight[0].rsplit("/", 1)[-1], *weight[1:]) for weight in weights]


def _settings_survive(ctx: Context, trains: bool) -> None:
    """What every layer takes, changed and read back."""
    import keras

    kind = type(ctx.make())
    if issubclass(kind, keras.Model):
        return
    for name, value in (("name", "renamed"), ("trainable", False), ("dtype", "bfloat16")):
        if name == "trainable" and not trains:  # some layers without weights do not take it
            continue
        try:
            layer = ctx.make(**{name: value})
        except Exception:
            if name == "dtype":  # a layer of integers or strings may refuse it
                continue
            raise
        found = _setting(layer, name)
        if name == "dtype" and found != value:  # or have no use for it
            continue
        again = _setting(layer_from_description(description_of(layer), kind), name)
        for which, got in (("made", found), ("made again", again)):
            require(
                got == value,
                f"a {kind.__name__} {which} from a config with {name}={value!r} has {got!r}",
            )


def _setting(layer: Any, name: str) -> Any:
    return layer.dtype_policy.name if name == "dtype" else getattr(layer, name)


@layer_check("recommended", after=("config_roundtrip",))
def config_complete(ctx: Context) -> None:
    """Each argument of the constructor is in the config, and another value of it survives.

    Why it matters: an argument that is lost comes back as its default, for the users who
    changed it.
    Usual causes: an argument added to `__init__` and not to `get_config`; a value written
    there by hand.
    """
    layer = ctx.make()
    kind = type(layer)
    config = layer.get_config()
    names = [name for name in constructor_parameters(kind) if name not in NOT_IN_CONFIG]
    missing = [name for name in names if name not in config]
    if not base_from_config(kind):
        missing = [name for name in missing if _is_handed_on(kind, config, name)]
    require(not missing, f"not in the config: {', '.join(missing)}")
    for name in names:
        for value in _other_values(config.get(name)):
            changed = {**copy.deepcopy(config_of(layer)), name: value}
            try:
                other = kind.from_config(changed)
            except Exception:  # the value does not go with the others
                continue
            found = config_of(other).get(name)
            require(
                not same(found, config_of(layer).get(name)),
                f"{name}={value!r} comes back as {found!r}",
            )
            again = config_of(kind.from_config(config_of(other))).get(name)
            require(same(again, found), f"{name}={found!r} comes back as {again!r} the second time")
            break


def _is_handed_on(kind: Any, config: dict[str, Any], name: str) -> bool:
    """Whether a `from_config` of the layer's own gives this entry to the constructor.

    If it does, the entry belongs into the config; one that picks what it knows may have stored the
    argument under another name.
    """
    default = inspect.signature(kind.__init__).parameters[name].default
    if default is inspect.Parameter.empty:
        return False
    picks = True
    try:
        kind.from_config({**copy.deepcopy(config), BOGUS: 1})
    except Exception:  # in whatever words
        picks = False
    try:
        kind.from_config({**copy.deepcopy(config), name: default})
    except Exception:
        return False
    return not picks


def _other_values(value: Any) -> list[Any]:
    """Values of the same kind, the likelier first."""
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
    """`from_config` leaves the dict it is given as it was, so that it can be used twice.

    Why it matters: users keep configs, to make several layers and to log them; the second
    layer fails or is another one.
    Usual causes: `config.pop(...)` without a copy; a constructor that changes a list it is given.
    Reference: keras pull request 7903.
    """
    import keras

    layer = ctx.make()
    if isinstance(layer, keras.layers.Lambda):
        raise NotApplicable("a Lambda layer is loaded with safe_mode=False alone")
    config = config_of(layer)
    before = copy.deepcopy(config)
    type(layer).from_config(config)
    changes = changed_entries(config, before)
    require(not changes, f"from_config changed the dict it was given: {'; '.join(changes[:4])}")


@layer_check("recommended", after=("config_json",))
def get_config_fresh(ctx: Context) -> None:
    """`get_config` returns the same each time, and a dict that the caller may change.

    Why it matters: code that edits a config to make a variant changes the first layer.
    Usual causes: a list or dict of the layer itself in the config, not a copy; a value drawn
    anew by each call; a setting, as a rate, that `call` overwrites.
    """
    layer = ctx.make()
    before = config_of(layer)
    changes = changed_entries(config_of(layer), before)
    require(not changes, f"a second get_config() differs: {'; '.join(changes[:4])}")
    for key, value in layer.get_config().items():
        _spoil(value)
        changes = changed_entries(config_of(layer), before)
        require(
            not changes,
            f"changing the returned {key!r} changed the layer: {'; '.join(changes[:4])}",
        )
    try:
        called = reference(ctx)
    except Exception:  # call_finite reports it
        return
    now = called.layer.get_config()
    # A number below 0, such as an axis, stands for what `build` finds out.
    changes = [
        f"{key} was {value!r} and is {now[key]!r}"
        for key, value in called.settings.items()
        if value >= 0 and type(now.get(key)) is type(value) and now[key] != value
    ]
    require(not changes, f"calling the layer changed its config: {'; '.join(changes[:4])}")


def _spoil(value: Any) -> None:
    if isinstance(value, list):
        for part in value:
            _spoil(part)
        value.append("spoilt")
    elif isinstance(value, dict):
        for part in value.values():
            _spoil(part)
        value["spoilt"] = True


@layer_check("core", after=("construct",))
def registered_name(ctx: Context) -> None:
    """The class is registered with Keras, under a package name of its own.

    Why it matters: a saved file names its classes. Without registration it loads only where
    the same module lies at the same place, and under the default package `Custom` any other
    class of that name takes its place in silence.
    Usual causes: no `@keras.saving.register_keras_serializable(package="...")`; another class
    registered under the same name later; a subclass that relies on the registration of its base.
    """
    import keras

    kind = type(ctx.make())
    if kind.__module__.split(".")[0] == "keras":
        raise NotApplicable("the class is part of Keras")
    name = keras.saving.get_registered_name(kind)
    package, _, rest = name.rpartition(">")
    require(package, f"{kind.__name__} is not registered: its name is {name!r} without a package")
    require(
        package != "Custom" and rest,
        f"{kind.__name__} is registered as {name!r}, in the default package",
    )
    found = keras.saving.get_registered_object(name)
    require(
        found is kind,
        f"the registered name {name!r} belongs to another class, {_place(found)}, "
        f"not to {_place(kind)}",
    )


def _place(kind: Any) -> str:
    return f"{getattr(kind, '__module__', '?')}.{getattr(kind, '__qualname__', kind)}"
