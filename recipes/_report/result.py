"""The JSON that a run leaves behind, written whole or not at all."""

import datetime
import json
import os
import platform
from pathlib import Path
from typing import Any

from keras_seqext.testing.core.versions import versions

from .output_files import write_whole

# What results depend on beside the backends, which are always named.
PACKAGES = ("pandas",)


def head(
    recipe: str, kind: str, title: str, backend: str | None = None, seed: int | None = None
) -> dict[str, Any]:
    """What every result begins with: what was run, when, on what."""
    return {
        "recipe": recipe,
        "kind": kind,
        "title": title,
        "backend": backend,
        "seed": seed,
        "date": today(),
        "versions": versions(PACKAGES),
        "machine": machine(),
    }


def data_head(data: Any) -> dict[str, str]:
    """Which data a result is of, and what was repaired in them."""
    return {"name": data.name, "report": str(data.report), "fingerprint": data.fingerprint}


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


def write_json(path: Path, content: dict[str, Any], what: str = "the result") -> None:
    """Writes it whole or not at all: a killed run leaves the old file as it was."""
    text = json.dumps(content, indent=1, ensure_ascii=False)
    write_whole(path, what, f"{text}\n".encode())


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
    from recipes.catalogue import catalogue

    return list(catalogue())
