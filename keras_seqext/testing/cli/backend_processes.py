"""Runs on several backends, each in a separate process."""

import json
import os
import queue
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

from keras_seqext.testing.core.result import Result
from keras_seqext.testing.core.usage_error import UsageError
from keras_seqext.testing.helpers.backend_exchange import Exchange, open_exchange
from keras_seqext.testing.report.report import Report

from .request import Request
from .worker import MARK, Event

OnEvent = Callable[[str, Event], None]


@dataclass
class _Worker:
    """A running process, its last event and its results."""

    backend: str
    process: "subprocess.Popen[str]"
    errors: IO[str]
    last_event: Event = field(default_factory=dict)
    results: dict[str, list[Result]] = field(default_factory=dict)
    reports: list[Report] | None = None


def run_backends(request: Request, backends: Sequence[str], on_event: OnEvent) -> list[Report]:
    """Return the reports of all cases on all backends.

    There is one process per processor at a time. The first backend writes its arrays to a folder,
    and the others compare their arrays with them.

    Raises:
        UsageError: If the request is invalid.
    """
    reports: dict[str, list[Report]] = {}
    with tempfile.TemporaryDirectory(prefix="layer-checks-") as folder:
        shared = open_exchange(Path(folder), backends[0]) if len(backends) > 1 else {}
        exchange = Exchange(Path(folder), backends[0])
        waiting, events = list(backends), queue.Queue[tuple[str, Event | None]]()
        running: dict[str, _Worker] = {}
        try:
            while waiting or running:
                while waiting and len(running) < max(1, os.cpu_count() or 1):
                    worker = _start(waiting.pop(0), request, shared, events)
                    running[worker.backend] = worker
                backend, event = events.get()
                worker = running[backend]
                if event is None:  # the process has ended
                    reports[backend] = _finish(running.pop(backend))
                    if backend == backends[0]:
                        exchange.close()
                    continue
                _record(worker, event)
                on_event(backend, event)
        finally:
            for worker in running.values():
                worker.process.kill()
                worker.process.wait()
    return [report for backend in backends for report in reports[backend]]


def _start(
    backend: str,
    request: Request,
    shared: dict[str, str],
    events: "queue.Queue[tuple[str, Event | None]]",
) -> _Worker:
    quiet = {"TF_CPP_MIN_LOG_LEVEL": os.environ.get("TF_CPP_MIN_LOG_LEVEL", "3")}
    errors = tempfile.TemporaryFile("w+", errors="replace")
    process = subprocess.Popen(
        [sys.executable, "-m", "keras_seqext.testing", "worker"],
        env={**os.environ, **quiet, **shared, "KERAS_BACKEND": backend, "PYTHONUTF8": "1"},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=errors,
        encoding="utf-8",
        errors="replace",
    )

    def listen() -> None:
        assert process.stdout is not None
        for line in process.stdout:
            if line.startswith(MARK):
                events.put((backend, json.loads(line[1:])))
        events.put((backend, None))

    assert process.stdin is not None
    process.stdin.write(request.to_json())
    process.stdin.close()
    threading.Thread(target=listen, daemon=True).start()
    return _Worker(backend, process, errors)


def _record(worker: _Worker, event: Event) -> None:
    """Store an event of a process, or raise the usage error that it reports."""
    if event["event"] == "usage_error":
        raise UsageError(event["message"])
    if event["event"] == "check":
        worker.last_event = event
    elif event["event"] == "result":
        found = worker.results.setdefault(event["case"], [])
        found.append(Result(**event["result"]))
    elif event["event"] == "end":
        worker.reports = [Report.from_json(json.dumps(each)) for each in event["reports"]]


def _finish(worker: _Worker) -> list[Report]:
    status = worker.process.wait()
    if worker.process.stdout is not None:
        worker.process.stdout.close()
    worker.errors.seek(0)
    last = "".join(worker.errors.readlines()[-12:])
    worker.errors.close()
    if worker.reports is not None:
        return worker.reports
    if not worker.last_event:
        raise UsageError(f"the process on {worker.backend} ended before any check:\n{last}")
    return _crashed(worker, status, last)


def _crashed(worker: _Worker, status: int, last: str) -> list[Report]:
    """Return the results before the process died, and a failure of the check that was running."""
    how = f"with exit status {status}"
    if status < 0:
        how = f"by signal {-status} ({signal.Signals(-status).name})"
    name, case = worker.last_event["check"], worker.last_event["case"]
    message = (
        f"{name} FAILED  {case} ({worker.backend})\n  The process ended {how} in this check, and "
        f"the checks after it did not run.\n{last}"
    )
    crash = Result(name, "failed", message, 0.0, "core", "process", worker.backend)
    worker.results.setdefault(case, []).append(crash)
    header: dict[str, Any] = {"backend": worker.backend}
    return [Report(label, found, header) for label, found in worker.results.items()]
