"""The registry is complete, and invalid entries are refused by name."""

import hashlib
import tomllib
from pathlib import Path

import pytest

from datasets._files import registry
from datasets._files.file_search import locate
from datasets._files.registry import REGISTRY, entry, parse

pytestmark = pytest.mark.backend_free

GOOD = tomllib.loads(REGISTRY.read_text(encoding="utf-8"))["imdb_raw"]


def as_toml(**changes: object) -> str:
    table = {key: value for key, value in {**GOOD, **changes}.items() if value is not ...}
    lines = []
    for key, value in table.items():
        if isinstance(value, str):
            value = f'"{value}"'
        lines.append(f"{key} = {str(value).lower() if isinstance(value, bool) else value}")
    return "\n".join(["[some]", *lines])


def test_names_of_all_entries() -> None:
    assert set(registry.registry()) == {
        "weather",
        "jena_climate_2009_2016",
        "jena_station",
        "glove_6b",
        "imdb_raw",
        "imdb_ids",
    }
    assert entry("imdb_raw").bytes == 84_125_825


def test_unverified_hashes_are_empty() -> None:
    known = {name for name, found in registry.registry().items() if found.sha256}
    assert known == {"weather", "imdb_ids"}  # the latter is the hash in Keras


def test_weather_hash_equals_the_package_file() -> None:
    located = locate("weather")
    if not located.place.startswith("the package"):
        pytest.skip("another weather.csv is found before that of the package")
    raw = located.paths[0].read_bytes()
    assert hashlib.sha256(raw).hexdigest() == entry("weather").sha256
    assert len(raw) == entry("weather").bytes


def test_placeholders_are_filled_in() -> None:
    filled = entry("glove_6b").fill_in(dimension="50")
    assert "glove.6B.50d.txt" in filled.files
    assert filled.stand_ins[0] == "glove.6B.50d.head.zip"
    assert not any("{" in name for name in (*filled.files, *filled.stand_ins, filled.url))


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"licence": ...}, r"\[some\] has missing or unknown fields: licence"),
        ({"colour": "red"}, "missing or unknown fields: colour"),
        ({"files": "aclImdb.tar.gz"}, "files must be a list of file names"),
        ({"files": []}, "files must be at least one file name"),
        ({"title": 3}, "title must be a string"),
        ({"citation": ""}, "citation must be a non-empty string"),
        ({"bytes": -1}, "bytes must be the size in bytes"),
        ({"bytes": True}, "bytes must be the size in bytes"),
        ({"sha256": "c40f"}, "sha256 must be 64 lower-case hexadecimal digits"),
        ({"sha256": "C" * 64}, "sha256 must be 64 lower-case"),
        ({"url": ""}, "download must be given if and only if `url` is"),
        ({"url": "http://example.org/x"}, "url must be an https address"),
        ({"download": "other.tar.gz"}, "download must be one of `files`"),
        ({"package": "p"}, "package_file must be given if and only if `package` is"),
    ],
)
def test_invalid_entries_are_refused(changes: dict[str, object], message: str) -> None:
    parse(as_toml())
    with pytest.raises(ValueError, match=message):
        parse(as_toml(**changes))


def test_registry_is_next_to_the_loaders() -> None:
    assert Path(REGISTRY).parent.name == "datasets"
