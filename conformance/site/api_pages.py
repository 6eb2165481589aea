"""A page of the site for each module that holds public names, made from their docstrings."""

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
    """The public names of one module: the one that the module is called after comes first.

    Args:
        package: Where users import them from.
        folder: Of the page.
        module: Its name without the package.
        summaries: First line of the documentation by name.
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
    """All pages; what is public is what a package imports `as` itself."""
    pages = []
    for package, folder in PACKAGES.items():
        for module, names in _public(folder / "__init__.py").items():
            source = folder.joinpath(*module.split(".")).with_suffix(".py")
            summaries = _summaries(source)
            group = "testing" if package.endswith("testing") else module.split(".")[0]
            known = {name: line for name, line in summaries.items() if name in names}
            if missing := names - known.keys():
                raise ValueError(f"{source.name} does not define {sorted(missing)}")
            pages.append(ApiPage(package, group, module, known))
    return pages


def on_config(config: Any) -> Any:
    """Puts the pages where the navigation says `API: api`."""
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
    """Adds the pages to those that lie in docs/."""
    pages = api_pages()
    files.append(File.generated(config, "api/index.md", content=_index(pages)))
    for page in pages:
        files.append(File.generated(config, page.path, content=page.markdown))
    return files


def _index(pages: list[ApiPage]) -> str:
    lines = [
        "# API",
        "",
        "Every public name. All of it is made from docstrings, whose examples are run as tests.",
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
    # Names that are loaded when first used are imported for type checkers, below an `if`.
    for node in ast.walk(ast.parse(init.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.level == 1 and node.module:
            found.setdefault(node.module, set()).update(
                alias.name for alias in node.names if alias.name == alias.asname
            )
    return found


def _summaries(source: Path) -> dict[str, str]:
    """The first line of what documents each name that a module defines."""
    body = ast.parse(source.read_text(encoding="utf-8")).body
    found = {}
    for node, after in zip(body, [*body[1:], None], strict=True):
        if isinstance(node, ast.ClassDef | ast.FunctionDef):
            found[node.name] = (ast.get_docstring(node) or "").split("\n\n")[0].replace("\n", " ")
        elif isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
            text = after.value.value if isinstance(after, ast.Expr) else ""
            found[node.targets[0].id] = str(text).split("\n\n")[0].replace("\n", " ")
    return found
