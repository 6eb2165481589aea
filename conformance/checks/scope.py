"""How much of the checks a run is: what is quick, or with `make plants` all of it."""

import os

from keras_seqext.testing import list_checks

LONG = bool(os.environ.get("KERAS_SEQEXT_LONG"))


def extent(level: str) -> dict[str, object]:
    """Arguments of `check_layer`: all checks of a level in a long run, else the quick core."""
    if LONG:
        return {"level": level}
    quick = [check.name for check in list_checks("core") if check.cost == "fast"]
    return {"level": "core", "checks": quick}
