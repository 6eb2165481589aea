"""Arguments that every `check_*` function accepts."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from keras_seqext._common.choices import checked_choice
from keras_seqext._common.validation import checked_integer
from keras_seqext.testing.core.case import checked_reasons
from keras_seqext.testing.core.registry import ON_FAIL, Check
from keras_seqext.testing.report.report import Report

from .check_errors import ERRORS
from .selection import select_checks


@dataclass(frozen=True)
class Options:
    """Validated arguments that every `check_*` function accepts.

    Args:
        kind: Kind of object: `"layer"`, `"cell"`, `"dataset"` or `"initializer"`.
        checks: Selected checks.
        on_fail: `"raise"` or `"collect"`.
        expected_failures: Reason by check.
        seed: Seed of everything random.
    """

    kind: str
    checks: list[Check]
    on_fail: str
    expected_failures: dict[str, str]
    seed: int

    def raise_if_failed(self, report: Report) -> None:
        """Raise the error of this kind of object if a check failed and `on_fail` is `"raise"`."""
        if report.failed and self.on_fail == "raise":
            raise ERRORS[self.kind](report)


def checked_options(
    kind: str,
    *,
    level: str,
    on_fail: str,
    expected_failures: Mapping[str, str] | None,
    checks: Sequence[str] | None,
    seed: int,
) -> Options:
    """Return validated options, or raise an error for an invalid argument."""
    return Options(
        kind,
        select_checks(level, checks, kind),
        checked_choice("on_fail", on_fail, ON_FAIL),
        checked_reasons(expected_failures or {}),
        checked_integer("seed", seed, 0),
    )
