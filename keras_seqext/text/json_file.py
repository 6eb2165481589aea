"""Small JSON files that say what they are, and are never half written."""

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

from .._whole_file import whole_file

T = TypeVar("T")


def write_json(
    path: str | os.PathLike[str], kind: str, version: int, state: dict[str, Any]
) -> None:
    """Writes `state`; until all of it is on disk, a file already there stays as it was."""
    content = {"format": f"keras_seqext.{kind}", "version": version, **state}
    with whole_file(path) as part:
        part.write_text(json.dumps(content, ensure_ascii=False), encoding="utf-8")


def read_json(
    path: str | os.PathLike[str], kind: str, version: int, build: Callable[[dict[str, Any]], T]
) -> T:
    """Builds an object from what `write_json` wrote; other files are a `ValueError`."""
    try:
        content = json.loads(Path(path).read_text(encoding="utf-8"))
    except (ValueError, RecursionError) as error:
        raise ValueError(f"{path} is not a JSON file, or only a part of one: {error}.") from None
    wanted = f"keras_seqext.{kind}"
    found = content.get("format") if isinstance(content, dict) else None
    if found != wanted:
        raise ValueError(
            f"{path} holds no saved {kind}: its 'format' is {found!r}, expected {wanted!r}."
        )
    saved = content.get("version")
    if isinstance(saved, bool) or not isinstance(saved, int) or not 1 <= saved <= version:
        raise ValueError(
            f"{path} is of version {saved!r}; this release reads versions 1 to {version}. "
            "Upgrade keras-seqext, or save the file again with the older one."
        )
    state = {key: value for key, value in content.items() if key not in ("format", "version")}
    try:
        return build(state)
    except KeyError as error:
        raise ValueError(f"{path} is damaged: {error} is missing.") from None
    except (TypeError, ValueError) as error:
        raise ValueError(f"{path} is damaged: {error}") from None
