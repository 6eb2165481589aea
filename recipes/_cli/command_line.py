"""Validation of the arguments of `run`, before anything slow starts."""

import argparse
import re
from dataclasses import dataclass
from fnmatch import fnmatch

from keras_seqext._common.choices import did_you_mean
from recipes.catalogue import Recipe, catalogue, find
from recipes.usage_error import UsageError

UNITS = {"s": 1, "m": 60, "h": 3600}


@dataclass(frozen=True)
class RunRequest:
    """Recipes, seeds and time limit in seconds."""

    recipes: list[Recipe]
    seeds: list[int]
    budget: float | None


def checked_run(options: argparse.Namespace) -> RunRequest:
    """Return what to run. Errors contain the arguments passed and the valid choices."""
    if options.all == bool(options.name):
        raise UsageError(
            f"run requires either a NAME from `list`, or --all. Received: NAME={options.name!r} "
            f"{'with' if options.all else 'without'} --all"
        )
    if not options.all and (options.budget or options.only != "*"):
        raise UsageError(
            f"--budget and --only require --all. Received: --budget {options.budget}, --only "
            f"{options.only} without --all. Add --all, or omit these options"
        )
    if options.epochs is not None and options.epochs < 1:
        raise UsageError(
            f"--epochs must be at least 1. Received: {options.epochs}. Omit it to use the number "
            "of the recipe"
        )
    recipes = match_recipes(options.only) if options.all else [find(options.name)]
    return RunRequest(recipes, parse_seeds(options.seeds), parse_budget(options.budget))


def match_recipes(patterns: str) -> list[Recipe]:
    """Return the recipes that match any pattern, in the order of the catalogue."""
    parts = [part.strip() for part in patterns.split(",") if part.strip()]
    found = [
        recipe
        for name, recipe in catalogue().items()
        if any(fnmatch(name, pattern) for pattern in parts)
    ]
    if not found:
        raise UsageError(
            f"--only must match a recipe. Received: {patterns!r}."
            f"{did_you_mean(patterns.strip('*'), catalogue())} `python -m recipes list` shows all "
            "names"
        )
    return found


def parse_seeds(text: str) -> list[int]:
    """Parse seeds such as `"0,1,2"`."""
    try:
        found = [int(part) for part in text.replace(" ", ",").split(",") if part]
    except ValueError:
        found = []
    if not found or min(found) < 0:
        raise UsageError(f"--seeds must be integers >= 0 such as 0,1,2. Received: {text!r}")
    return found


def parse_budget(text: str | None) -> float | None:
    """Parse a time such as `"2h"`, `"30m"` or `"90s"` and return seconds.

    >>> parse_budget("2h"), parse_budget("1.5m"), parse_budget(None)
    (7200.0, 90.0, None)
    """
    if text is None:
        return None
    parts = re.fullmatch(r"(\d+(?:\.\d+)?)([smh])", text.strip())
    if parts is None or float(parts[1]) == 0:
        raise UsageError(f"--budget must be a time such as 2h, 30m or 90s. Received: {text!r}")
    return float(parts[1]) * UNITS[parts[2]]
