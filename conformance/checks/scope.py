"""Scope of a test run: fast checks, or all checks with `make planted-bugs`."""

import os

from keras_seqext.testing import list_checks

LONG = bool(os.environ.get("KERAS_SEQEXT_LONG"))


def scope(level: str) -> dict[str, object]:
    """Return arguments of `check_layer`: all checks of a level, or the fast ones of core."""
    if LONG:
        return {"level": level}
    fast = [check.name for check in list_checks("core") if check.cost == "fast"]
    return {"level": "core", "checks": fast}
