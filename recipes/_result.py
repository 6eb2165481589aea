"""The JSON that a run leaves behind, written whole or not at all."""

import datetime
import importlib.metadata
import json
import os
import platform
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

PACKAGES = ("keras-seqext", "keras", "numpy", "tensorflow", "jax", "torch", "pandas")


def versions(packages: Sequence[str] = PACKAGES) -> dict[str, str]:
    """Which of these are installed, and on what they run."""
    found = {"python": platform.python_version()}
    for package in packages:
        try:
            found[package] = importlib.metadata.version(package)
        except importlib.metadata.PackageNotFoundError:
            continue
    return found


def machine() -> dict[str, Any]:
    """The machine, in words that say how fast to expect it to be."""
    return {
        "processor": platform.machine(),
        "cores": os.cpu_count(),
        "system": platform.system(),
        "device": device(),
    }


def device() -> str:
    """What the running backend computes on: `"cpu"`, or the name of an accelerator."""
    import keras

    backend = keras.backend.backend()
    if backend == "jax":
        import jax

        kind = str(jax.devices()[0].device_kind)
        return kind if jax.default_backend() != "cpu" else "cpu"
    if backend == "torch":
        import torch

        return str(torch.cuda.get_device_name(0)) if torch.cuda.is_available() else "cpu"
    import tensorflow

    found = tensorflow.config.list_physical_devices("GPU")
    if not found:
        return "cpu"
    return str(tensorflow.config.experimental.get_device_details(found[0])["device_name"])


def result_stem(recipe: str, backend: str | None, seed: int | None) -> str:
    """The name of the files of a run; what needs no backend or seed has none in it."""
    return "-".join(str(part) for part in (recipe, backend, seed) if part is not None)


def today() -> str:
    """The date, as ISO 8601."""
    return datetime.date.today().isoformat()


def write_json(path: Path, content: dict[str, Any]) -> None:
    """Writes to a temporary name first: a killed run leaves the old file as it was."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=path.name, suffix=".part")
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            json.dump(content, file, indent=1, ensure_ascii=False)
            file.write("\n")
            file.flush()
            os.fsync(file.fileno())
        os.replace(name, path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def read_results(folder: Path) -> list[dict[str, Any]]:
    """All results in a folder, by recipe, backend and seed."""
    results = []
    for path in sorted(folder.glob("*.json")):
        content = json.loads(path.read_text(encoding="utf-8"))
        if isinstance(content, dict) and "recipe" in content:
            results.append(content)
    order = {name: position for position, name in enumerate(_names())}
    return sorted(
        results, key=lambda r: (order.get(r["recipe"], 99), r["backend"] or "", r["seed"] or 0)
    )


def _names() -> list[str]:
    from ._catalogue import catalogue

    return list(catalogue())
