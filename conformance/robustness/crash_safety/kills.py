"""`python -m conformance.robustness.crash_safety.kills KIND --kills 50`: kill -9 at random moments of a write.

A process is forked that writes again and again; it is killed, and this process looks at what
is there and does the same once more. Prints one line of JSON.
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

from .writers import WRITERS, Writer

# Seconds until the kill, at most: a little more than a write takes.
LONGEST = {"checkpoint": 12.0, "download": 1.0, "glove-cache": 1.0, "unpacking": 0.6}
# Long to read and quick to write: every other kill waits for the half-written part.
WRITE_SECONDS = {"checkpoint": 0.01, "unpacking": 0.02}


def _forked(body: Any) -> int:
    """The id of a process that runs `body` and never returns."""
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


def _write_on(writer: Writer, ready: int, first: int) -> None:
    os.write(ready, b"r")
    with open(os.devnull, "w") as nowhere, contextlib.redirect_stdout(nowhere):
        for turn in count(first):
            writer.repeat(turn)


def _looked(make: Any) -> str:
    """What `check` says, from a process that starts afresh; its error, if it has one."""
    out, into = os.pipe()

    def look() -> None:
        with open(os.devnull, "w") as nowhere, contextlib.redirect_stdout(nowhere):
            os.write(into, make().check().encode())

    child = _forked(look)
    os.close(into)
    with os.fdopen(out, "rb") as stream:
        said = stream.read().decode()
    _, status = os.waitpid(child, 0)
    return said if status == 0 else "corrupt"


def _has_part(folder: Path) -> bool:
    return any("part" in path.name for path in folder.rglob("*"))


def kill_writers(kind: str, kills: int, seed: int) -> dict[str, Any]:
    """Kills that many writers and returns what was found, with the moments in seconds."""
    chance = random.Random(f"{kind} {seed}")
    cls = WRITERS[kind]
    given = cls.serve() if cls.serve else None
    moments, found, parts, begin = [], Counter[str](), 0, time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        cls(Path(folder), given)
        for number in range(kills):
            out, ready = os.pipe()
            child = _forked(lambda: _write_on(cls(Path(folder), given), ready, number))  # noqa: B023
            os.close(ready)
            os.read(out, 1)
            os.close(out)
            longest = LONGEST.get(kind, 0.25)
            if number % 2 and kind in WRITE_SECONDS:
                longest = WRITE_SECONDS[kind]
                while not _has_part(Path(folder)):
                    time.sleep(0.0005)
            moments.append(round(chance.uniform(0, longest), 4))
            time.sleep(moments[-1])
            os.kill(child, signal.SIGKILL)
            _, status = os.waitpid(child, 0)
            if not os.WIFSIGNALED(status):
                found["ended by itself"] += 1
            parts += _has_part(Path(folder))
            found[_looked(lambda: cls(Path(folder), given))] += 1
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
    """Lets several processes write the same at once and returns what was found."""
    cls = WRITERS[kind]
    given = cls.serve() if cls.serve else None
    with tempfile.TemporaryDirectory() as folder:
        writer = cls(Path(folder), given)
        wait, go = os.pipe()

        def write() -> None:
            os.read(wait, 1)
            with open(os.devnull, "w") as nowhere, contextlib.redirect_stdout(nowhere):
                writer.write(0)

        children = [_forked(write) for _ in range(processes)]
        os.write(go, b"g" * processes)
        succeeded = sum(os.waitpid(child, 0)[1] == 0 for child in children)
        os.close(wait)
        os.close(go)
        found = _looked(lambda: cls(Path(folder), given))
    return {"kind": kind, "processes": processes, "succeeded": succeeded, "found": found}


def main() -> int:
    """Kills, prints and returns 1 if anything was corrupt."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("kinds", nargs="+", help=f"of {', '.join(WRITERS)}")
    parser.add_argument("--together", nargs="*", default=[], help="kinds written by four at once")
    parser.add_argument("--kills", type=int, default=50)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    os.environ.setdefault("KERAS_BACKEND", "jax")
    warnings.simplefilter("ignore")
    logging.disable()
    import keras_seqext  # noqa: F401  # here, so that forked processes need not

    bad = False
    for kind in options.kinds:
        told = kill_writers(kind, options.kills, options.seed)
        bad = bad or not set(told["found"]) <= {"whole", "absent", "taken up", "begun anew"}
        print(json.dumps(told), flush=True)
    for kind in options.together:
        told = write_together(kind)
        bad = bad or told["succeeded"] < told["processes"] or told["found"] != "whole"
        print(json.dumps(told), flush=True)
    return int(bad)


if __name__ == "__main__":
    sys.exit(main())
