"""What ran where: the head of every report."""

import importlib.metadata
import platform
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from .case import LayerCase, Sample, Traits

# By the name in reports: the distributions that bring it, of which one is installed.
PACKAGES = {
    "keras-seqext": ("keras-seqext",),
    "keras": ("keras", "keras-nightly"),
    "tensorflow": ("tensorflow", "tensorflow-cpu", "tf-nightly"),
    "jax": ("jax",),
    "torch": ("torch",),
    "numpy": ("numpy",),
}


def versions(more: Sequence[str] = ()) -> dict[str, str]:
    """The installed versions of what matters, and of `more` distributions."""
    found = {"python": platform.python_version()}
    for name, distributions in {**PACKAGES, **{name: (name,) for name in more}}.items():
        installed = [version for each in distributions if (version := _version(each))]
        if installed:
            found[name] = installed[0]
    return found


def _version(distribution: str) -> str | None:
    try:
        return importlib.metadata.version(distribution)
    except importlib.metadata.PackageNotFoundError:
        return None


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
