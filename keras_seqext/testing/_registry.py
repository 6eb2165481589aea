"""All checks, what each is about, and in which order they run."""

import inspect
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from .._choices import checked_choice

LEVELS = ("core", "recommended", "strict")
ON_FAIL = ("raise", "collect")
CheckFunction = Callable[[Any], None]  # a check of layers is given a `Context`


@dataclass(frozen=True)
class Check:
    """One claim about layers.

    Args:
        name: As in reports and on the command line; never reused for another claim.
        module: The family it belongs to, as `masking`.
        level: `"core"`, `"recommended"` or `"strict"`.
        run: The function.
        needs: Traits that must hold, else it is not applicable.
        after: Checks that must have passed, else it is blocked.
        cost: `"fast"` (below 0.2 s), `"medium"` or `"slow"`.
        backends: Where it runs; empty for everywhere.
        fresh_process: Whether it starts another process.
    """

    name: str
    module: str
    level: str
    run: CheckFunction
    needs: tuple[str, ...]
    after: tuple[str, ...]
    cost: str
    backends: tuple[str, ...]
    fresh_process: bool

    @property
    def claim(self) -> str:
        """What a layer that passes can be relied on for."""
        return _sections(self.run)["claim"]

    @property
    def why(self) -> str:
        """What goes wrong for a user otherwise."""
        return _sections(self.run).get("Why it matters", "")

    @property
    def causes(self) -> str:
        """What is usually behind a failure."""
        return _sections(self.run).get("Usual causes", "")

    @property
    def reference(self) -> str:
        """Where it comes from."""
        return _sections(self.run).get("Reference", "")


CHECKS: dict[str, Check] = {}


def check(
    level: str,
    *,
    needs: tuple[str, ...] = (),
    after: tuple[str, ...] = ("call_finite",),
    cost: str = "fast",
    backends: tuple[str, ...] = (),
    fresh_process: bool = False,
    into: dict[str, Check] | None = None,
) -> Callable[[CheckFunction], CheckFunction]:
    """Registers a function as a check named after it; of layers, unless `into` is given.

    Its docstring is what people read: a first sentence that states the claim, then
    `Why it matters:`, `Usual causes:` and, where there is one, `Reference:`.
    """
    checked_choice("level", level, LEVELS)
    checks = CHECKS if into is None else into

    def register(function: CheckFunction) -> CheckFunction:
        name = function.__name__
        if name in checks:
            raise ValueError(f"there is a check {name!r} already, in {checks[name].module}.")
        module = function.__module__.rsplit(".", 1)[-1]
        found = _sections(function)
        missing = [
            part for part in ("claim", "Why it matters", "Usual causes") if part not in found
        ]
        if missing:
            raise ValueError(f"the docstring of {name} has no {', '.join(missing)}.")
        checks[name] = Check(
            name, module, level, function, needs, after, cost, backends, fresh_process
        )
        return function

    return register


def _sections(function: CheckFunction) -> dict[str, str]:
    text = inspect.getdoc(function) or ""
    parts = re.split(r"^(Why it matters|Usual causes|Reference):", text, flags=re.M)
    found = {title: _line(body) for title, body in zip(parts[1::2], parts[2::2], strict=True)}
    if parts[0].strip():
        found["claim"] = _line(parts[0])
    return found


def _line(text: str) -> str:
    return re.sub(r"\s+", " ", text).strip()


def load_checks() -> dict[str, Check]:
    """All checks, imported once, gates first and in the order of the files."""
    from . import checks  # noqa: F401 - importing registers them

    return CHECKS


def list_checks(level: str = "strict") -> list[Check]:
    """The checks up to a level.

    Args:
        level: `"core"`, `"recommended"` (with core) or `"strict"` (all).

    >>> len(list_checks("core")) < len(list_checks("strict"))
    True
    """
    return up_to(level, load_checks())


def up_to(level: str, checks: Mapping[str, Check]) -> list[Check]:
    """Those of a level and of the levels before it."""
    checked_choice("level", level, LEVELS)
    allowed = LEVELS[: LEVELS.index(level) + 1]
    return [found for found in checks.values() if found.level in allowed]
