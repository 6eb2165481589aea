"""Peak anonymous memory of a piece of work in a separate process.

Anonymous memory excludes the pages of memory-mapped files, which the system can drop at any time.
The work runs in a new process, because memory that a process has freed before could be reused
without an increase.
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
    """Return the anonymous memory of this process in MB."""
    for line in STATUS.read_text().splitlines():
        if line.startswith("RssAnon"):
            return int(line.split()[1]) / 1024
    raise OSError(f"{STATUS} has no RssAnon: Linux 4.5 or newer is needed.")


@contextmanager
def peak_recorded(interval: float = 0.002) -> Iterator[dict[str, float]]:
    """Record `start` and `peak` (MB) of the code in the `with` block."""
    found = {"start": anonymous_megabytes()}
    found["peak"] = found["start"]
    stop = threading.Event()

    # A thread that samples, because the system records no peak of anonymous memory.
    def sample() -> None:
        while not stop.is_set():
            found["peak"] = max(found["peak"], anonymous_megabytes())
            time.sleep(interval)

    thread = threading.Thread(target=sample, daemon=True)
    thread.start()
    try:
        yield found
    finally:
        stop.set()
        thread.join()
        found["peak"] = max(found["peak"], anonymous_megabytes())


def peak_above_start(prepare: str, work: str) -> float:
    """Return the MB that `work` adds at its peak after `prepare`, in a separate process."""
    indented = "\n".join(f"    {line}" for line in work.strip().splitlines())
    code = "\n".join(
        [
            "import json",
            "from conformance.benchmarks.measure.memory import peak_recorded",
            prepare,
            "with peak_recorded() as found:",
            indented,
            "print(json.dumps(found))",
        ]
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(f"the measured process failed:\n{done.stderr[-2000:]}")
    found = json.loads(done.stdout.strip().splitlines()[-1])
    return float(found["peak"] - found["start"])
