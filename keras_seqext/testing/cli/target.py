"""From `package.module:NAME` to the cases behind it."""

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
from keras_seqext.testing.core.case import LayerCase, Traits
from keras_seqext.testing.core.json_arguments import revive
from keras_seqext.testing.core.usage_error import UsageError


def load(target: str) -> Any:
    """What `package.module:NAME` or `folder/file.py:NAME` names.

    The current folder is searched first, so that a package need not be installed.
    """
    module_name, _, name = target.partition(":")
    if not module_name or not name:
        raise UsageError(
            f"the target must be PACKAGE.MODULE:NAME, as in mypackage.layers:MyLayer, or "
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
                "Run the command in the folder that holds the package, or name the file, as in "
                "folder/file.py:NAME."
            ) from error
        raise UsageError(f"importing {name} failed: {error}. Is {missing} installed?") from error
    except Exception as error:
        raise UsageError(f"importing {name} failed: {type(error).__name__}: {error}") from error


def _module_of(path: Path) -> str:
    """The name under which a file is imported, its root on the search path."""
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
    """The cases behind what a target names, each with the target for its repro lines."""
    import keras

    options = [shlex.quote(target)]
    if kwargs:
        options += ["--kwargs", shlex.quote(json.dumps(kwargs))]
    if traits:
        options += ["--traits", shlex.quote(json.dumps(traits))]
    cases: list[LayerCase]
    if kwargs and not callable(found):
        raise UsageError(f"--kwargs needs a layer class or a function. {target} is {_kind(found)}.")
    if isinstance(found, (LayerCase, keras.layers.Layer)):
        if kwargs:
            raise UsageError(
                f"--kwargs needs a layer class or a function. {target} is {_kind(found)}."
            )
        cases = [found if isinstance(found, LayerCase) else LayerCase(found)]
    elif isinstance(found, (list, tuple)):
        cases = [c if isinstance(c, LayerCase) else LayerCase(c) for c in found]
    elif callable(found):
        cases = [_from_callable(found, target, kwargs)]
    else:
        raise UsageError(
            f"{target} is {_kind(found)}; expected a layer, a layer class, a function that returns "
            "a layer, a LayerCase or a list of LayerCases."
        )
    if not cases:
        raise UsageError(f"{target} is an empty list: nothing to check.")
    changes: dict[str, Any] = {"target": " ".join(options)}
    return _with_unique_names(
        [replace(case, traits=_with_traits(case.traits, traits), **changes) for case in cases]
    )


def _from_callable(found: Any, target: str, kwargs: Mapping[str, Any]) -> LayerCase:
    import keras

    if inspect.isclass(found) and not issubclass(found, keras.layers.Layer):
        raise UsageError(f"{target} is the class {found.__name__}, which is no keras.layers.Layer.")
    try:
        signature = inspect.signature(found)
        signature.bind(**kwargs)
    except TypeError as error:
        raise UsageError(
            f"{target} cannot be called with these arguments: {error}. Its signature is "
            f"{_short(signature)}; pass them as JSON, as in --kwargs '{{\"units\": 3}}'."
        ) from error
    name = getattr(found, "__name__", target.partition(":")[2])
    # A plain class keeps its own face, for checks that look at the constructor.
    return LayerCase(partial(found, **revive(dict(kwargs))) if kwargs else found, name=name)


def _short(signature: inspect.Signature) -> str:
    parameters = [p.replace(annotation=p.empty) for p in signature.parameters.values()]
    return str(signature.replace(parameters=parameters, return_annotation=signature.empty))


def _kind(found: Any) -> str:
    return f"a {type(found).__name__}"


def _with_traits(traits: Traits, given: Mapping[str, Any]) -> Traits:
    known = [field.name for field in fields(Traits)]
    for name in given:
        if name not in known:
            raise UsageError(
                f"there is no trait {name!r}.{did_you_mean(name, known)} Known: {', '.join(known)}."
            )
    changes: dict[str, Any] = {
        name: tuple(value) if isinstance(value, list) else value for name, value in given.items()
    }
    return replace(traits, **changes)


def _with_unique_names(cases: list[LayerCase]) -> list[LayerCase]:
    """The cases, a number behind a name that was used before: `--case` must find one."""
    seen: dict[str, int] = {}
    unique = []
    for case in cases:
        seen[case.label] = seen.get(case.label, 0) + 1
        count = seen[case.label]
        unique.append(case if count == 1 else replace(case, name=f"{case.label}-{count}"))
    return unique
