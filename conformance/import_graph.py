"""Imports between the files of the project, read from their source."""

import ast
import subprocess
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

# Imports by name at run time, which no `import` statement shows: importer -> prefix of modules.
BY_NAME = {
    "keras_seqext.testing.checks.catalogue": "keras_seqext.testing.checks.",
    "keras_seqext.testing.backends": "keras_seqext.testing.backends.",
    "keras_seqext.recurrent._recurrence": "keras_seqext.recurrent._",
    "recipes.catalogue": "recipes.",
    "conformance.checks.planted_bugs": "conformance.checks.planted_bugs.",
}


@dataclass(frozen=True)
class ImportGraph:
    """The files of the project and what each imports.

    Args:
        paths: By dotted name of the module, the file.
    """

    paths: dict[str, str]

    @classmethod
    def read(cls) -> "ImportGraph":
        """Return the graph of the files that git tracks or would add."""
        command = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "*.py"]
        found = subprocess.run(command, capture_output=True, text=True, check=True).stdout
        files = [path for path in found.splitlines() if Path(path).is_file()]
        return cls({module_of(path): path for path in files})

    @cached_property
    def _trees(self) -> dict[str, ast.Module]:
        return {
            module: ast.parse(Path(path).read_text(encoding="utf-8"))
            for module, path in self.paths.items()
        }

    @cached_property
    def _reexports(self) -> dict[tuple[str, str], str]:
        """The module of each name that a package imports from one of its modules."""
        return {
            (module, alias.asname or alias.name): target
            for module, path in self.paths.items()
            if path.endswith("__init__.py")
            for node in ast.walk(self._trees[module])
            if isinstance(node, ast.ImportFrom)
            for alias in node.names
            if (target := self._source(module, node)) in self.paths
        }

    def _source(self, module: str, node: ast.ImportFrom) -> str:
        if not node.level:
            return node.module or ""
        base = module.split(".")
        if not self.paths[module].endswith("__init__.py"):
            base = base[:-1]
        base = base[: len(base) - node.level + 1]
        return ".".join([*base, *([node.module] if node.module else [])])

    def imports(self, module: str) -> set[str]:
        """Return the modules of the project that a module imports, re-exports resolved."""
        found = {
            name
            for importer, prefix in BY_NAME.items()
            if importer == module
            for name in self.paths
            if name.startswith(prefix)
        }
        for node in ast.walk(self._trees[module]):
            if isinstance(node, ast.Import):
                found |= {alias.name for alias in node.names}
            elif isinstance(node, ast.ImportFrom):
                source = self._source(module, node)
                for alias in node.names:
                    name = f"{source}.{alias.name}"
                    found.add(name if name in self.paths else self._home(source, alias.name))
        return {name for name in found if name in self.paths}

    def _home(self, package: str, name: str) -> str:
        """Return the module that defines what a package re-exports; else the package."""
        while (package, name) in self._reexports:
            package = self._reexports[package, name]
        return package

    def distances(self, changed: Iterable[str]) -> dict[str, int]:
        """Return how many imports lie between the changed files and each file that uses them."""
        importers: dict[str, set[str]] = {}
        for module in self.paths:
            for imported in self.imports(module):
                importers.setdefault(imported, set()).add(module)
        level = {module_of(path) for path in changed} & set(self.paths)
        found: dict[str, int] = {}
        distance = 0
        while level:
            found |= dict.fromkeys(level, distance)
            level = {user for each in level for user in importers.get(each, ())} - set(found)
            distance += 1
        return {self.paths[module]: distance for module, distance in found.items()}

    def has_examples(self, path: str) -> bool:
        """Return whether a file has examples in docstrings."""
        return ">>>" in Path(path).read_text(encoding="utf-8")


def module_of(path: str) -> str:
    """Return the dotted name of the module in a file.

    >>> module_of("keras_seqext/windows/__init__.py"), module_of("datasets/jena.py")
    ('keras_seqext.windows', 'datasets.jena')
    """
    return path.removesuffix(".py").removesuffix("/__init__").replace("/", ".")
