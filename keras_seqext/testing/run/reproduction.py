"""The one line that shows a failure again."""

import importlib
import inspect
import json
import shlex
from typing import TYPE_CHECKING, Any

from keras_seqext.testing.core.case import LayerCase, Sample
from keras_seqext.testing.core.json_arguments import revive
from keras_seqext.testing.core.registry import LAYER_CHECKS
from keras_seqext.testing.helpers import backend_exchange

if TYPE_CHECKING:
    from keras_seqext.testing.contexts.layer import Context

PLAIN = (bool, int, float, str, tuple, list, type(None))


def repro_line(check_name: str, context: "Context") -> str:
    """A command that runs this check alone; a call of `check_layer` where no command can.

    The command is only given if the layer can be made from it: found by name, from arguments
    that are JSON and that give the same layer.
    """
    case, sample = context.case, context.sample
    try:
        found = _command(case, sample)
    except Exception:  # the layer is broken: its constructor or config may raise anything
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
    own = any(sample is known for known in case.samples)
    if case.target:
        alone = case.target.partition(" ")[0].endswith(f":{case.label}")
        name = [] if alone else [f"--case {shlex.quote(case.label)}"]
        if own:
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
    """The options that make this sample, or `None` if there are none that do."""
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
    """`package.module:Class --kwargs ...` if that makes the layer of the case."""
    if inspect.isclass(case.make):
        return _name(case.make)
    layer = case.new()
    name = _name(type(layer))
    kwargs = None if name is None else constructor_kwargs(layer)
    if kwargs is None:
        return None
    return f"{name} --kwargs {shlex.quote(json.dumps(kwargs))}" if kwargs else name


def _name(cls: type) -> str | None:
    """Where a class is imported from; its public place for a layer of Keras."""
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
    """The arguments that differ from the defaults; `None` if they do not make the same layer."""
    config = _plain(layer.get_config())
    parameters = inspect.signature(type(layer).__init__).parameters.values()
    needed = {p.name for p in parameters if p.default is p.empty and p.kind is not p.VAR_KEYWORD}
    given = {key: value for key, value in config.items() if key != "name"}
    required = {key: value for key, value in given.items() if key in needed}
    usual = _plain(_remade(layer, required).get_config())
    changed = {k: v for k, v in given.items() if k in required or usual.get(k, ...) != v}
    for kwargs in (changed, given):
        again = _remade(layer, kwargs)
        if {**_plain(again.get_config()), "name": None} == {**config, "name": None} and _attributes(
            again
        ) == _attributes(layer):
            return kwargs
    return None


def _remade(layer: Any, kwargs: dict[str, Any]) -> Any:
    return type(layer)(**revive(kwargs))


def _plain(config: Any) -> Any:
    return json.loads(json.dumps(config))


def _attributes(layer: Any) -> dict[str, Any]:
    """What a layer keeps in plain attributes: a config that forgets an argument shows here."""
    return {
        name: value
        for name, value in vars(layer).items()
        if isinstance(value, PLAIN) and not name.startswith("_") and name != "name"
    }


def _call(check_name: str, context: "Context") -> str:
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
