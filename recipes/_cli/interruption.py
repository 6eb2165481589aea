"""Message for an interrupted run: what is stored, and the command that resumes it."""

import json
import shlex
from pathlib import Path

JOURNAL = "epochs.json"  # as in `recipes._engine.checkpoint`, which imports Keras


def interruption_message(arguments: list[str], folder: Path | None) -> str:
    """Return what an interrupted command has stored, and the command that resumes it.

    Args:
        arguments: The command line, without the name of the program.
        folder: Folder of the interrupted run, or None for several recipes.
    """
    # `--all` resumes without being asked.
    option = [] if {"--all", "--resume"} & set(arguments) else ["--resume"]
    command = f"`python -m recipes {shlex.join([*arguments, *option])}`"
    if folder is None:
        return f"interrupted. {command} skips finished runs and resumes the interrupted one."
    epochs = completed_epochs(folder)
    if not epochs:
        return f"interrupted before an epoch was completed: nothing is stored. {command} restarts."
    count = "1 epoch is" if epochs == 1 else f"{epochs} epochs are"
    return (
        f"interrupted. {count} complete; the weights of the last and of the best one are stored in "
        f"{folder}/. {command} resumes the run."
    )


def completed_epochs(folder: Path) -> int:
    """Return the number of completed epochs of a run."""
    try:
        return len(json.loads((folder / JOURNAL).read_text(encoding="utf-8"))["metrics"])
    except (OSError, ValueError, KeyError):
        return 0
