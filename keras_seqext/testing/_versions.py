"""What ran where: the head of every report."""

import importlib.metadata
import platform
from dataclasses import asdict
from typing import Any

from ._case import LayerCase, Sample, Traits

PACKAGES = ("keras-seqext", "keras", "tensorflow", "jax", "torch", "numpy")


def versions() -> dict[str, str]:
    """The installed versions of what matters."""
    found = {"python": platform.python_version()}
    for package in PACKAGES:
        try:
            found[package] = importlib.metadata.version(package)
        except importlib.metadata.PackageNotFoundError:
            continue
    return found


def header(case: LayerCase, sample: Sample, traits: Traits, seed: int) -> dict[str, Any]:
    """Versions, the sample, the seed, and which traits were declared or found."""
    import keras

    return {
        "versions": versions(),
        "backend": keras.backend.backend(),
        "sample": {"name": sample.name, "shape": _shape(sample, seed), "dtype": sample.dtype},
        "seed": seed,
        "declared_traits": {k: str(v) for k, v in case.traits.declared().items()},
        "traits": {k: str(v) for k, v in asdict(traits).items()},
    }


def _shape(sample: Sample, seed: int) -> list[Any]:
    arguments = sample.make(seed)
    return [
        [list(part.shape) for part in a] if isinstance(a, (list, tuple)) else list(a.shape)
        for a in arguments
    ]
