"""Global settings of Keras, NumPy and Python that a layer must not change."""

import contextlib
import os
import warnings
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np


def _readers() -> dict[str, Callable[[], Any]]:
    import keras

    return {
        "keras.config.floatx()": keras.config.floatx,
        "keras.config.epsilon()": keras.config.epsilon,
        "keras.config.image_data_format()": keras.config.image_data_format,
        "keras.config.dtype_policy()": lambda: keras.config.dtype_policy().name,
        "keras.config.is_traceback_filtering_enabled()": (
            keras.config.is_traceback_filtering_enabled
        ),
        "keras.config.is_interactive_logging_enabled()": (
            keras.config.is_interactive_logging_enabled
        ),
        "numpy.geterr()": np.geterr,
        "numpy.get_printoptions()": lambda: {
            key: value
            for key, value in np.get_printoptions().items()
            if key not in ("formatter", "override_repr")
        },
        "warnings.filters": lambda: list(warnings.filters),
        "os.environ": lambda: dict(os.environ),
    }


def settings() -> dict[str, Any]:
    """Return the current settings by the expression that reads each."""
    return {name: read() for name, read in _readers().items()}


def changes(before: dict[str, Any], after: dict[str, Any]) -> list[str]:
    """Return the differences between two results of `settings()`, one sentence per setting."""
    found = []
    for name, old in before.items():
        new = after[name]
        if old == new:
            continue
        if isinstance(old, dict):
            keys = [k for k in {**old, **new} if old.get(k) != new.get(k)]
            old, new = ({k: part.get(k) for k in keys} for part in (old, new))
        elif isinstance(old, list):
            old, new = f"{len(old)} entries", [entry for entry in new if entry not in old]
        found.append(f"{name} was {old} and is {new}")
    return found


def restore(values: dict[str, Any]) -> None:
    """Restore the result of `settings()`, except warning filters and the environment."""
    import keras

    keras.config.set_floatx(values["keras.config.floatx()"])
    keras.config.set_epsilon(values["keras.config.epsilon()"])
    keras.config.set_image_data_format(values["keras.config.image_data_format()"])
    if keras.config.dtype_policy().name != values["keras.config.dtype_policy()"]:
        keras.config.set_dtype_policy(values["keras.config.dtype_policy()"])
    _switch(
        values["keras.config.is_traceback_filtering_enabled()"],
        keras.config.enable_traceback_filtering,
        keras.config.disable_traceback_filtering,
    )
    _switch(
        values["keras.config.is_interactive_logging_enabled()"],
        keras.config.enable_interactive_logging,
        keras.config.disable_interactive_logging,
    )
    np.seterr(**values["numpy.geterr()"])


def _switch(on: bool, enable: Callable[[], None], disable: Callable[[], None]) -> None:
    (enable if on else disable)()


@contextlib.contextmanager
def preserved_settings() -> Iterator[None]:
    """Restore the settings after the block, so that one layer cannot affect the next check."""
    before = settings()
    try:
        with warnings.catch_warnings():
            yield
    finally:
        restore(before)
