"""What `import keras_seqext` costs a program that imports Keras anyway."""

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
    """Seconds of an import after that of Keras, in a process of its own."""
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT.format(module=module)],
        env=os.environ,
        capture_output=True,
        text=True,
        check=True,
    )
    return float(done.stdout)


def test_import_beside_that_of_keras(compare):
    # By turns, so that a busy minute hits both alike; `sched` is a small module of Python's own.
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
                f"Medians of {ROUNDS} processes each, by turns: keras_seqext {ours:.3f} s, a small "
                f"module of the standard library {least:.4f} s. The rate is that of whole "
                "processes, the import of Keras included."
            ),
            bounds=[Bound("seconds of the import beyond that of keras", ours, 0.2, "s")],
        ),
        lambda: seconds("keras_seqext"),
        [Peer("import keras alone", lambda: seconds("sched"))],
        rounds=3,
    )
