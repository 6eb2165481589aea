"""MkDocs hook: an API page for each module with public names, generated from docstrings."""

import ast
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from mkdocs.structure.files import File, Files

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = {
    "keras_seqext": ROOT / "keras_seqext",
    "keras_seqext.testing": ROOT / "keras_seqext/testing",
}


@dataclass
class ApiPage:
    """Public names of one module. The name that matches the module name comes first.

    Args:
        package: Package that users import the names from.
        folder: Folder of the page.
        module: Name of the module without the package.
        summaries: First paragraph of the docstring of each name.
    """

    package: str
    folder: str
    module: str
    summaries: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        stem = self.module.split(".")[-1].replace("_", "")
        named = [name for name in self.summaries if stem in name.replace("_", "").lower()]
        first = min(named or self.summaries, key=lambda name: not name.islower())
        self.summaries = {first: self.summaries[first], **self.summaries}

    @property
    def title(self) -> str:
        return next(iter(self.summaries))

    @property
    def path(self) -> str:
        return f"api/{self.folder}/{self.title}.md"

    @property
    def markdown(self) -> str:
        blocks = "\n\n".join(f"::: {self.package}.{name}" for name in self.summaries)
        return f"---\ntitle: {self.title}\n---\n\n{blocks}\n"


def api_pages() -> list[ApiPage]:
    """Return all API pages. A name is public if its package imports it `as` itself."""
    pages = []
    for package, folder in PACKAGES.items():
        for module, names in _public(folder / "__init__.py").items():
            source = folder.joinpath(*module.split(".")).with_suffix(".py")
            summaries = _summaries(source)
            group = "testing" if package.endswith("testing") else module.split(".")[0]
            public = {name: line for name, line in summaries.items() if name in names}
            if missing := names - public.keys():
                raise ValueError(f"{source.name} does not define {sorted(missing)}")
            pages.append(ApiPage(package, group, module, public))
    return pages


def on_config(config: Any) -> Any:
    """Replace the navigation entry `API: api` by the API pages."""
    groups: dict[str, list[dict[str, str]]] = {}
    for page in api_pages():
        groups.setdefault(page.folder, []).append({page.title: page.path})
    for entry in config.nav:
        if entry.get("API") == "api":
            entry["API"] = [
                "api/index.md",
                *({key.capitalize(): group} for key, group in groups.items()),
            ]
    return config


def on_files(files: Files, config: Any) -> Files:
    """Add the API pages to the files in docs/."""
    pages = api_pages()
    files.append(File.generated(config, "api/index.md", content=_index(pages)))
    for page in pages:
        files.append(File.generated(config, page.path, content=page.markdown))
    return files


def _index(pages: list[ApiPage]) -> str:
    lines = [
        "# API",
        "",
        "All public names. The pages are generated from docstrings, whose examples run as tests.",
        "",
    ]
    for group in dict.fromkeys(page.folder for page in pages):
        lines += [f"## {group.capitalize()}", "", "| name | |", "|---|---|"]
        for page in pages:
            if page.folder == group:
                lines += [
                    f"| [`{name}`][{page.package}.{name}] | {summary} |"
                    for name, summary in page.summaries.items()
                ]
        lines.append("")
    return "\n".join(lines)


def _public(init: Path) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    # Names that are loaded lazily are imported inside `if TYPE_CHECKING`: walk the whole tree.
    for node in ast.walk(ast.parse(init.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.level == 1 and node.module:
            names = {alias.name for alias in node.names if alias.name == alias.asname}
            # Imports without `as` are for the package itself, such as that of `_common`.
            if names:
                found.setdefault(node.module, set()).update(names)
    return found


def _summaries(source: Path) -> dict[str, str]:
    """Return the first paragraph of the documentation of each name that a module defines.

    An assignment is documented by the string literal after it.
    """
    body = ast.parse(source.read_text(encoding="utf-8")).body
    found = {}
    for node, after in zip(body, [*body[1:], None], strict=True):
        if isinstance(node, ast.ClassDef | ast.FunctionDef):
            found[node.name] = (ast.get_docstring(node) or "").split("\n\n")[0].replace("\n", " ")
        elif isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
            text = after.value.value if isinstance(after, ast.Expr) else ""
            found[node.targets[0].id] = str(text).split("\n\n")[0].replace("\n", " ")
    return found
