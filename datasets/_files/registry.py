"""`registry.toml`, read and checked."""

import re
import tomllib
from dataclasses import dataclass, fields
from functools import cache
from pathlib import Path
from typing import Any

from .validation import check_choice

REGISTRY = Path(__file__).parents[1] / "registry.toml"


@dataclass(frozen=True)
class Entry:
    """One data set: its names, its source and its licence. See `registry.toml`."""

    name: str
    title: str
    files: tuple[str, ...]
    stand_ins: tuple[str, ...]
    package: str
    package_file: str
    download: str
    url: str
    sha256: str
    bytes: int
    licence: str
    citation: str

    def fill_in(self, **braces: str) -> "Entry":
        """This entry with `{name}` replaced in every file name and in the URL."""
        values = {field.name: getattr(self, field.name) for field in fields(self)}
        for key in ("files", "stand_ins"):
            values[key] = tuple(text.format(**braces) for text in values[key])
        for key in ("download", "url"):
            values[key] = values[key].format(**braces)
        return Entry(**values)


def parse(text: str, origin: str = "registry.toml") -> dict[str, Entry]:
    """All entries of a registry; an error names the entry and the field that is wrong."""
    entries = {}
    try:
        tables = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise ValueError(f"{origin} is no TOML file, or only a part of one: {error}.") from None
    for name, table in tables.items():
        wanted = {field.name: field.type for field in fields(Entry) if field.name != "name"}
        if not isinstance(table, dict) or set(table) != set(wanted):
            odd = sorted(set(wanted) ^ set(table)) if isinstance(table, dict) else sorted(wanted)
            raise ValueError(f"{origin}: [{name}] misses, or should not have: {', '.join(odd)}.")
        entries[name] = _checked(name, table, origin)
    return entries


def _checked(name: str, table: dict[str, Any], origin: str) -> Entry:
    def refuse(key: str, expected: str) -> ValueError:
        return ValueError(f"{origin}: [{name}] {key} must be {expected}. Received: {table[key]!r}.")

    for key in ("files", "stand_ins"):
        value = table[key]
        if not isinstance(value, list) or not all(isinstance(text, str) for text in value):
            raise refuse(key, "a list of file names")
    if not table["files"]:
        raise refuse("files", "at least one file name")
    texts = ("title", "package", "package_file", "download", "url", "sha256", "licence", "citation")
    for key in texts:
        if not isinstance(table[key], str):
            raise refuse(key, "a string")
    for key in ("title", "licence", "citation"):
        if not table[key]:
            raise refuse(key, "a non-empty string")
    size = table["bytes"]
    if isinstance(size, bool) or not isinstance(size, int) or size < 0:
        raise refuse("bytes", "the size in bytes, 0 where it is unknown")
    if not re.fullmatch(r"([0-9a-f]{64})?", table["sha256"]):
        raise refuse("sha256", "64 lower-case hexadecimal digits, or empty where unverified")
    if bool(table["url"]) != bool(table["download"]):
        raise refuse("download", "given exactly when `url` is")
    if table["url"] and not table["url"].startswith("https://"):
        raise refuse("url", "an https address")
    if table["download"] and table["download"] not in table["files"]:
        raise refuse("download", "one of `files`")
    if bool(table["package"]) != bool(table["package_file"]):
        raise refuse("package_file", "given exactly when `package` is")
    lists = {key: tuple(table[key]) for key in ("files", "stand_ins")}
    return Entry(**{"name": name, **table, **lists})


@cache
def registry() -> dict[str, Entry]:
    """The registry of this checkout."""
    return parse(REGISTRY.read_text(encoding="utf-8"))


def entry(name: str) -> Entry:
    """One data set by its name."""
    check_choice("name", name, sorted(registry()))
    return registry()[name]
