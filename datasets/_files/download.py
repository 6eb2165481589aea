"""Files from the network, kept in the Keras cache only when they are whole."""

import hashlib
import http.client
import os
import tempfile
import time
import urllib.error
import urllib.request
import zipfile
from pathlib import Path

from keras_seqext._common.atomic_write import SkipWrite, atomic_write

from .registry import Entry

# Without it, a host that accepts and then says nothing would hold the caller for ever.
SILENCE = 30.0
# Seconds before a second and a third try.
PAUSES = (1.0, 4.0)


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

    It is downloaded under another name and renamed when size, hash and format are right, so a
    killed or cut download never looks like the file. A server that is busy, silent or breaks
    off is asked again. Of several processes one downloads, and the others wait for its file.
    Where the registry knows no hash, the one found is written beside the file in the format
    of `sha256sum`.

    Raises:
        OSError: the download failed or gave another file than expected; the message has the
            address, what came and what to do.
    """
    path = cache_folder() / entry.download
    before = _stamp(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    with atomic_write(path) as part:
        # While this process waited its turn, another one may have brought the file.
        if _stamp(path) != before and cached(entry)[0]:
            raise SkipWrite
        _download(entry, part)
        wrong = _fault(part, entry.bytes, entry.sha256, entry.download)
        if wrong:
            raise OSError(
                f"{entry.url} gave another file: {wrong}. Open the address in a browser: has "
                "the file moved, or must one log in?"
            )
        if not entry.sha256:
            with atomic_write(_record(path)) as record:
                record.write_text(f"{sha256(part)}  {path.name}\n")
    return path


def _stamp(path: Path) -> tuple[int, int] | None:
    if not path.exists():
        return None
    status = path.stat()
    return status.st_ino, status.st_mtime_ns


def _download(entry: Entry, part: Path) -> None:
    """Tries a few times where another try may help."""
    for pause in (*PAUSES, None):
        try:
            return _copy(entry.url, part)
        except (OSError, http.client.HTTPException) as error:
            if isinstance(error, urllib.error.HTTPError):
                error.close()
            if pause is None or not _may_pass(error):
                raise OSError(_told(entry.url, error)) from error
            time.sleep(pause)


def _copy(url: str, part: Path) -> None:
    # Not keras.utils.get_file: when a download fails it removes the file, and our lock with it.
    import keras

    with urllib.request.urlopen(url, timeout=SILENCE) as answer, part.open("wb") as file:
        if url.startswith("https:") and not answer.url.startswith("https:"):
            raise OSError(f"it leads to {answer.url}, which is not encrypted")
        promised = int(answer.headers.get("Content-Length") or 0) or None
        print(f"Downloading data from {url}")
        progress, done = keras.utils.Progbar(promised, unit_name="byte"), 0
        while piece := answer.read(1 << 20):
            file.write(piece)
            done += len(piece)
            progress.update(done, finalize=done == promised)
    if promised and done < promised:
        raise http.client.IncompleteRead(b"", promised - done)


def _may_pass(error: Exception) -> bool:
    if isinstance(error, urllib.error.HTTPError):
        return error.code in (408, 429) or error.code >= 500
    cause = error.reason if isinstance(error, urllib.error.URLError) else error
    return isinstance(cause, http.client.HTTPException | TimeoutError | ConnectionError)


def _told(url: str, error: Exception) -> str:
    """The address, what came from it, and what to do."""
    if isinstance(error, urllib.error.HTTPError):
        said = f"{url} answered {error.code} {str(error.reason).splitlines()[0]}"
        if error.code < 400:
            return f"{said}: it leads round in circles. Look for the file's new address."
        again = "Try again later." if _may_pass(error) else "Look for the file's new address."
        return f"{said}. {again}"
    cause = error.reason if isinstance(error, urllib.error.URLError) else error
    if isinstance(cause, TimeoutError):
        return f"{url} said nothing for {SILENCE:g} seconds. Try again later."
    if isinstance(cause, http.client.IncompleteRead):
        return f"{url} broke off: {cause.expected:,} bytes are missing. Try again."
    return f"{url} could not be read: {cause}. Is there a network, and no proxy in between?"


def sha256(path: Path) -> str:
    """The hash of a file, read in pieces."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _record(path: Path) -> Path:
    return path.with_name(f"{path.name}.sha256")


def _fault(path: Path, size: int, known: str, name: str = "") -> str:
    """What is wrong with a file that should have `size` bytes and the hash `known`."""
    found = path.stat().st_size
    with path.open("rb") as file:
        head = file.read(512)
    if head.lstrip()[:1] == b"<" and b"html" in head.lower():
        return f"it is a web page that begins with {head[:60]!r}"
    if size and found != size:
        return f"it has {found:,} bytes, not {size:,}"
    if (name or path.name).endswith((".zip", ".npz")) and not zipfile.is_zipfile(path):
        return "it is no zip file, or a part of one"
    if known and sha256(path) != known:
        return f"its SHA-256 is not {known}"
    return ""
