"""HTTP server in a process of its own, for downloads that are killed."""

import multiprocessing
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from multiprocessing.connection import Connection
from typing import Any

CHUNK = 1 << 16  # bytes
PAUSE = 0.002  # seconds after each chunk


def _run(body: bytes, sender: Connection) -> None:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            try:
                for start in range(0, len(body), CHUNK):
                    self.wfile.write(body[start : start + CHUNK])
                    time.sleep(PAUSE)
            except OSError:
                pass  # the client was killed

        def log_message(self, *arguments: Any) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        sender.send(f"http://127.0.0.1:{server.server_address[1]}/x.bin")
        server.serve_forever()


def serve_slowly(body: bytes) -> str:
    """Start a slow server of one file, which ends with this process, and return its address."""
    receiver, sender = multiprocessing.Pipe(duplex=False)
    multiprocessing.Process(target=_run, args=(body, sender), daemon=True).start()
    return str(receiver.recv())
