"""What `run` was asked for, checked before anything slow begins."""

import argparse
import re
from dataclasses import dataclass
from fnmatch import fnmatch

from recipes.catalogue import Recipe, catalogue, find

UNITS = {"s": 1, "m": 60, "h": 3600}


@dataclass(frozen=True)
class Wanted:
    """Recipes, seeds and seconds to spend."""

    recipes: list[Recipe]
    seeds: list[int]
    budget: float | None


def checked_run(options: argparse.Namespace) -> Wanted:
    """What to run, or an error that says what was passed and what there is."""
    if options.all == bool(options.name):
        raise SystemExit(
            f"run takes either a NAME from `list`, or --all. Received: NAME={options.name!r} "
            f"{'with' if options.all else 'without'} --all"
        )
    if not options.all and (options.budget or options.only != "*"):
        raise SystemExit(
            f"--budget and --only go with --all. Received: --budget {options.budget}, --only "
            f"{options.only} without it. Add --all, or leave them out"
        )
    if options.epochs is not None and options.epochs < 1:
        raise SystemExit(
            f"--epochs must be at least 1. Received: {options.epochs}. Leave it out for the "
            "recipe's own number"
        )
    recipes = matching(options.only) if options.all else [find(options.name)]
    return Wanted(recipes, seeds(options.seeds), budget(options.budget))


def matching(patterns: str) -> list[Recipe]:
    """The recipes that match one of the patterns, in the order of the catalogue."""
    parts = [part.strip() for part in patterns.split(",") if part.strip()]
    found = [
        recipe
        for name, recipe in catalogue().items()
        if any(fnmatch(name, pattern) for pattern in parts)
    ]
    if not found:
        raise SystemExit(
            f"--only matches no recipe. Received: {patterns!r}. There are: {', '.join(catalogue())}"
        )
    return found


def seeds(text: str) -> list[int]:
    """`"0,1,2"` as integers."""
    try:
        found = [int(part) for part in text.replace(" ", ",").split(",") if part]
    except ValueError:
        found = []
    if not found or min(found) < 0:
        raise SystemExit(f"--seeds must be integers >= 0, as in 0,1,2. Received: {text!r}")
    return found


def budget(text: str | None) -> float | None:
    """`"2h"`, `"30m"` or `"90s"` in seconds.

    >>> budget("2h"), budget("1.5m"), budget(None)
    (7200.0, 90.0, None)
    """
    if text is None:
        return None
    parts = re.fullmatch(r"(\d+(?:\.\d+)?)([smh])", text.strip())
    if parts is None or float(parts[1]) == 0:
        raise SystemExit(f"--budget must be a time such as 2h, 30m or 90s. Received: {text!r}")
    return float(parts[1]) * UNITS[parts[2]]
