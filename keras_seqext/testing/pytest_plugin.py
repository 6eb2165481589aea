"""Layer checks in a pytest session: settings, results, report and baseline.

The options are defined in `keras_seqext_pytest`, which pytest loads as a plugin.
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
    """Settings of the checks, from the options of pytest and the test file.

    Args:
        level: Level of the checks.
        seed: Seed of inputs and weights.
        strict_na: Whether a declared trait that disables a core check is a failure.
        entries: Entries of the baseline.
        known: Whether the plugin is active, which registers the marker.
    """

    level: str
    seed: int
    strict_na: bool = False
    entries: tuple[Entry, ...] = ()
    known: bool = False

    @classmethod
    def of_session(cls, level: str, seed: int) -> "Settings":
        """Return the settings of the session; its options override those of the file."""
        stub = sys.modules.get("keras_seqext_pytest")
        config = stub.active_config() if stub else None
        if config is None:
            return cls(level, seed)
        options = config.option
        requested = options.layer_checks_backends
        if requested and requested != _backend():
            raise pytest.UsageError(
                f"--layer-checks-backends {requested}: Keras already runs on {_backend()}, because "
                "it was imported, or KERAS_BACKEND was set, before."
            )
        return cls(
            options.layer_checks_level or level,
            seed if options.layer_checks_seed is None else options.layer_checks_seed,
            options.layer_checks_strict_na,
            tuple(register(config).entries),
            True,
        )

    def marks(self, check: Check) -> list[Any]:
        """Return the marker of an item; without the plugin `--strict-markers` would reject it."""
        if not self.known:
            return []
        return [pytest.mark.layer_check(name=check.name, level=check.level)]

    def expected(self, case: LayerCase) -> dict[str, str]:
        """Return the expected failures of a case."""
        return expected_by(self.entries, case, _backend())


def _backend() -> str:
    import keras

    return str(keras.backend.backend())


def register(config: Any) -> "Session":
    """Return the plugin of a session, and register it on the first call."""
    found = config.pluginmanager.get_plugin(NAME)
    if found is None:
        found = Session(config)
        config.pluginmanager.register(found, NAME)
    return found  # type: ignore[no-any-return]


class Session:
    """Plugin that collects results and writes the report and the baseline at the end."""

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
        """Add the result of a check to the report of its item."""
        report = yield
        spec = getattr(item, "callspec", None)
        content = getattr(spec.params.get("check"), "content", None) if spec else None
        if call.when == "call" and content:
            report.user_properties.append((PROPERTY, content))
        return report

    def pytest_runtest_logreport(self, report: Any) -> None:
        """Store the result of a check."""
        if report.when == "call":
            for name, content in report.user_properties:
                if name == PROPERTY:
                    self.results.append((content["case"], Result(**content["result"])))

    @pytest.hookimpl(trylast=True)
    def pytest_sessionfinish(self, session: Any) -> None:
        """Write the report and the baseline; fail if an entry of the baseline is outdated."""
        if hasattr(self.config, "workerinput"):  # a worker of pytest-xdist: the controller writes
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
        elif self.entries and not self._is_partial():
            stale = out_of_date(self.entries, self.results, _backend())
            self.lines += [
                f"out of date in {self.baseline}: {entry.check} of {entry.case} does not fail "
                f"({entry.reason}); remove it, or run with --layer-checks-accept"
                for entry in stale
            ]
            if stale and session.exitstatus in (0, pytest.ExitCode.NO_TESTS_COLLECTED):
                session.exitstatus = pytest.ExitCode.TESTS_FAILED

    def pytest_terminal_summary(self, terminalreporter: Any) -> None:
        """Print which files were written and which entries are out of date."""
        if self.lines:
            terminalreporter.section("layer checks")
            for line in self.lines:
                terminalreporter.line(line)

    def _is_partial(self) -> bool:
        """Return whether only some tests were selected, so that a missing failure means nothing."""
        options = self.config.option
        filtered = any(
            options.__dict__.get(name) for name in ("keyword", "markexpr", "lf", "deselect")
        )
        return filtered or any("::" in str(argument) for argument in self.config.args)

    def reports(self) -> list[Report]:
        """Return one report per case, in the order in which they ran."""
        found: dict[str, Report] = {}
        header = {"backend": _backend(), "versions": versions()}
        for case, result in self.results:
            report = found.setdefault(case, Report(case, [], dict(header)))
            report.results.append(result)
        return list(found.values())
