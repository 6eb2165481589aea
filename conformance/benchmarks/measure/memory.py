"""Peak anonymous memory of a piece of work, in a process of its own.

Pages of a mapped file are the system's, which takes them back when it needs them; what a program
itself holds is anonymous. A fresh process, since one that has freed memory may use it again unseen.
"""

import json
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

STATUS = Path("/proc/self/status")


def anonymous_megabytes() -> float:
    """What this process holds now."""
    for line in STATUS.read_text().splitlines():
        if line.startswith("RssAnon"):
            return int(line.split()[1]) / 1024
    raise OSError(f"{STATUS} has no RssAnon: Linux 4.5 or newer is needed.")


@contextmanager
def watched(every: float = 0.002) -> Iterator[dict[str, float]]:
    """Fills in `start` and `peak` (MB) of the work inside."""
    found = {"start": anonymous_megabytes()}
    found["peak"] = found["start"]
    stop = threading.Event()

    def look() -> None:
        while not stop.is_set():
            found["peak"] = max(found["peak"], anonymous_megabytes())
            time.sleep(every)

    thread = threading.Thread(target=look, daemon=True)
    thread.start()
    try:
        yield found
    finally:
        stop.set()
        thread.join()
        found["peak"] = max(found["peak"], anonymous_megabytes())


def peak_above_start(prepare: str, work: str) -> float:
    """MB that `work` adds at its peak, after `prepare`, in a process of its own."""
    indented = "\n".join(f"    {line}" for line in work.strip().splitlines())
    code = "\n".join(
        [
            "import json",
            "from conformance.benchmarks.measure.memory import watched",
            prepare,
            "with watched() as found:",
            indented,
            "print(json.dumps(found))",
        ]
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(f"the measured process failed:\n{done.stderr[-2000:]}")
    found = json.loads(done.stdout.strip().splitlines()[-1])
    return float(found["peak"] - found["start"])
