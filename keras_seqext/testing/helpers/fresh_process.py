"""Saved models, loaded in another process that imports only the module of the layer."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np

from keras_seqext.testing.core.failure import CheckFailure, NotApplicable, cause_in

from .hidden_state import sublayers

SCRIPT = """
import importlib, json, sys
import numpy as np
task = json.load(open(sys.argv[1]))
sys.path[:] = task["path"]
import keras
for module in task["modules"]:
    importlib.import_module(module)
arrays = [np.load(file) for file in task["inputs"]]
tensors = [keras.ops.convert_to_tensor(array) for array in arrays]
for job in task["jobs"]:
    try:
        model = keras.saving.load_model(job["model"], compile=False)
        outputs = model(tensors if len(tensors) > 1 else tensors[0], training=False)
        flat = [keras.ops.convert_to_numpy(part) for part in keras.tree.flatten(outputs)]
        np.savez(job["outputs"], *flat)
    except Exception as error:
        open(job["error"], "w", encoding="utf-8").write(type(error).__name__ + ": " + str(error))
"""
TIMEOUT = 300  # seconds


def modules_of(layer: Any) -> list[str]:
    """Return the modules of a layer and of its sublayers, except those of Keras."""
    parts = [p for p in sublayers(layer) if not type(p).__module__.startswith("keras.")]
    return list(dict.fromkeys(importable(part) for part in [layer, *parts]))


def importable(layer: Any) -> str:
    """Return the module of the class of a layer; not applicable if it cannot be imported."""
    cls = type(layer)
    found: Any = sys.modules.get(cls.__module__)
    for part in cls.__qualname__.split("."):
        found = getattr(found, part, None)
    if found is not cls or cls.__module__ == "__main__":
        raise NotApplicable(f"no other process can import {cls.__module__}.{cls.__qualname__}")
    return str(cls.__module__)


def outputs_in_fresh_process(
    modules: list[str], models: dict[str, Path], inputs: list[Any], folder: Path
) -> dict[str, Any]:
    """Return the outputs of each saved model in another process, or the text of an error.

    Args:
        modules: Modules that the process imports.
        models: Model files by name.
        inputs: Arrays, one per input of the model.
        folder: Folder for temporary files.
    """
    import keras

    files = []
    for number, array in enumerate(inputs):
        files.append(str(folder / f"input{number}.npy"))
        np.save(files[-1], array)
    jobs = {
        name: {
            "model": str(path),
            "outputs": str(folder / f"{name}.outputs.npz"),
            "error": str(folder / f"{name}.error.txt"),
        }
        for name, path in models.items()
    }
    task = folder / "task.json"
    path = [entry or os.getcwd() for entry in sys.path]
    task.write_text(
        json.dumps({"path": path, "modules": modules, "inputs": files, "jobs": [*jobs.values()]})
    )
    script = folder / "load.py"
    script.write_text(SCRIPT)
    environment = {**os.environ, "KERAS_BACKEND": keras.backend.backend()}
    environment.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
    done = subprocess.run(
        [sys.executable, str(script), str(task)],
        env=environment,
        capture_output=True,
        text=True,
        timeout=TIMEOUT,
    )
    if done.returncode:
        last = (done.stderr.strip().splitlines() or ["no message"])[-1]
        raise CheckFailure(
            f"a fresh process that imports {', '.join(modules)} and keras failed: {last}"
        )
    return {name: _result(job) for name, job in jobs.items()}


def cause_first(text: str) -> str:
    """Return the text of an error in one line, with the cause that Keras names last at the start.

    >>> cause_first("TypeError: config={}. Exception encountered: no 'n'")
    "no 'n' (TypeError: config={}. Exception encountered: no 'n')"
    """
    line = " ".join(text.split())
    cause = " ".join(cause_in(text).split())
    return f"{cause} ({line})" if cause else line


def _result(job: dict[str, str]) -> Any:
    if os.path.exists(job["error"]):
        return cause_first(Path(job["error"]).read_text(encoding="utf-8"))
    with np.load(job["outputs"]) as stored:
        return [stored[name] for name in stored.files]
