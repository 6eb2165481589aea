"""Python's `hash` of a word in three processes, and ours in two: the chapter's columns move."""

import os
import subprocess
import sys

from recipes._engine.demo_result import write_figures
from recipes._engine.run_options import RunOptions

SALTED = "print(abs(hash('homework')) % 1000)"
OURS = "from keras_seqext import HashingOneHot; print(HashingOneHot(1000).to_ids('homework'))"


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

    figures = {"chapter": bins(SALTED, 3), "here": bins(OURS, 2)}
    write_figures(options, "errata-hash", "the bin of `homework`, process by process", figures)
