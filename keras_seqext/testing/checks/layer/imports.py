"""Check of imports: the layer does not load another backend."""

import json
import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import keras
import numpy as np

from keras_seqext.testing.contexts.layer import Context
from keras_seqext.testing.core.failure import CheckFailure, NotApplicable
from keras_seqext.testing.core.registry import layer_check

SCRIPT = """
import importlib, json, sys
import numpy as np
task = json.load(open(sys.argv[1]))
if sys.argv[2] == "blocked":
    sys.modules["tensorflow"] = None  # `import tensorflow` raises, as if it were not installed
sys.path[:] = task["path"]
import keras
module = importlib.import_module(task["module"])
found = module
for part in task["class"].split("."):
    found = getattr(found, part)
with keras.saving.custom_object_scope({found.__name__: found}):
    layer = keras.saving.deserialize_keras_object(task["description"])
arrays = [np.load(file) for file in task["files"]]
arguments = keras.tree.pack_sequence_as(task["structure"], arrays)
arguments = keras.tree.map_structure(
    lambda a: a if a.dtype.kind in "USO" else keras.ops.convert_to_tensor(a), arguments
)
layer(*arguments, **task["call_kwargs"])
"""


@layer_check(
    "recommended",
    after=("call_finite", "config_json"),
    cost="slow",
    backends=("jax", "torch"),
    fresh_process=True,
)
def no_backend_import(ctx: Context) -> None:
    """On JAX and torch the layer works without TensorFlow.

    Why it matters: users of one backend do not want to install another of several hundred MB.
    Usual causes: `import tensorflow` at the top of the module; `tf.` in `call`; a utility of Keras
    that needs TensorFlow on every backend.
    """
    layer = ctx.make()
    cls = type(layer)
    found: Any = sys.modules.get(cls.__module__)
    for part in cls.__qualname__.split("."):
        found = getattr(found, part, None)
    if found is not cls or cls.__module__ == "__main__":
        raise NotApplicable("the class cannot be imported by its name in a fresh process")
    arguments = ctx.inputs()
    with tempfile.TemporaryDirectory() as folder:
        files = []
        for n, array in enumerate(keras.tree.flatten(list(arguments))):
            files.append(str(Path(folder, f"{n}.npy")))
            np.save(files[-1], array)
        task = {
            "path": [path or os.getcwd() for path in sys.path],
            "module": cls.__module__,
            "class": cls.__qualname__,
            "description": keras.saving.serialize_keras_object(layer),
            "structure": keras.tree.map_structure(lambda _: 0, list(arguments)),
            "files": files,
            "call_kwargs": dict(ctx.sample.call_kwargs),
        }
        path = Path(folder, "task.json")
        path.write_text(json.dumps(task))
        error = _run(path, "blocked", ctx.backend)
        if error and (other := _run(path, "free", ctx.backend)):
            raise NotApplicable(
                f"the layer does not run in a fresh process, even with TensorFlow: {other}"
            )
    if error:
        raise CheckFailure(f"in a fresh process without TensorFlow: {error}")


def _run(task: Path, mode: str, backend: str) -> str:
    """Return the last line of the error with its place, or an empty string if there was none."""
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT, str(task), mode],
        env={**os.environ, "KERAS_BACKEND": backend},
        capture_output=True,
        text=True,
    )
    if not done.returncode:
        return ""
    lines = done.stderr.strip().splitlines() or ["no message"]
    places = re.findall(r'^  File "(.+)", line (\d+)', done.stderr, re.MULTILINE)
    own = [f"{Path(file).name}:{line}" for file, line in places if "site-packages" not in file]
    missing = "halted; None in sys.modules" in done.stderr
    what = "the layer imports tensorflow" if missing else lines[-1]
    return f"{what}, at {own[-1]}" if own and own[-1][0] != "<" else what
