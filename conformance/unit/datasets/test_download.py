"""Downloads from a local server: complete, truncated, missing or changed files."""

import hashlib
import io
import socket
import threading
import time
import urllib.request
import zipfile
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from datasets import locate
from datasets._files import download, file_search
from datasets._files.download import cache_folder, fetch, sha256
from datasets._files.registry import Entry, entry

pytestmark = pytest.mark.backend_free


def zip_bytes(text: bytes) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("jena_climate_2009_2016.csv", text)
    return file.getvalue()


GOOD = zip_bytes(b"Date Time,T (degC)\n01.01.2009 00:10:00,-8\n" * 50)
OTHER = zip_bytes(b"Date Time,T (degC)\n01.01.2009 00:10:00,-9\n" * 50)
NAME = "jena_climate_2009_2016.csv.zip"


HTML = b"<!DOCTYPE html>\n<html><head><title>Please log in</title></head></html>"


class Handler(BaseHTTPRequestHandler):
    """Handler whose response depends on the path."""

    visits: Counter[str] = Counter()

    def do_GET(self) -> None:
        Handler.visits[self.path] += 1
        first = Handler.visits[self.path] == 1
        if self.path in ("/busy-once", "/busy") and (first or self.path == "/busy"):
            self.send_error(500 if first else 503)
        elif self.path.startswith("/moved"):
            self.send_response(302)
            self.send_header("Location", {"/moved": "/good"}.get(self.path, "/moved-in-a-circle"))
            self.end_headers()
        elif self.path == "/refused":
            self.send_error(403)
        else:
            self.answer(first)

    def answer(self, first: bool) -> None:
        body, length = {
            "/good": (GOOD, len(GOOD)),
            "/busy-once": (GOOD, len(GOOD)),
            "/other": (OTHER, len(OTHER)),
            "/cut": (GOOD[:100], len(GOOD)),
            "/cut-once": (GOOD[:100] if first else GOOD, len(GOOD)),
            "/cut-unsaid": (GOOD[:100], None),
            "/understated": (GOOD, 100),
            "/stalls": (GOOD[:100], len(GOOD)),
            "/stalls-once": (GOOD[:100] if first else GOOD, len(GOOD)),
            "/login": (HTML, len(HTML)),
        }.get(self.path, (None, None))
        if body is None:
            self.send_error(404, "Not Found")
            return
        self.send_response(200)
        if length is not None:
            self.send_header("Content-Length", str(length))
        self.end_headers()
        self.wfile.write(body)
        if self.path.startswith("/stalls") and len(body) < len(GOOD):
            self.wfile.flush()
            time.sleep(1.0)

    def log_message(self, *arguments: object) -> None:
        pass


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as running:
        thread = threading.Thread(target=running.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{running.server_address[1]}"
        running.shutdown()
        thread.join()


@pytest.fixture
def wanted(nowhere: Path, monkeypatch: pytest.MonkeyPatch, server: str) -> Entry:
    """Return the registry entry of Jena with this server as its source."""
    for variable in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.delenv(variable, raising=False)
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    monkeypatch.setattr(download, "RETRY_DELAYS", (0.0, 0.0))
    monkeypatch.setattr(download, "TIMEOUT", 0.3)
    Handler.visits.clear()
    return replace(
        entry("jena_climate_2009_2016"), url=f"{server}/good", bytes=len(GOOD), sha256=""
    )


def at(wanted: Entry, path: str, **changes: object) -> Entry:
    return replace(wanted, url=f"{wanted.url.rsplit('/', 1)[0]}{path}", **changes)


def cached_files() -> list[str]:
    folder = cache_folder()
    return sorted(path.name for path in folder.iterdir()) if folder.is_dir() else []


def test_complete_download_is_stored_with_its_hash(wanted: Entry) -> None:
    path = fetch(wanted)
    assert path == cache_folder() / NAME
    assert path.read_bytes() == GOOD
    assert cached_files() == [NAME, f"{NAME}.sha256"]
    recorded = path.with_name(f"{NAME}.sha256").read_text()
    assert recorded == f"{hashlib.sha256(GOOD).hexdigest()}  {NAME}\n"


def test_known_hash_is_checked_and_not_stored(wanted: Entry) -> None:
    fetch(replace(wanted, sha256=hashlib.sha256(GOOD).hexdigest()))
    assert cached_files() == [NAME]
    cache_folder().joinpath(NAME).unlink()
    with pytest.raises(OSError, match="returned an unexpected file: its SHA-256 is not 0000"):
        fetch(replace(wanted, sha256="0" * 64))
    assert cached_files() == []


@pytest.mark.parametrize(
    ("path", "size", "message", "tries"),
    [
        (
            "/cut",
            len(GOOD),
            f"closed the connection: {len(GOOD) - 100:,} bytes are missing. Try again",
            3,
        ),
        ("/cut-unsaid", len(GOOD), f"it has 100 bytes, not {len(GOOD):,}", 1),
        ("/cut-unsaid", 0, "it is not a complete zip file", 1),
        ("/understated", len(GOOD), f"it has 100 bytes, not {len(GOOD):,}", 1),
        ("/understated", 0, "it is not a complete zip file", 1),
        ("/stalls", len(GOOD), "sent no data for 0.3 seconds. Try again later", 3),
        (
            "/login",
            0,
            "a web page that begins with .*<html>.* the file has moved or needs a login",
            1,
        ),
        ("/moved-in-a-circle", 0, "returned 302 .* too many redirects. Look for", None),
        ("/busy", 0, "returned 503 Service Unavailable. Try again later", 3),
        ("/refused", 0, "returned 403 Forbidden. Look for the file's new address", 1),
        ("/nothing-here", len(GOOD), "returned 404 Not Found. Look for the file's new address", 1),
    ],
)
def test_failed_download_reports_the_response_and_leaves_no_file(
    wanted: Entry, path: str, size: int, message: str, tries: int | None
) -> None:
    with pytest.raises(OSError, match=message) as error:
        fetch(at(wanted, path, bytes=size))
    assert str(error.value).startswith(at(wanted, path).url)
    assert tries in (None, Handler.visits[path])
    assert cached_files() == []


@pytest.mark.parametrize("path", ["/busy-once", "/cut-once", "/stalls-once", "/moved"])
def test_temporary_error_is_retried(wanted: Entry, path: str) -> None:
    assert fetch(at(wanted, path)).read_bytes() == GOOD
    assert Handler.visits[path] == (1 if path == "/moved" else 2)


def test_unreachable_server(wanted: Entry) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        url = f"http://127.0.0.1:{free.getsockname()[1]}/x"
    with pytest.raises(
        OSError, match=f"{url} could not be read: .*refused.* Check the network connection"
    ):
        fetch(replace(wanted, url=url))
    assert cached_files() == []


def test_redirect_to_plain_http_is_refused(wanted: Entry, monkeypatch: pytest.MonkeyPatch) -> None:
    secure = wanted.url.replace("http:", "https:")
    opened = urllib.request.urlopen
    monkeypatch.setattr(download.urllib.request, "urlopen", lambda url, timeout: opened(wanted.url))
    with pytest.raises(OSError, match="redirects to http://127.0.0.1.*, which is not encrypted"):
        fetch(replace(wanted, url=secure))


def test_concurrent_requests_download_once(wanted: Entry, monkeypatch: pytest.MonkeyPatch) -> None:
    barrier, thread, identity = threading.Barrier(4), threading.local(), download._file_identity

    def together(path: Path) -> tuple[int, int] | None:
        """Wait until all threads have started: one that starts later would download again."""
        found = identity(path)
        if not hasattr(thread, "waited"):
            thread.waited = barrier.wait(60)
        return found

    monkeypatch.setattr(download, "_file_identity", together)
    with ThreadPoolExecutor(4) as pool:
        paths = list(pool.map(fetch, [wanted] * 4))
    assert set(paths) == {cache_folder() / NAME} and paths[0].read_bytes() == GOOD
    assert Handler.visits["/good"] == 1
    assert cached_files() == [NAME, f"{NAME}.sha256"]


def test_failed_download_does_not_change_an_existing_file(wanted: Entry) -> None:
    path = fetch(wanted)
    with pytest.raises(OSError, match="404"):
        fetch(at(wanted, "/nothing-here"))
    assert path.read_bytes() == GOOD
    assert cached_files() == [NAME, f"{NAME}.sha256"]


def test_interrupted_download_leaves_no_file(
    wanted: Entry, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(url: str, part: Path) -> None:
        part.write_bytes(GOOD[:10])
        raise KeyboardInterrupt

    monkeypatch.setattr(download, "_copy", interrupted)
    with pytest.raises(KeyboardInterrupt):
        fetch(wanted)
    assert cached_files() == []


@pytest.fixture
def registered(wanted: Entry, monkeypatch: pytest.MonkeyPatch) -> Entry:
    monkeypatch.setattr(file_search, "entry", lambda name: wanted)
    return wanted


def test_file_is_downloaded_and_then_found_in_the_cache(registered: Entry) -> None:
    first = locate(registered.name)
    assert first.place == registered.url
    second = locate(registered.name, download=False)
    assert second.place == "the Keras cache"
    assert first.paths == second.paths


def test_truncated_file_in_the_cache_is_replaced(registered: Entry) -> None:
    folder = cache_folder()
    folder.mkdir(parents=True)
    (folder / NAME).write_bytes(GOOD[:100])
    with pytest.raises(
        FileNotFoundError, match=f"is not used: it has 100 bytes, not {len(GOOD):,}"
    ):
        locate(registered.name, download=False)
    assert locate(registered.name).paths[0].read_bytes() == GOOD


def test_file_changed_after_its_download_is_not_used(registered: Entry) -> None:
    assert len(OTHER) == len(GOOD)
    path = locate(registered.name).paths[0]
    path.write_bytes(OTHER)
    known = hashlib.sha256(GOOD).hexdigest()
    with pytest.raises(FileNotFoundError, match=f"is not used: its SHA-256 is not {known}"):
        locate(registered.name, download=False)


def test_error_of_a_failed_download_is_reported(
    registered: Entry, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(file_search, "entry", lambda name: at(registered, "/nothing-here"))
    with pytest.raises(FileNotFoundError, match=r"the network: http.* returned 404"):
        locate(registered.name)


def test_cache_folder_falls_back_like_keras(nowhere: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    blocked = nowhere / "a file"
    blocked.write_text("")
    monkeypatch.setenv("KERAS_HOME", str(blocked / "keras"))
    assert cache_folder().parts[-2:] == (".keras", "datasets")
    monkeypatch.delenv("KERAS_HOME")
    monkeypatch.setenv("HOME", str(nowhere))
    assert cache_folder() == nowhere / ".keras" / "datasets"


def test_sha256_of_a_file(tmp_path: Path) -> None:
    (tmp_path / "x").write_bytes(GOOD)
    assert sha256(tmp_path / "x") == hashlib.sha256(GOOD).hexdigest()
