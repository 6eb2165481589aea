"""Reading and validation of `registry.toml`."""

import re
import tomllib
from dataclasses import dataclass, fields
from functools import cache
from pathlib import Path
from typing import Any

from keras_seqext._common.choices import checked_choice

REGISTRY = Path(__file__).parents[1] / "registry.toml"


@dataclass(frozen=True)
class Entry:
    """A data set: its file names, source and licence. See `registry.toml`."""

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
        """Return this entry with `{name}` replaced in every file name and in the URL."""
        values = {field.name: getattr(self, field.name) for field in fields(self)}
        for key in ("files", "stand_ins"):
            values[key] = tuple(text.format(**braces) for text in values[key])
        for key in ("download", "url"):
            values[key] = values[key].format(**braces)
        return Entry(**values)


def parse(text: str, origin: str = "registry.toml") -> dict[str, Entry]:
    """Return all entries of a registry. Errors name the entry and the invalid field."""
    entries = {}
    try:
        tables = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise ValueError(f"{origin} is not a complete TOML file: {error}.") from None
    for name, table in tables.items():
        expected = {field.name for field in fields(Entry) if field.name != "name"}
        if not isinstance(table, dict) or set(table) != expected:
            found = set(table) if isinstance(table, dict) else set()
            fields_at_fault = ", ".join(sorted(expected ^ found))
            raise ValueError(
                f"{origin}: [{name}] has missing or unknown fields: {fields_at_fault}."
            )
        entries[name] = _check_entry(name, table, origin)
    return entries


def _check_entry(name: str, table: dict[str, Any], origin: str) -> Entry:
    def invalid(key: str, expected: str) -> ValueError:
        return ValueError(f"{origin}: [{name}] {key} must be {expected}. Received: {table[key]!r}.")

    for key in ("files", "stand_ins"):
        value = table[key]
        if not isinstance(value, list) or not all(isinstance(text, str) for text in value):
            raise invalid(key, "a list of file names")
    if not table["files"]:
        raise invalid("files", "at least one file name")
    texts = ("title", "package", "package_file", "download", "url", "sha256", "licence", "citation")
    for key in texts:
        if not isinstance(table[key], str):
            raise invalid(key, "a string")
    for key in ("title", "licence", "citation"):
        if not table[key]:
            raise invalid(key, "a non-empty string")
    size = table["bytes"]
    if isinstance(size, bool) or not isinstance(size, int) or size < 0:
        raise invalid("bytes", "the size in bytes, or 0 if unknown")
    if not re.fullmatch(r"([0-9a-f]{64})?", table["sha256"]):
        raise invalid("sha256", "64 lower-case hexadecimal digits, or empty if unverified")
    if bool(table["url"]) != bool(table["download"]):
        raise invalid("download", "given if and only if `url` is")
    if table["url"] and not table["url"].startswith("https://"):
        raise invalid("url", "an https address")
    if table["download"] and table["download"] not in table["files"]:
        raise invalid("download", "one of `files`")
    if bool(table["package"]) != bool(table["package_file"]):
        raise invalid("package_file", "given if and only if `package` is")
    lists = {key: tuple(table[key]) for key in ("files", "stand_ins")}
    return Entry(**{"name": name, **table, **lists})


@cache
def registry() -> dict[str, Entry]:
    """Return the registry of this checkout."""
    return parse(REGISTRY.read_text(encoding="utf-8"))


def entry(name: str) -> Entry:
    """Return the entry of a data set."""
    checked_choice("name", name, sorted(registry()))
    return registry()[name]
