"""What the layer checks do in a pytest session: settings, results, report and baseline.

The options themselves are in `keras_seqext_pytest`, which pytest loads by itself.
"""

import sys
from collections.abc import Generator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from keras_seqext.testing.core.case import LayerCase
from keras_seqext.testing.core.registry import Check
from keras_seqext.testing.core.result import Result
from keras_seqext.testing.core.usage_error import UsageError
from keras_seqext.testing.core.versions import versions
from keras_seqext.testing.report.baseline import (
    Entry,
    accepted,
    expected_by,
    out_of_date,
    read_baseline,
    write_baseline,
)
from keras_seqext.testing.report.report import Report
from keras_seqext.testing.report.report_file import write_reports

NAME = "keras_seqext layer checks"
PROPERTY = "layer_check"


@dataclass(frozen=True)
class Settings:
    """What the options and the file say together.

    Args:
        level: Of the checks.
        seed: Of inputs and weights.
        strict_na: Whether a trait that switches off a core check is a failure.
        entries: The baseline.
        known: Whether the plugin runs, and has made the marker known.
    """

    level: str
    seed: int
    strict_na: bool = False
    entries: tuple[Entry, ...] = ()
    known: bool = False

    @classmethod
    def of_session(cls, level: str, seed: int) -> "Settings":
        """The options of the running session before `level` and `seed` of the file."""
        stub = sys.modules.get("keras_seqext_pytest")
        config = stub.active_config() if stub else None
        if config is None:
            return cls(level, seed)
        options = config.option
        asked = options.layer_checks_backends
        if asked and asked != _backend():
            raise pytest.UsageError(
                f"--layer-checks-backends {asked}: Keras runs on {_backend()} already. Something "
                "imported it, or set KERAS_BACKEND, before."
            )
        return cls(
            options.layer_checks_level or level,
            seed if options.layer_checks_seed is None else options.layer_checks_seed,
            options.layer_checks_strict_na,
            tuple(register(config).entries),
            True,
        )

    def marks(self, check: Check) -> list[Any]:
        """The marker of an item; without the plugin `--strict-markers` would refuse it."""
        if not self.known:
            return []
        return [pytest.mark.layer_check(name=check.name, level=check.level)]

    def expected(self, case: LayerCase) -> dict[str, str]:
        """The expected failures of a case."""
        return expected_by(self.entries, case, _backend())


def _backend() -> str:
    import keras

    return str(keras.backend.backend())


def register(config: Any) -> "Session":
    """The plugin of a session, made when it is first asked for."""
    found = config.pluginmanager.get_plugin(NAME)
    if found is None:
        found = Session(config)
        config.pluginmanager.register(found, NAME)
    return found  # type: ignore[no-any-return]


class Session:
    """Collects what comes of the checks; writes the report and the baseline at the end."""

    def __init__(self, config: Any) -> None:
        self.config = config
        self.results: list[tuple[str, Result]] = []
        self.entries: list[Entry] = []
        self.lines: list[str] = []
        options = config.option
        self.baseline = Path(options.layer_checks_baseline or "")
        new = options.layer_checks_accept and not self.baseline.exists()
        if options.layer_checks_baseline and not new:
            try:
                self.entries = read_baseline(self.baseline)
            except UsageError as error:
                raise pytest.UsageError(str(error)) from error

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_makereport(self, item: Any, call: Any) -> Generator[None, Any, Any]:
        """Hands the result of a check on with the report of its item."""
        report = yield
        spec = getattr(item, "callspec", None)
        content = getattr(spec.params.get("check"), "content", None) if spec else None
        if call.when == "call" and content:
            report.user_properties.append((PROPERTY, content))
        return report

    def pytest_runtest_logreport(self, report: Any) -> None:
        """Keeps the result of a check."""
        if report.when == "call":
            for name, content in report.user_properties:
                if name == PROPERTY:
                    self.results.append((content["case"], Result(**content["result"])))

    @pytest.hookimpl(trylast=True)
    def pytest_sessionfinish(self, session: Any) -> None:
        """Writes what was asked for; an entry of the baseline that excuses nothing fails."""
        if hasattr(self.config, "workerinput"):  # pytest-xdist: the controller does it
            return
        options = self.config.option
        if options.layer_checks_report and self.results:
            path = Path(options.layer_checks_report)
            write_reports(self.reports(), path)
            self.lines.append(f"report: {path}")
        if options.layer_checks_accept:
            entries = accepted(self.entries, self.results, _backend(), str(date.today()))
            write_baseline(entries, self.baseline)
            self.lines.append(f"expected failures in {self.baseline}: {len(entries)}")
        elif self.entries and not self._narrowed():
            stale = out_of_date(self.entries, self.results, _backend())
            self.lines += [
                f"out of date in {self.baseline}: {entry.check} of {entry.case} does not fail "
                f"({entry.reason}); take it out, or run with --layer-checks-accept"
                for entry in stale
            ]
            if stale and session.exitstatus in (0, pytest.ExitCode.NO_TESTS_COLLECTED):
                session.exitstatus = pytest.ExitCode.TESTS_FAILED

    def pytest_terminal_summary(self, terminalreporter: Any) -> None:
        """Says what was written and what is out of date."""
        if self.lines:
            terminalreporter.section("layer checks")
            for line in self.lines:
                terminalreporter.line(line)

    def _narrowed(self) -> bool:
        """Whether a part of the tests was asked for: then nothing can be said to be missing."""
        options = self.config.option
        asked = any(
            options.__dict__.get(name) for name in ("keyword", "markexpr", "lf", "deselect")
        )
        return asked or any("::" in str(argument) for argument in self.config.args)

    def reports(self) -> list[Report]:
        """One a case, in the order they ran."""
        found: dict[str, Report] = {}
        header = {"backend": _backend(), "versions": versions()}
        for case, result in self.results:
            report = found.setdefault(case, Report(case, [], dict(header)))
            report.results.append(result)
        return list(found.values())
