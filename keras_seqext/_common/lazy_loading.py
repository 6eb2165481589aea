"""Running a function as soon as another package has been imported."""

import sys
from collections.abc import Callable, Sequence
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec
from importlib.util import find_spec
from types import ModuleType


def call_after_import(package: str, function: Callable[[], object]) -> None:
    """Call `function` after `package` is imported: now if it already is, else at its import.

    Args:
        package: A top-level package, such as `"keras"`.
        function: Called once, without arguments.

    >>> calls = []
    >>> call_after_import("sys", lambda: calls.append("imported"))
    >>> calls
    ['imported']
    """
    if package in sys.modules:
        function()
    else:
        sys.meta_path.insert(0, _ImportHook(package, function))


class _ImportHook(MetaPathFinder):
    """A finder that finds one package as Python does, and adds a call after its import."""

    def __init__(self, package: str, function: Callable[[], object]) -> None:
        self._package, self._function = package, function

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        if fullname != self._package:
            return None
        # Without itself in the list, the search below does not come back here.
        sys.meta_path.remove(self)
        spec = find_spec(fullname)
        if spec is None or spec.loader is None:
            sys.meta_path.insert(0, self)
            return spec
        spec.loader = _CallingLoader(spec.loader, self)
        return spec

    def call(self) -> None:
        """Call the function."""
        self._function()


class _CallingLoader(Loader):
    """A loader that calls the function of a hook after the module has been executed."""

    def __init__(self, loader: Loader, hook: _ImportHook) -> None:
        self._loader, self._hook = loader, hook

    def create_module(self, spec: ModuleSpec) -> ModuleType | None:
        return self._loader.create_module(spec)

    def exec_module(self, module: ModuleType) -> None:
        # What asks the module for its loader later (resources, source lines) gets the real one.
        module.__loader__ = self._loader
        if module.__spec__ is not None:
            module.__spec__.loader = self._loader
        try:
            self._loader.exec_module(module)
        except BaseException:
            # Such as Keras without its backend: the next attempt may succeed.
            sys.meta_path.insert(0, self._hook)
            raise
        self._hook.call()
