"""Command or call that reproduces a failure."""

import importlib
import inspect
import json
import shlex
from typing import TYPE_CHECKING, Any

from keras_seqext.testing.core.case import LayerCase, Sample
from keras_seqext.testing.core.json_arguments import deserialize_arguments
from keras_seqext.testing.core.registry import LAYER_CHECKS
from keras_seqext.testing.helpers import backend_exchange

if TYPE_CHECKING:
    from keras_seqext.testing.contexts.layer import Context

PLAIN = (bool, int, float, str, tuple, list, type(None))


def reproduce_command(check_name: str, context: "Context") -> str:
    """Return a command that runs only this check, or else a call of `check_layer`.

    There is a command if it makes the same layer: the class can be imported by name, and its
    arguments can be written as JSON.
    """
    case, sample = context.case, context.sample
    try:
        found = _command(case, sample)
    except Exception:  # the constructor or the config of a broken layer may raise anything
        found = None
    if found is None:
        return _call(check_name, context)
    backends = [context.backend]
    exchange = backend_exchange.current()
    if (
        exchange
        and LAYER_CHECKS[check_name].module == "parity"
        and exchange.first != context.backend
    ):
        backends.insert(0, exchange.first)
    return (
        f"python -m keras_seqext.testing run {found} --check {check_name} "
        f"--backends {','.join(backends)} --seed {context.seed}"
    )


def _command(case: LayerCase, sample: Sample) -> str | None:
    from_case = any(sample is known for known in case.samples)
    if case.target:
        named = case.target.partition(" ")[0].endswith(f":{case.label}")
        name = [] if named else [f"--case {shlex.quote(case.label)}"]
        if from_case:
            name += [f"--sample {shlex.quote(sample.name)}"] if len(case.samples) > 1 else []
            return " ".join([case.target, *name])
        options = sample_options(sample)
        return None if options is None else " ".join([case.target, *name, *options])
    options = sample_options(sample)
    layer = _importable(case)
    if options is None or layer is None:
        return None
    declared = case.traits.declared()
    if declared:
        options += ["--traits", shlex.quote(json.dumps(declared))]
    return " ".join([layer, *options])


def sample_options(sample: Sample) -> list[str] | None:
    """Return the options that describe this sample, or `None` if options cannot."""
    if sample.values is not None:
        return None
    shape = json.dumps(sample.shape)
    if not isinstance(sample.shape, list):
        shape = ",".join(map(str, sample.shape))
    options = ["--input-shape", shlex.quote(shape)]
    if sample.dtype != "float32":
        options += ["--input-dtype", sample.dtype]
    if sample.high != Sample.high:
        options += ["--high", str(sample.high)]
    if sample.arguments:
        options += ["--arguments", shlex.quote(json.dumps(sample.arguments))]
    if sample.call_kwargs:
        options += ["--call-kwargs", shlex.quote(json.dumps(dict(sample.call_kwargs)))]
    return options


def _importable(case: LayerCase) -> str | None:
    """Return `package.module:Class --kwargs ...` if that makes the layer of the case."""
    if inspect.isclass(case.make):
        return _name(case.make)
    layer = case.new()
    name = _name(type(layer))
    kwargs = None if name is None else constructor_kwargs(layer)
    if kwargs is None:
        return None
    return f"{name} --kwargs {shlex.quote(json.dumps(kwargs))}" if kwargs else name


def _name(cls: type) -> str | None:
    """Return the import path of a class; the public path for a layer of Keras."""
    import keras

    if getattr(keras.layers, cls.__name__, None) is cls:
        return f"keras.layers:{cls.__name__}"
    if cls.__module__ == "__main__":
        return None
    found: Any = importlib.import_module(cls.__module__)
    for part in cls.__qualname__.split("."):
        found = getattr(found, part, None)
    return f"{cls.__module__}:{cls.__qualname__}" if found is cls else None


def constructor_kwargs(layer: Any) -> dict[str, Any] | None:
    """Return the arguments that differ from the defaults, or `None` if no arguments suffice.

    The result is verified: a layer made from it has the same config and the same plain attributes.
    """
    config = _plain(layer.get_config())
    parameters = inspect.signature(type(layer).__init__).parameters.values()
    needed = {p.name for p in parameters if p.default is p.empty and p.kind is not p.VAR_KEYWORD}
    given = {key: value for key, value in config.items() if key != "name"}
    required = {key: value for key, value in given.items() if key in needed}
    default = _plain(_make_again(layer, required).get_config())
    changed = {k: v for k, v in given.items() if k in required or default.get(k, ...) != v}
    for kwargs in (changed, given):
        again = _make_again(layer, kwargs)
        if {**_plain(again.get_config()), "name": None} == {**config, "name": None} and _attributes(
            again
        ) == _attributes(layer):
            return kwargs
    return None


def _make_again(layer: Any, kwargs: dict[str, Any]) -> Any:
    return type(layer)(**deserialize_arguments(kwargs))


def _plain(config: Any) -> Any:
    return json.loads(json.dumps(config))


def _attributes(layer: Any) -> dict[str, Any]:
    """Return the plain attributes of a layer; they reveal an argument missing from the config."""
    return {
        name: value
        for name, value in vars(layer).items()
        if isinstance(value, PLAIN) and not name.startswith("_") and name != "name"
    }


def _call(check_name: str, context: "Context") -> str:
    """Return the call of `check_layer` in words, for a layer that no command can make."""
    case, sample = context.case, context.sample
    declared = case.traits.declared()
    traits = ", ".join(f"{name}={value!r}" for name, value in declared.items())
    parts = [case.label]
    if not any(sample is known for known in case.samples) and sample.values is None:
        parts.append(f"input_shape={sample.shape}")
        if sample.dtype != "float32":
            parts.append(f"input_dtype={sample.dtype!r}")
    else:
        parts.append(f"samples=[<{sample.name}>]")
    if traits:
        parts.append(f"traits=Traits({traits})")
    parts += [f"checks=[{check_name!r}]", f"seed={context.seed}"]
    return f"check_layer({', '.join(parts)}) with KERAS_BACKEND={context.backend}"
