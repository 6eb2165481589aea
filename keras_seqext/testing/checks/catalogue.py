"""Every check of each kind of object, imported when it is first asked for."""

import importlib

from keras_seqext.testing.core import registry
from keras_seqext.testing.core.registry import Check, CheckRegistry, up_to

REGISTRIES = {
    "layer": registry.LAYER_CHECKS,
    "cell": registry.CELL_CHECKS,
    "dataset": registry.DATASET_CHECKS,
    "initializer": registry.INITIALIZER_CHECKS,
}


def load_checks(kind: str = "layer") -> CheckRegistry:
    """Return the checks of one kind of object, by name and in the order of their files."""
    # Importing the package registers its checks; a second call finds it imported.
    importlib.import_module(f"keras_seqext.testing.checks.{kind}")
    return REGISTRIES[kind]


def list_checks(level: str = "strict") -> list[Check]:
    """Return the checks of layers up to a level.

    Args:
        level: `"core"`, `"recommended"` (with core) or `"strict"` (all).

    >>> len(list_checks("core")) < len(list_checks("strict"))
    True
    """
    return up_to(level, load_checks())
