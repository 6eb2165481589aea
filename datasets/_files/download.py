"""Downloads to the Keras cache that store complete, verified files only."""

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

# Seconds without data until a connection is given up. Without a timeout, a host that accepts the
# connection and sends nothing would block the caller forever.
TIMEOUT = 30.0
# Seconds to wait before the second and the third attempt.
RETRY_DELAYS = (1.0, 4.0)


def cache_folder() -> Path:
    """Return the data set cache of Keras, in `$KERAS_HOME`, `~/.keras` or the temporary folder."""
    base = Path(os.environ.get("KERAS_HOME") or "~/.keras").expanduser()
    try:
        base.mkdir(parents=True, exist_ok=True)
    except OSError:
        pass
    if not os.access(base, os.W_OK):
        base = Path(tempfile.gettempdir()) / ".keras"
    return base / "datasets"


def cached(entry: Entry) -> tuple[Path | None, str]:
    """Return the cached file of `entry` or None, and a description of what was found."""
    path = cache_folder() / entry.download
    if not path.is_file():
        return None, str(path)
    record = _hash_file(path)
    expected = entry.sha256 or (record.read_text().split()[0] if record.is_file() else "")
    defect = _find_defect(path, entry.bytes, expected)
    return (None, f"{path} is not used: {defect}") if defect else (path, str(path))


def fetch(entry: Entry) -> Path:
    """Download the file of `entry` to the cache and show a progress bar.

    The data is written to a temporary name and renamed after size, hash and format have been
    checked, so an interrupted download is never taken for the file. Requests are repeated if the
    server is busy, does not respond or closes the connection. Of several processes one
    downloads; the others wait for its file. If the registry has no hash, the computed hash is
    stored next to the file in the format of `sha256sum`.

    Raises:
        OSError: If the download fails or returns an unexpected file. The message names the
            address, the response and the remedy.
    """
    path = cache_folder() / entry.download
    before = _file_identity(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    with atomic_write(path) as part:
        # Another process may have stored the file while this one waited for the lock.
        if _file_identity(path) != before and cached(entry)[0]:
            raise SkipWrite
        _download(entry, part)
        defect = _find_defect(part, entry.bytes, entry.sha256, entry.download)
        if defect:
            raise OSError(
                f"{entry.url} returned an unexpected file: {defect}. Open the address in a browser "
                "to see whether the file has moved or needs a login."
            )
        if not entry.sha256:
            with atomic_write(_hash_file(path)) as record:
                record.write_text(f"{sha256(part)}  {path.name}\n")
    return path


def _file_identity(path: Path) -> tuple[int, int] | None:
    if not path.exists():
        return None
    status = path.stat()
    return status.st_ino, status.st_mtime_ns


def _download(entry: Entry, part: Path) -> None:
    """Download a file, and retry after errors that may be temporary."""
    for delay in (*RETRY_DELAYS, None):
        try:
            return _copy(entry.url, part)
        except (OSError, http.client.HTTPException) as error:
            if isinstance(error, urllib.error.HTTPError):
                error.close()
            if delay is None or not _is_temporary(error):
                raise OSError(_describe_failure(entry.url, error)) from error
            time.sleep(delay)


def _copy(url: str, part: Path) -> None:
    # `keras.utils.get_file` removes the file if a download fails, and with it the lock of
    # `atomic_write`, which is held on that file.
    import keras

    with urllib.request.urlopen(url, timeout=TIMEOUT) as response, part.open("wb") as file:
        if url.startswith("https:") and not response.url.startswith("https:"):
            raise OSError(f"it redirects to {response.url}, which is not encrypted")
        expected = int(response.headers.get("Content-Length") or 0) or None
        print(f"Downloading data from {url}")
        progress, done = keras.utils.Progbar(expected, unit_name="byte"), 0
        while chunk := response.read(1 << 20):
            file.write(chunk)
            done += len(chunk)
            progress.update(done, finalize=done == expected)
    if expected and done < expected:
        raise http.client.IncompleteRead(b"", expected - done)


def _is_temporary(error: Exception) -> bool:
    if isinstance(error, urllib.error.HTTPError):
        return error.code in (408, 429) or error.code >= 500
    cause = error.reason if isinstance(error, urllib.error.URLError) else error
    return isinstance(cause, http.client.HTTPException | TimeoutError | ConnectionError)


def _describe_failure(url: str, error: Exception) -> str:
    """Return a message with the address, the response and the remedy."""
    if isinstance(error, urllib.error.HTTPError):
        response = f"{url} returned {error.code} {str(error.reason).splitlines()[0]}"
        if error.code < 400:
            return f"{response}: too many redirects. Look for the file's new address."
        remedy = "Try again later." if _is_temporary(error) else "Look for the file's new address."
        return f"{response}. {remedy}"
    cause = error.reason if isinstance(error, urllib.error.URLError) else error
    if isinstance(cause, TimeoutError):
        return f"{url} sent no data for {TIMEOUT:g} seconds. Try again later."
    if isinstance(cause, http.client.IncompleteRead):
        return f"{url} closed the connection: {cause.expected:,} bytes are missing. Try again."
    return f"{url} could not be read: {cause}. Check the network connection and the proxy settings."


def sha256(path: Path) -> str:
    """Return the SHA-256 of a file, read in chunks."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _hash_file(path: Path) -> Path:
    return path.with_name(f"{path.name}.sha256")


def _find_defect(path: Path, size: int, expected_hash: str, name: str = "") -> str:
    """Return how a file differs from the expected size, format or hash, or an empty string."""
    found = path.stat().st_size
    with path.open("rb") as file:
        head = file.read(512)
    if head.lstrip()[:1] == b"<" and b"html" in head.lower():
        return f"it is a web page that begins with {head[:60]!r}"
    if size and found != size:
        return f"it has {found:,} bytes, not {size:,}"
    if (name or path.name).endswith((".zip", ".npz")) and not zipfile.is_zipfile(path):
        return "it is not a complete zip file"
    if expected_hash and sha256(path) != expected_hash:
        return f"its SHA-256 is not {expected_hash}"
    return ""
