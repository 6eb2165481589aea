"""Targets of the command line: `package.module:NAME`."""

import importlib
import importlib.util
import inspect
import json
import os
import shlex
import sys
from collections.abc import Mapping
from dataclasses import fields, replace
from functools import partial
from pathlib import Path
from typing import Any

from keras_seqext._common.choices import did_you_mean
from keras_seqext.testing.core.case import LayerCase, Traits, with_unique_names
from keras_seqext.testing.core.json_arguments import deserialize_arguments
from keras_seqext.testing.core.usage_error import UsageError, unknown_name


def load(target: str) -> Any:
    """Import and return `package.module:NAME` or `folder/file.py:NAME`.

    The current folder is searched first, so that a package need not be installed.
    """
    module_name, _, name = target.partition(":")
    if not module_name or not name:
        raise UsageError(
            f"the target must be PACKAGE.MODULE:NAME, such as mypackage.layers:MyLayer, or "
            f"FILE.py:NAME. Received: {target!r}."
        )
    if os.getcwd() not in sys.path:
        sys.path.insert(0, os.getcwd())
    module = _import(module_name)
    found: Any = module
    for part in name.split("."):
        if not hasattr(found, part):
            public = [n for n in vars(found) if not n.startswith("_")]
            raise UsageError(f"{module_name} has no {part!r}.{did_you_mean(part, public)}")
        found = getattr(found, part)
    return found


def _import(name: str) -> Any:
    if name.endswith(".py"):
        name = _module_of(Path(name))
    try:
        return importlib.import_module(name)
    except ModuleNotFoundError as error:
        missing = str(error.name)
        if name == missing or name.startswith(missing + "."):
            raise UsageError(
                f"there is no module {missing!r} in {os.getcwd()} or among the installed packages. "
                "Run the command in the folder of the package, or pass the file, such as "
                "folder/file.py:NAME."
            ) from error
        raise UsageError(f"importing {name} failed: {error}. Is {missing} installed?") from error
    except Exception as error:
        raise UsageError(f"importing {name} failed: {type(error).__name__}: {error}") from error


def _module_of(path: Path) -> str:
    """Return the module name of a file, and put its root on the search path."""
    if not path.is_file():
        raise UsageError(f"there is no file {path} in {os.getcwd()}.")
    path = path.resolve()
    parts, folder = [path.stem], path.parent
    while (folder / "__init__.py").is_file():
        parts.insert(0, folder.name)
        folder = folder.parent
    if str(folder) not in sys.path:
        sys.path.insert(0, str(folder))
    return ".".join(parts)


def as_cases(
    found: Any, target: str, kwargs: Mapping[str, Any], traits: Mapping[str, Any]
) -> list[LayerCase]:
    """Return the cases of a target, which is stored in each to reproduce failures."""
    import keras

    options = [shlex.quote(target)]
    if kwargs:
        options += ["--kwargs", shlex.quote(json.dumps(kwargs))]
    if traits:
        options += ["--traits", shlex.quote(json.dumps(traits))]
    cases: list[LayerCase]
    if kwargs and not callable(found):
        raise UsageError(
            f"--kwargs needs a layer class or a function. {target} is {_type_of(found)}."
        )
    if isinstance(found, (LayerCase, keras.layers.Layer)):
        if kwargs:
            raise UsageError(
                f"--kwargs needs a layer class or a function. {target} is {_type_of(found)}."
            )
        cases = [found if isinstance(found, LayerCase) else LayerCase(found)]
    elif isinstance(found, (list, tuple)):
        cases = [c if isinstance(c, LayerCase) else LayerCase(c) for c in found]
    elif callable(found):
        cases = [_from_callable(found, target, kwargs)]
    else:
        raise UsageError(
            f"{target} is {_type_of(found)}; expected a layer, a layer class, a function that "
            "returns a layer, a LayerCase or a list of LayerCases."
        )
    if not cases:
        raise UsageError(f"{target} is an empty list: nothing to check.")
    changes: dict[str, Any] = {"target": " ".join(options)}
    return with_unique_names(
        [replace(case, traits=_with_traits(case.traits, traits), **changes) for case in cases]
    )


def _from_callable(found: Any, target: str, kwargs: Mapping[str, Any]) -> LayerCase:
    import keras

    if inspect.isclass(found) and not issubclass(found, keras.layers.Layer):
        raise UsageError(
            f"{target} is the class {found.__name__}, which is not a keras.layers.Layer."
        )
    try:
        signature = inspect.signature(found)
        signature.bind(**kwargs)
    except TypeError as error:
        raise UsageError(
            f"{target} cannot be called with these arguments: {error}. Its signature is "
            f"{_short(signature)}; pass them as JSON, as in --kwargs '{{\"units\": 3}}'."
        ) from error
    name = getattr(found, "__name__", target.partition(":")[2])
    # A class is only wrapped if needed, because some checks look at its constructor.
    return LayerCase(
        partial(found, **deserialize_arguments(dict(kwargs))) if kwargs else found, name=name
    )


def _short(signature: inspect.Signature) -> str:
    parameters = [p.replace(annotation=p.empty) for p in signature.parameters.values()]
    return str(signature.replace(parameters=parameters, return_annotation=signature.empty))


def _type_of(found: Any) -> str:
    return f"of type {type(found).__name__}"


def _with_traits(traits: Traits, given: Mapping[str, Any]) -> Traits:
    known = [field.name for field in fields(Traits)]
    for name in given:
        if name not in known:
            raise unknown_name("trait", name, known)
    changes: dict[str, Any] = {
        name: tuple(value) if isinstance(value, list) else value for name, value in given.items()
    }
    return replace(traits, **changes)
