"""Small JSON files that say what they are, and are never half written."""

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
    """Writes `state`; until all of it is on disk, a file already there stays as it was."""
    target = checked_path(path)
    if not target.absolute().parent.is_dir():
        raise FileNotFoundError(
            f"`path` must be a file in a folder that exists. Received: path={str(target)!r}. Make "
            f"the folder {str(target.absolute().parent)!r} first."
        )
    content = {"format": f"keras_seqext.{kind}", "version": version, **state}
    with atomic_write(target) as part:
        part.write_text(json.dumps(content, ensure_ascii=False), encoding="utf-8")


def read_json(
    path: str | os.PathLike[str], kind: str, version: int, build: Callable[[dict[str, Any]], T]
) -> T:
    """Builds an object from what `write_json` wrote; other files are a `ValueError`."""
    file = checked_path(path)
    if not file.is_file():
        raise FileNotFoundError(
            f"`path` must be a file that `save` wrote. Received: path={str(file)!r}, and there is "
            f"no such file (from folder {os.getcwd()!r}). Pass the path of one."
        )
    try:
        content = json.loads(file.read_text(encoding="utf-8"))
    except (ValueError, RecursionError) as error:
        raise ValueError(
            f"`path` {file} is not a JSON file, or only a part of one: {error}. Save it again."
        ) from None
    wanted = f"keras_seqext.{kind}"
    found = content.get("format") if isinstance(content, dict) else None
    if found != wanted:
        raise ValueError(
            f"`path` {path} holds no saved {kind}: its 'format' is {found!r}, expected {wanted!r}. "
            "Pass the path that was given to `save`."
        )
    saved = content.get("version")
    if isinstance(saved, bool) or not isinstance(saved, int) or not 1 <= saved <= version:
        raise ValueError(
            f"`path` {path} is of version {saved!r}; this release reads versions 1 to {version}. "
            "Upgrade keras-seqext, or save the file again with the older one."
        )
    state = {key: value for key, value in content.items() if key not in ("format", "version")}
    try:
        return build(state)
    except KeyError as error:
        raise ValueError(f"`path` {path} is damaged: {error} is missing. Save it again.") from None
    except (TypeError, ValueError) as error:
        raise ValueError(f"`path` {path} is damaged: {error} Save it again.") from None


def checked_path(path: Any) -> Path:
    """`path` as a `Path`."""
    if not isinstance(path, (str, os.PathLike)):
        raise wrong_type("path", path, "the path of a file", "Pass a str or a pathlib.Path.")
    return Path(path)
