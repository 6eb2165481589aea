"""Loading at first use: public names of a package, and calls after the import of another."""

import sys
from collections.abc import Callable, Mapping, Sequence
from importlib import import_module
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec
from importlib.util import find_spec
from types import ModuleType


def lazy_attributes(
    package: str, modules: Mapping[str, str], packages: Sequence[str] = ()
) -> tuple[Callable[[str], object], Callable[[], list[str]]]:
    """Return `__getattr__` and `__dir__` of a package whose names are loaded at first use.

    Args:
        package: `__name__` of the package.
        modules: Module of each public name, without the package.
        packages: Subpackages that are attributes too.
    """
    namespace = vars(sys.modules[package])

    def load(name: str) -> object:
        if name in packages:
            return import_module(f"{package}.{name}")
        if name not in modules:
            raise AttributeError(f"module {package!r} has no attribute {name!r}")
        value = getattr(import_module(f"{package}.{modules[name]}"), name)
        namespace[name] = value
        return value

    def names() -> list[str]:
        special = [name for name in namespace if name.startswith("__")]
        return sorted({*special, *modules, *packages})

    return load, names


def call_after_import(package: str, function: Callable[[], object]) -> None:
    """Call `function` now if `package` is imported, and otherwise right after its import.

    The package registers its classes with Keras this way, without importing Keras itself.

    Args:
        package: A top-level package, such as `"keras"`.
        function: Called once, without arguments, after the first successful import.

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
    """A finder that delegates to the other finders and wraps the loader of one package."""

    def __init__(self, package: str, function: Callable[[], object]) -> None:
        self._package, self._function = package, function

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        if fullname != self._package:
            return None
        # Removed first: `find_spec` below consults `sys.meta_path` and would recurse into this
        # method otherwise.
        sys.meta_path.remove(self)
        spec = find_spec(fullname)
        if spec is None or spec.loader is None:
            # The package is not installed, or is a namespace package: wait for the next attempt.
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
        # Restore the original loader first: `importlib.resources`, `inspect` and `linecache` ask
        # the module for it later, and some of its methods do not exist here.
        module.__loader__ = self._loader
        if module.__spec__ is not None:
            module.__spec__.loader = self._loader
        try:
            self._loader.exec_module(module)
        except BaseException:
            # The import failed, e.g. because the backend of Keras is not installed. A later
            # attempt may succeed, so the hook is installed again.
            sys.meta_path.insert(0, self._hook)
            raise
        self._hook.call()
