"""JSON files with a format name and a version, written atomically."""

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

from keras_seqext._common.atomic_write import atomic_write
from keras_seqext._common.validation import wrong_type

T = TypeVar("T")


def write_json(
    path: str | os.PathLike[str], kind: str, version: int, state: dict[str, Any]
) -> None:
    """Write `state` atomically: an existing file is replaced once all data is on disk."""
    target = checked_path(path)
    if not target.absolute().parent.is_dir():
        raise FileNotFoundError(
            f"`path` must be a file in an existing folder. Received: path={str(target)!r}. Create "
            f"the folder {str(target.absolute().parent)!r} first."
        )
    content = {"format": f"keras_seqext.{kind}", "version": version, **state}
    with atomic_write(target) as part:
        part.write_text(json.dumps(content, ensure_ascii=False), encoding="utf-8")


def read_json(
    path: str | os.PathLike[str], kind: str, version: int, build: Callable[[dict[str, Any]], T]
) -> T:
    """Create an object from a file of `write_json`; raise a `ValueError` for other files."""
    file = checked_path(path)
    if not file.is_file():
        raise FileNotFoundError(
            f"`path` must be a file written by `save`. Received: path={str(file)!r}, but there is "
            f"no such file (working directory: {os.getcwd()!r}). Pass the path of an existing file."
        )
    try:
        content = json.loads(file.read_text(encoding="utf-8"))
    except (ValueError, RecursionError) as error:
        raise ValueError(
            f"`path` {file} is not a JSON file, or is truncated: {error}. Save it again."
        ) from None
    expected = f"keras_seqext.{kind}"
    found = content.get("format") if isinstance(content, dict) else None
    if found != expected:
        raise ValueError(
            f"`path` {path} is not a saved {kind}: its 'format' is {found!r}, expected "
            f"{expected!r}. Pass the path that was passed to `save`."
        )
    saved = content.get("version")
    if isinstance(saved, bool) or not isinstance(saved, int) or not 1 <= saved <= version:
        raise ValueError(
            f"`path` {path} has version {saved!r}; this release reads versions 1 to {version}. "
            "Upgrade keras-seqext, or save the file again with this release."
        )
    state = {key: value for key, value in content.items() if key not in ("format", "version")}
    try:
        return build(state)
    except KeyError as error:
        raise ValueError(f"`path` {path} is damaged: {error} is missing. Save it again.") from None
    except (TypeError, ValueError) as error:
        raise ValueError(f"`path` {path} is damaged: {error} Save it again.") from None


def checked_path(path: Any) -> Path:
    """Return `path` as a `Path`."""
    if not isinstance(path, (str, os.PathLike)):
        raise wrong_type("path", path, "the path of a file", "Pass a str or a pathlib.Path.")
    return Path(path)
