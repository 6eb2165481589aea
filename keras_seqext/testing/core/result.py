"""The result of one check, and the results of all checks on one object."""

import json
from dataclasses import asdict, dataclass, field
from typing import Any, Self

from keras_seqext._common.validation import wrong_value

STATUSES = ("passed", "failed", "expected", "not_applicable", "blocked", "skipped")


@dataclass(frozen=True)
class Result:
    """What came of one check.

    Args:
        name: Of the check.
        status: One of `STATUSES`.
        message: Why, for everything but a pass.
        seconds: How long it took.
        level: Of the check.
        module: The family of the check.
        backend: It ran on.
        sample: What the layer was fed.
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
    """The results of all checks on one object.

    Args:
        case: Name of the case.
        results: In the order they ran.
        header: Versions, traits and seed.
    """

    case: str
    results: list[Result]
    header: dict[str, Any] = field(default_factory=dict)

    def _with(self, status: str) -> list[Result]:
        return [result for result in self.results if result.status == status]

    @property
    def passed(self) -> list[Result]:
        """Checks that hold."""
        return self._with("passed")

    @property
    def failed(self) -> list[Result]:
        """Checks that do not hold, and expected failures that passed."""
        return self._with("failed")

    @property
    def expected(self) -> list[Result]:
        """Failures that were announced with a reason."""
        return self._with("expected")

    @property
    def not_applicable(self) -> list[Result]:
        """Checks that have nothing to say about the layer."""
        return self._with("not_applicable")

    @property
    def blocked(self) -> list[Result]:
        """Checks that need another one to hold, which does not."""
        return self._with("blocked")

    @property
    def skipped(self) -> list[Result]:
        """Checks that need something which is not installed."""
        return self._with("skipped")

    def to_json(self) -> str:
        """All of it; `schema` is raised when a field changes its meaning."""
        content = {
            "schema": 1,
            "case": self.case,
            "header": self.header,
            "results": [asdict(result) for result in self.results],
        }
        return json.dumps(content, indent=1, ensure_ascii=False)

    @classmethod
    def from_json(cls, text: str) -> Self:
        """What `to_json` wrote."""
        try:
            content = json.loads(text)
            results = [Result(**result) for result in content["results"]]
            return cls(content["case"], results, content["header"])
        except (TypeError, ValueError, KeyError):
            raise wrong_value(
                "text", text, "a report in JSON, of this release", "Pass what `to_json` gave."
            ) from None

    def summary(self) -> str:
        """How many of each, in one line."""
        counts = {status: len(self._with(status)) for status in STATUSES}
        parts = [f"{count} {status.replace('_', ' ')}" for status, count in counts.items() if count]
        return f"{self.case}: " + (", ".join(parts) or "no check ran")

    def __repr__(self) -> str:
        lines = [
            f"<{type(self).__name__} {self.summary()}",
            *(f"  failed: {r.name}" for r in self.failed),
        ]
        return "\n".join(lines) + ">"
