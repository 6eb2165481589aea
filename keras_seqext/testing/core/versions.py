"""Versions of the software, and the header of a report."""

import importlib.metadata
import platform
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from .case import LayerCase, Sample, Traits

# By package name: the distributions that provide it, of which at most one is installed.
PACKAGES = {
    "keras-seqext": ("keras-seqext",),
    "keras": ("keras", "keras-nightly"),
    "tensorflow": ("tensorflow", "tensorflow-cpu", "tf-nightly"),
    "jax": ("jax",),
    "torch": ("torch",),
    "numpy": ("numpy",),
}


def versions(more: Sequence[str] = ()) -> dict[str, str]:
    """Return the installed versions of Keras, NumPy, the backends and `more` distributions."""
    found = {"python": platform.python_version()}
    for name, distributions in {**PACKAGES, **{name: (name,) for name in more}}.items():
        installed = [version for each in distributions if (version := _version(each))]
        if installed:
            found[name] = installed[0]
    return found


def software(backend: str, installed: Mapping[str, str] | None = None) -> str:
    """Return the versions of Keras and of a backend in words, for messages.

    >>> software("jax", {"keras": "3.15.1", "jax": "0.10.2"})
    'keras 3.15.1, jax 0.10.2'
    """
    found = versions() if installed is None else installed
    return f"keras {found.get('keras', '?')}, {backend} {found.get(backend, '?')}"


def _version(distribution: str) -> str | None:
    try:
        return importlib.metadata.version(distribution)
    except importlib.metadata.PackageNotFoundError:
        return None


def header(case: LayerCase, sample: Sample, traits: Traits, seed: int) -> dict[str, Any]:
    """Return the versions, the sample, the seed and the declared and inferred traits."""
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
    return [_shapes(argument) for argument in sample.make(seed)]


def _shapes(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _shapes(part) for key, part in value.items()}
    if isinstance(value, (list, tuple)):
        return [_shapes(part) for part in value]
    return list(value.shape)
