"""Checks of each kind of object, imported on first use."""

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
    """Return the checks of one kind of object by name, in the order in which they run."""
    # Importing the package registers its checks; a second call finds it imported.
    importlib.import_module(f"keras_seqext.testing.checks.{kind}")
    return REGISTRIES[kind]


def list_checks(level: str = "strict") -> list[Check]:
    """Return the checks of layers up to a level.

    Args:
        level: `"core"`, `"recommended"` (includes core) or `"strict"` (all).

    >>> len(list_checks("core")) < len(list_checks("strict"))
    True
    """
    return up_to(level, load_checks())


def list_cell_checks(level: str = "strict") -> list[Check]:
    """Return the checks of cells up to a level.

    Args:
        level: `"core"`, `"recommended"` (includes core) or `"strict"` (all).

    >>> [check.name for check in list_cell_checks("core")][:3]
    ['construct', 'state_size', 'step']
    """
    return up_to(level, load_checks("cell"))


def list_dataset_checks(level: str = "strict") -> list[Check]:
    """Return the checks of datasets up to a level.

    Args:
        level: `"core"`, `"recommended"` (includes core) or `"strict"` (all).

    >>> [check.name for check in list_dataset_checks("core")][:3]
    ['length', 'batch_structure', 'finite_values']
    """
    return up_to(level, load_checks("dataset"))


def list_initializer_checks(level: str = "strict") -> list[Check]:
    """Return the checks of initializers up to a level.

    Args:
        level: `"core"`, `"recommended"` (includes core) or `"strict"` (all).

    >>> [check.name for check in list_initializer_checks("core")][:3]
    ['construct', 'call', 'dtypes']
    """
    return up_to(level, load_checks("initializer"))
