"""Bins of a word by Python's `hash` and by `HashingOneHot` in several processes."""

import os
import subprocess
import sys

from recipes._engine.demo_result import write_demo_result
from recipes._engine.run_options import RunOptions

SALTED = "print(abs(hash('homework')) % 1000)"
STABLE = "from keras_seqext import HashingOneHot; print(HashingOneHot(1000).to_ids('homework'))"


def run(options: RunOptions) -> None:
    def bins(code: str, processes: int) -> list[int]:
        environment = {**os.environ, "PYTHONHASHSEED": "random"}
        return [
            int(
                subprocess.run(
                    [sys.executable, "-c", code],
                    env=environment,
                    capture_output=True,
                    check=True,
                    text=True,
                ).stdout
            )
            for _ in range(processes)
        ]

    figures = {"chapter": bins(SALTED, 3), "here": bins(STABLE, 2)}
    write_demo_result(options, "errata-hash", "bin of `homework` in each process", figures)
