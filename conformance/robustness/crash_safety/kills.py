"""`python -m conformance.robustness.crash_safety.kills KIND --kills 50`: SIGKILL during writes.

A forked process writes repeatedly and is killed at a random moment. This process then inspects
what was left and repeats the write. One line of JSON is printed per kind.
"""

import argparse
import contextlib
import json
import logging
import os
import random
import signal
import sys
import tempfile
import time
import traceback
import warnings
from collections import Counter
from itertools import count
from pathlib import Path
from typing import Any

from .writers import OUTCOMES, WRITERS, Writer

# Maximum number of seconds before the kill: a little longer than a write takes. Other kinds: 0.25.
LONGEST = {"checkpoint": 12.0, "download": 1.0, "glove-cache": 1.0, "unpacking": 0.6}
# These kinds compute for long and write quickly, so a random moment rarely falls into the write.
# Every other kill waits for the temporary file, and at most this number of seconds more.
WRITE_SECONDS = {"checkpoint": 0.01, "unpacking": 0.02}


def _forked(body: Any) -> int:
    """Fork a process that runs `body` and exits, and return its id."""
    child = os.fork()
    if child:
        return child
    status = 1
    try:
        body()
        status = 0
    except BaseException:
        traceback.print_exc()
    finally:
        os._exit(status)


def _write_repeatedly(writer: Writer, ready: int, first: int) -> None:
    os.write(ready, b"r")  # the timer of the kill starts now, after the preparation
    with open(os.devnull, "w") as nowhere, contextlib.redirect_stdout(nowhere):
        for turn in count(first):
            writer.repeat(turn)


def _inspect(make: Any) -> str:
    """Return the outcome of `check`, run in a new process; `"corrupt"` if it raises an error.

    A process of its own, because a check that fails must not end the measurement.
    """
    receiver, sender = os.pipe()

    def inspect() -> None:
        with open(os.devnull, "w") as nowhere, contextlib.redirect_stdout(nowhere):
            os.write(sender, make().check().encode())

    child = _forked(inspect)
    os.close(sender)
    with os.fdopen(receiver, "rb") as stream:
        outcome = stream.read().decode()
    _, status = os.waitpid(child, 0)
    return outcome if status == 0 else "corrupt"


def _has_temporary_file(folder: Path) -> bool:
    return any("part" in path.name for path in folder.rglob("*"))


def kill_writers(kind: str, kills: int, seed: int) -> dict[str, Any]:
    """Kill writers at random moments and count what they left.

    Args:
        kind: Kind of write.
        kills: Number of kills.
        seed: Seed of the moments.

    Returns:
        The counts of the outcomes, and the moments of the kills in seconds.
    """
    chance = random.Random(f"{kind} {seed}")
    cls = WRITERS[kind]
    server = cls.serve() if cls.serve else None
    moments, found, parts, begin = [], Counter[str](), 0, time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        cls(Path(folder), server)
        for number in range(kills):
            out, ready = os.pipe()
            child = _forked(lambda: _write_repeatedly(cls(Path(folder), server), ready, number))  # noqa: B023
            os.close(ready)
            os.read(out, 1)
            os.close(out)
            longest = LONGEST.get(kind, 0.25)
            if number % 2 and kind in WRITE_SECONDS:
                longest = WRITE_SECONDS[kind]
                while not _has_temporary_file(Path(folder)):
                    time.sleep(0.0005)
            moments.append(round(chance.uniform(0, longest), 4))
            time.sleep(moments[-1])
            os.kill(child, signal.SIGKILL)
            _, status = os.waitpid(child, 0)
            if not os.WIFSIGNALED(status):
                found["ended by itself"] += 1
            parts += _has_temporary_file(Path(folder))
            found[_inspect(lambda: cls(Path(folder), server))] += 1
    return {
        "kind": kind,
        "kills": kills,
        "seed": seed,
        "found": dict(found),
        "half_written": parts,
        "seconds": round(time.monotonic() - begin, 1),
        "moments": moments,
    }


def write_together(kind: str, processes: int = 4) -> dict[str, Any]:
    """Write the same file from several processes at once, and return the outcome."""
    cls = WRITERS[kind]
    server = cls.serve() if cls.serve else None
    with tempfile.TemporaryDirectory() as folder:
        writer = cls(Path(folder), server)
        wait, go = os.pipe()

        def write() -> None:
            os.read(wait, 1)
            with open(os.devnull, "w") as nowhere, contextlib.redirect_stdout(nowhere):
                writer.write(0)

        # All processes wait for one byte each, so that they start at the same time.
        children = [_forked(write) for _ in range(processes)]
        os.write(go, b"g" * processes)
        succeeded = sum(os.waitpid(child, 0)[1] == 0 for child in children)
        os.close(wait)
        os.close(go)
        found = _inspect(lambda: cls(Path(folder), server))
    return {"kind": kind, "processes": processes, "succeeded": succeeded, "found": found}


def main() -> int:
    """Run the kinds requested, print the results, and return 1 if a file was corrupt."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("kinds", nargs="+", help=f"kinds of writes: {', '.join(WRITERS)}")
    parser.add_argument(
        "--together", nargs="*", default=[], help="kinds written by four processes at once"
    )
    parser.add_argument("--kills", type=int, default=50, help="number of kills per kind")
    parser.add_argument("--seed", type=int, default=0, help="seed of the moments")
    options = parser.parse_args()
    os.environ.setdefault("KERAS_BACKEND", "jax")
    warnings.simplefilter("ignore")
    logging.disable()
    import keras_seqext  # noqa: F401  # once, so that the forked processes do not import it again

    failed = False
    for kind in options.kinds:
        record = kill_writers(kind, options.kills, options.seed)
        failed = failed or not set(record["found"]) <= OUTCOMES
        print(json.dumps(record), flush=True)
    for kind in options.together:
        record = write_together(kind)
        failed = failed or record["succeeded"] < record["processes"] or record["found"] != "whole"
        print(json.dumps(record), flush=True)
    return int(failed)


if __name__ == "__main__":
    sys.exit(main())
