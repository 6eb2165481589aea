"""JSON results of runs: common fields, writing and reading."""

import datetime
import json
import os
import platform
from pathlib import Path
from typing import Any

from keras_seqext.testing.core.versions import versions

from .output_files import write_bytes

# Packages whose versions are stored, in addition to Keras, NumPy and the backends.
PACKAGES = ("pandas",)

# Titles in stored results of earlier versions, and the titles of today.
FORMER_TITLES = {
    "persistence: as now": "persistence baseline",
    "seasonal: as a day before": "seasonal-naive baseline",
    "value now + GRU(32)": "last value + GRU(32)",
}


def common_fields(
    recipe: str, kind: str, title: str, backend: str | None = None, seed: int | None = None
) -> dict[str, Any]:
    """Return the fields shared by all results: recipe, date, versions and machine."""
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


def data_fields(data: Any) -> dict[str, str]:
    """Return the fields that identify the data: name, report and fingerprint."""
    return {"name": data.name, "report": str(data.report), "fingerprint": data.fingerprint}


def machine() -> dict[str, Any]:
    """Return a description of the machine, as a context for run times."""
    return {
        "processor": platform.machine(),
        "cores": os.cpu_count(),
        "system": platform.system(),
        "device": device(),
    }


def device() -> str:
    """Return the device of the running backend: `"cpu"` or the name of an accelerator."""
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
    """Return the file name of a run without its ending, from recipe, backend and seed."""
    return "-".join(str(part) for part in (recipe, backend, seed) if part is not None)


def today() -> str:
    """Return the date in ISO 8601 format."""
    return datetime.date.today().isoformat()


def write_json(path: Path, data: dict[str, Any], content: str = "the result") -> None:
    """Write `data` as JSON, or leave an existing file unchanged if writing fails.

    Args:
        path: Path of the file.
        data: Data to write.
        content: Description of the content, for the error message.
    """
    text = json.dumps(data, indent=1, ensure_ascii=False)
    write_bytes(path, content, f"{text}\n".encode())


def read_results(folder: Path) -> list[dict[str, Any]]:
    """Return all results in a folder, sorted by recipe, backend and seed."""
    results = []
    for path in sorted(folder.glob("*.json")):
        content = json.loads(path.read_text(encoding="utf-8"))
        if isinstance(content, dict) and "recipe" in content:
            if content.get("title") in FORMER_TITLES:
                content["title"] = FORMER_TITLES[content["title"]]
            results.append(content)
    order = {name: position for position, name in enumerate(_names())}
    return sorted(
        results, key=lambda r: (order.get(r["recipe"], 99), r["backend"] or "", r["seed"] or 0)
    )


def _names() -> list[str]:
    from recipes.catalogue import catalogue

    return list(catalogue())
