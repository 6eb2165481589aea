"""Description of the machine and of the installed versions."""

import os
import platform
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from keras_seqext.testing.core.versions import versions
from recipes._report.result import PACKAGES

PEERS = ("scikit-learn", "gensim", "polars", "pytest-benchmark")


def describe() -> dict[str, Any]:
    """Return date, load average, versions and processor."""
    return {
        "date": datetime.now(UTC).isoformat(timespec="seconds"),
        "load": round(os.getloadavg()[0], 1) if hasattr(os, "getloadavg") else None,
        "versions": versions((*PACKAGES, *PEERS)),
        "machine": {
            "cpu": cpu_model(),
            "cores": len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else 0,
            "system": f"{platform.system()} {platform.machine()}",
        },
    }


def cpu_model() -> str:
    """Return the name of the processor as reported by the system."""
    info = Path("/proc/cpuinfo")
    if info.exists():
        for line in info.read_text().splitlines():
            if line.startswith("model name"):
                return line.split(":", 1)[1].strip()
    return platform.processor() or "unknown"
