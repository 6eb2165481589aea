"""Results of checks."""

import json
from dataclasses import asdict, dataclass, field
from typing import Any, Self

from keras_seqext._common.validation import wrong_value

STATUSES = ("passed", "failed", "expected", "not_applicable", "blocked", "skipped")


@dataclass(frozen=True)
class Result:
    """Result of one check.

    Args:
        name: Name of the check.
        status: One of `STATUSES`.
        message: Reason of the status; empty if the check passed.
        seconds: Run time in seconds.
        level: Level of the check.
        module: Family of the check.
        backend: Backend on which the check ran.
        sample: Name of the sample.
    """

    name: str
    status: str
    message: str
    seconds: float
    level: str
    module: str
    backend: str
    sample: str = ""


@dataclass
class CheckResults:
    """Results of all checks on one object.

    Args:
        case: Name of the case.
        results: Results in the order in which the checks ran.
        header: Versions, traits and seed.
    """

    case: str
    results: list[Result]
    header: dict[str, Any] = field(default_factory=dict)

    def _with(self, status: str) -> list[Result]:
        return [result for result in self.results if result.status == status]

    @property
    def passed(self) -> list[Result]:
        """Checks that passed."""
        return self._with("passed")

    @property
    def failed(self) -> list[Result]:
        """Checks that failed, including expected failures that passed."""
        return self._with("failed")

    @property
    def expected(self) -> list[Result]:
        """Expected failures."""
        return self._with("expected")

    @property
    def not_applicable(self) -> list[Result]:
        """Checks that do not apply to the layer."""
        return self._with("not_applicable")

    @property
    def blocked(self) -> list[Result]:
        """Checks that did not run because a check that they need did not pass."""
        return self._with("blocked")

    @property
    def skipped(self) -> list[Result]:
        """Checks that could not run here."""
        return self._with("skipped")

    def to_json(self) -> str:
        """Return the results as JSON; `schema` increases when a field changes its meaning."""
        content = {
            "schema": 1,
            "case": self.case,
            "header": self.header,
            "results": [asdict(result) for result in self.results],
        }
        return json.dumps(content, indent=1, ensure_ascii=False)

    @classmethod
    def from_json(cls, text: str) -> Self:
        """Return the results that `to_json` wrote."""
        try:
            content = json.loads(text)
            results = [Result(**result) for result in content["results"]]
            return cls(content["case"], results, content["header"])
        except (TypeError, ValueError, KeyError):
            raise wrong_value(
                "text", text, "a report in JSON, of this release", "Pass the result of `to_json`."
            ) from None

    def summary(self) -> str:
        """Return the number of results per status, in one line."""
        counts = {status: len(self._with(status)) for status in STATUSES}
        parts = [f"{count} {status.replace('_', ' ')}" for status, count in counts.items() if count]
        return f"{self.case}: " + (", ".join(parts) or "no check ran")

    def __repr__(self) -> str:
        lines = [
            f"<{type(self).__name__} {self.summary()}",
            *(f"  failed: {r.name}" for r in self.failed),
        ]
        return "\n".join(lines) + ">"
