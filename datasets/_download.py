"""Files from the network, kept in the Keras cache only when they are whole."""

import hashlib
import os
import socket
import tempfile
import zipfile
from pathlib import Path

from ._registry import Entry

# Without one, a host that accepts and then says nothing would hold the caller for ever.
SILENCE = 30.0


def cache_folder() -> Path:
    """Where Keras keeps data sets: `$KERAS_HOME` or `~/.keras`, or the temporary folder."""
    base = Path(os.environ.get("KERAS_HOME") or "~/.keras").expanduser()
    try:
        base.mkdir(parents=True, exist_ok=True)
    except OSError:
        pass
    if not os.access(base, os.W_OK):
        base = Path(tempfile.gettempdir()) / ".keras"
    return base / "datasets"


def cached(entry: Entry) -> tuple[Path | None, str]:
    """The file of `entry` in the cache, or None, and what was found there in words."""
    path = cache_folder() / entry.download
    if not path.is_file():
        return None, str(path)
    record = _record(path)
    known = entry.sha256 or (record.read_text().split()[0] if record.is_file() else "")
    wrong = _fault(path, entry.bytes, known)
    return (None, f"{path} is not used: {wrong}") if wrong else (path, str(path))


def fetch(entry: Entry) -> Path:
    """Downloads the file of `entry` into the cache, with a progress bar.

    It is downloaded under another name and renamed when size, hash and format are right, so
    an interrupted or cut download never looks like the file. Where the registry knows no hash,
    the one found is written beside the file in the format of `sha256sum`.

    Raises:
        OSError: the download failed or gave another file than expected.
    """
    import keras

    folder = cache_folder()
    path = folder / entry.download
    part = folder / f"part-{os.getpid()}-{entry.download}"
    before = socket.getdefaulttimeout()
    socket.setdefaulttimeout(SILENCE)
    try:
        keras.utils.get_file(
            fname=part.name,
            origin=entry.url,
            cache_dir=str(folder.parent),
            cache_subdir=folder.name,
            force_download=True,
        )
        wrong = _fault(part, entry.bytes, entry.sha256)
        if wrong:
            raise OSError(f"{entry.url} gave another file: {wrong}")
        if not entry.sha256:
            _record(path).write_text(f"{sha256(part)}  {path.name}\n")
        os.replace(part, path)
    except OSError:
        raise
    except Exception as error:  # keras.utils.get_file raises a bare Exception for HTTP errors
        raise OSError(str(error)) from error
    finally:
        socket.setdefaulttimeout(before)
        part.unlink(missing_ok=True)
    return path


def sha256(path: Path) -> str:
    """The hash of a file, read in pieces."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _record(path: Path) -> Path:
    return path.with_name(f"{path.name}.sha256")


def _fault(path: Path, size: int, known: str) -> str:
    found = path.stat().st_size
    if size and found != size:
        return f"it has {found:,} bytes, not {size:,}"
    if path.suffix == ".zip" and not zipfile.is_zipfile(path):
        return "it is no zip file, or a part of one"
    if known and sha256(path) != known:
        return f"its SHA-256 is not {known}"
    return ""
