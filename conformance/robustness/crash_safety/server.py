"""A server in a process of its own, for downloads that are killed."""

import multiprocessing
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from multiprocessing.connection import Connection
from typing import Any

PIECE = 1 << 16
PAUSE = 0.002  # seconds after each piece


def _run(body: bytes, tell: Connection) -> None:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            try:
                for start in range(0, len(body), PIECE):
                    self.wfile.write(body[start : start + PIECE])
                    time.sleep(PAUSE)
            except OSError:
                pass  # who asked was killed

        def log_message(self, *arguments: Any) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        tell.send(f"http://127.0.0.1:{server.server_address[1]}/x.bin")
        server.serve_forever()


def serve_slowly(body: bytes) -> str:
    """Its address; it ends with this process."""
    told, tell = multiprocessing.Pipe(duplex=False)
    multiprocessing.Process(target=_run, args=(body, tell), daemon=True).start()
    return str(told.recv())
