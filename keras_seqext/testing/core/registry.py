"""Registries of checks, and the description of a check."""

import inspect
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from keras_seqext._common.choices import checked_choice

LEVELS = ("core", "recommended", "strict")
ON_FAIL = ("raise", "collect")
CheckFunction = Callable[[Any], None]  # the argument is the context of the kind of object


@dataclass(frozen=True)
class Check:
    """One check: a claim about an object, and the function that verifies it.

    Args:
        name: Name in reports and on the command line; never reused for another claim.
        module: Family of the check, such as `masking`.
        level: `"core"`, `"recommended"` or `"strict"`.
        run: Function that raises an error if the claim does not hold.
        needs: Traits that must hold; otherwise the check is not applicable.
        after: Checks that must pass first; otherwise the check is blocked.
        cost: `"fast"` (below 0.2 s), `"medium"` or `"slow"`.
        backends: Backends on which the check runs; empty for all.
        fresh_process: Whether the check starts another process.
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
        """Property that an object has if the check passes."""
        return _sections(self.run)["claim"]

    @property
    def why(self) -> str:
        """Consequences of a failure for a user."""
        return _sections(self.run).get("Why it matters", "")

    @property
    def causes(self) -> str:
        """Usual causes of a failure."""
        return _sections(self.run).get("Usual causes", "")

    @property
    def reference(self) -> str:
        """Source of the claim, such as a page of the Keras documentation."""
        return _sections(self.run).get("Reference", "")


CheckDecorator = Callable[[CheckFunction], CheckFunction]


class CheckRegistry(dict[str, Check]):
    """The checks of one kind of object, by name, in the order in which they are registered.

    Args:
        after: Checks that must pass first, unless a check declares others.
        module: Family of all checks; by default it is derived from the file (`family`).
    """

    def __init__(self, after: tuple[str, ...], module: str | None = None) -> None:
        super().__init__()
        self._after = after
        self._module = module

    def check(
        self,
        level: str,
        *,
        needs: tuple[str, ...] = (),
        after: tuple[str, ...] | None = None,
        cost: str = "fast",
        backends: tuple[str, ...] = (),
        fresh_process: bool = False,
    ) -> CheckDecorator:
        """Register the decorated function as a check of the same name.

        Its docstring is shown to users: a first sentence that states the claim, then
        `Why it matters:`, `Usual causes:` and, optionally, `Reference:`.
        """
        checked_choice("level", level, LEVELS)

        def register(function: CheckFunction) -> CheckFunction:
            name = function.__name__
            if name in self:
                raise ValueError(f"check {name!r} is already registered, in {self[name].module}.")
            found = _sections(function)
            missing = [
                part for part in ("claim", "Why it matters", "Usual causes") if part not in found
            ]
            if missing:
                raise ValueError(f"the docstring of {name} has no {', '.join(missing)}.")
            self[name] = Check(
                name,
                self._module or family(function.__module__),
                level,
                function,
                needs,
                self._after if after is None else after,
                cost,
                backends,
                fresh_process,
            )
            return function

        return register


def family(module: str) -> str:
    """Return the family of the checks in a module, as stored reports name it.

    The path below `checks.<kind>` is joined by `_`; the file `basics` adds nothing. Reports that
    were stored before the folders existed use the same names.

    >>> family("keras_seqext.testing.checks.layer.masking.padding")
    'masking_padding'
    >>> family("keras_seqext.testing.checks.layer.masking.basics")
    'masking'
    """
    parts = module.partition(".checks.")[2].split(".")[1:] or [module.rsplit(".", 1)[-1]]
    return "_".join(part for part in parts if part != "basics")


LAYER_CHECKS = CheckRegistry(after=("call_finite",))
CELL_CHECKS = CheckRegistry(after=("step",))
DATASET_CHECKS = CheckRegistry(after=("batch_structure",))
INITIALIZER_CHECKS = CheckRegistry(after=("call",), module="initializer_checks")
layer_check = LAYER_CHECKS.check
cell_check = CELL_CHECKS.check
dataset_check = DATASET_CHECKS.check
initializer_check = INITIALIZER_CHECKS.check


def _sections(function: CheckFunction) -> dict[str, str]:
    text = inspect.getdoc(function) or ""
    parts = re.split(r"^(Why it matters|Usual causes|Reference):", text, flags=re.M)
    found = {title: _line(body) for title, body in zip(parts[1::2], parts[2::2], strict=True)}
    if parts[0].strip():
        found["claim"] = _line(parts[0])
    return found


def _line(text: str) -> str:
    return re.sub(r"\s+", " ", text).strip()


def up_to(level: str, checks: Mapping[str, Check]) -> list[Check]:
    """Return the checks of a level and of all lower levels."""
    checked_choice("level", level, LEVELS)
    allowed = LEVELS[: LEVELS.index(level) + 1]
    return [found for found in checks.values() if found.level in allowed]
