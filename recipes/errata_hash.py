"""Python's `hash` of a word in three processes, and ours: the chapter's columns move."""

import os
import subprocess
import sys

from ._run_options import RunOptions
from ._show import write_figures

SALTED = "print(abs(hash('homework')) % 1000)"
OURS = "from keras_seqext import HashingOneHot; print(HashingOneHot(1000).to_ids('homework'))"


def run(options: RunOptions) -> None:
    def three(code: str) -> list[int]:
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
            for _ in range(3)
        ]

    figures = {"chapter": three(SALTED), "here": three(OURS)}
    write_figures(options, "errata-hash", "the bin of `homework` in three processes", figures)
