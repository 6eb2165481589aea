"""Benchmark of the time of `import keras_seqext` in a program that has imported Keras."""

import os
import subprocess
import sys
from statistics import median

from conformance.benchmarks.pages.claims import Bound, Claim, Peer

ROUNDS = 7
SCRIPT = """
import time
import keras
start = time.perf_counter()
import {module}
print(time.perf_counter() - start)
"""


def seconds(module):
    """Return the seconds of an import after that of Keras, in a separate process."""
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT.format(module=module)],
        env=os.environ,
        capture_output=True,
        text=True,
        check=True,
    )
    return float(done.stdout)


def test_import_after_keras(compare):
    # Alternating, so that other load on the machine affects both. `sched` is a small module of
    # the standard library.
    found = {"keras_seqext": [], "sched": []}
    for round_ in range(ROUNDS):
        for module in sorted(found, reverse=bool(round_ % 2)):
            found[module].append(seconds(module))
    ours, least = median(found["keras_seqext"]), median(found["sched"])
    compare(
        Claim(
            "import-time",
            "import keras_seqext after import keras, in a fresh process",
            "processes/s",
            note=(
                f"Medians of {ROUNDS} alternating processes: keras_seqext {ours:.3f} s, a small "
                f"module of the standard library {least:.4f} s. The plot shows the rate of whole "
                "processes, including the import of Keras."
            ),
            bounds=[Bound("seconds of the import beyond that of keras", ours, 0.2, "s")],
        ),
        lambda: seconds("keras_seqext"),
        [Peer("import keras alone", lambda: seconds("sched"))],
        rounds=3,
    )
