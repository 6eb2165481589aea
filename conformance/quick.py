"""`python -m conformance.quick`: the tests that a change most likely breaks, in a minute.

The changed files are those that differ from a commit (`--base`, by default HEAD, or the commit
before it where nothing is uncommitted). Tests run in the order of their distance from the change,
in imports; tests whose id names a changed function come first. The run ends when it has used its
processor time, and the summary says what was left out. `make test` runs everything.
"""

import argparse
import ast
import os
import re
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from conformance.__main__ import BACKENDS, installed
from conformance.import_graph import ImportGraph

# A test that runs when the time is used up is not interrupted: the rest up to 60 is for it.
BUDGET = 50.0
# Seconds after which a test of an earlier run counts as slow; slow tests run last.
SLOW = 3.0
DURATIONS = "keras_seqext/durations"
# Not part of the tests: measurements, and pages that need a built site.
ELSEWHERE = ("conformance/benchmarks/", "conformance/site/")
# Changes to these files concern every test, so distances say nothing.
EVERYWHERE = ("pyproject.toml", "conftest.py")


def changed_files(base: str | None) -> tuple[list[str], str]:
    """Return the files that differ from `base`, and the commit that they were compared with."""

    def lines(*arguments: str) -> list[str]:
        done = subprocess.run(["git", *arguments], capture_output=True, text=True, check=True)
        return [line for line in done.stdout.splitlines() if line]

    base = base or "HEAD"
    found = lines("diff", "--name-only", base)
    found += lines("ls-files", "--others", "--exclude-standard")
    if not found and base == "HEAD":
        base = "HEAD~1"
        found = lines("diff", "--name-only", base)
    return [path for path in found if Path(path).exists()], base


def defined_names(paths: Iterable[str]) -> set[str]:
    """Return the names of the functions and classes that the Python files define."""
    return {
        node.name
        for path in paths
        if path.endswith(".py")
        for node in ast.walk(ast.parse(Path(path).read_text(encoding="utf-8")))
        if isinstance(node, ast.FunctionDef | ast.ClassDef) and len(node.name) > 3
    }


def ordered_targets(changed: list[str]) -> dict[str, int]:
    """Return test files, pages and modules with examples, by their distance from the change."""
    graph = ImportGraph.read()
    distances = graph.distances(path for path in changed if path.endswith(".py"))
    targets = {
        path: distance
        for path, distance in distances.items()
        if not path.startswith(ELSEWHERE)
        and (
            Path(path).name.startswith("test_")
            # The examples in docstrings of what changed; other modules only through tests.
            or (distance == 0 and graph.has_examples(path))
        )
    }
    pages = [path for path in changed if path.endswith(".md") and not path.startswith("docs/up")]
    return dict(sorted({**targets, **dict.fromkeys(pages, 0)}.items(), key=lambda item: item[1]))


class Budget:
    """A pytest plugin that orders the tests by relevance and stops after a processor time."""

    def __init__(self, seconds: float, targets: dict[str, int], names: set[str]) -> None:
        self._seconds, self._targets, self._names = seconds, targets, names
        self._durations: dict[str, float] = {}
        self._items: list[str] = []
        self.ran: list[str] = []
        self.failed = 0

    def pytest_collection_modifyitems(self, config: Any, items: list[Any]) -> None:
        """Put relevant tests first and slow tests last."""
        self._durations = dict(config.cache.get(DURATIONS, {}))

        def relevance(item: Any) -> tuple[bool, bool, int]:
            path = item.nodeid.partition("::")[0]
            named = bool(self._names & set(re.split(r"\W+", item.nodeid.partition("::")[2])))
            slow = self._durations.get(item.nodeid, 0.0) > SLOW
            return slow, not named, self._targets.get(path, 0)

        items.sort(key=relevance)
        self._items = [item.nodeid for item in items]

    def pytest_runtest_logreport(self, report: Any) -> None:
        """Note the duration and the failures of the test."""
        self.failed += report.failed
        if report.when == "call":
            self.ran.append(report.nodeid)
            self._durations[report.nodeid] = round(report.duration, 2)

    def pytest_runtest_logfinish(self, nodeid: str) -> None:
        """Stop the session where the processor time is used up."""
        if self._session is not None and used() > self._seconds:
            self._session.shouldstop = f"{self._seconds:.0f} s of processor time are used"

    _session: Any = None

    def pytest_sessionstart(self, session: Any) -> None:
        """Remember the session, which can be stopped."""
        self._session = session

    def pytest_sessionfinish(self, session: Any) -> None:
        """Store durations for the next run."""
        session.config.cache.set(DURATIONS, self._durations)

    def left_out(self) -> Counter[str]:
        """Return the number of tests per file that did not run."""
        done = set(self.ran)
        return Counter(item.partition("::")[0] for item in self._items if item not in done)


def used() -> float:
    """Return the processor time of this process and of those that it waited for, in seconds."""
    times = os.times()
    return times.user + times.system + times.children_user + times.children_system


def main() -> int:
    """Run the tests and print what was left out; return the exit status of pytest."""
    parser = argparse.ArgumentParser(prog="python -m conformance.quick", description=__doc__)
    parser.add_argument("--base", help="a commit to compare with; HEAD, or HEAD~1, by default")
    parser.add_argument("--seconds", type=float, default=BUDGET, help="processor time to use")
    options = parser.parse_args()
    start = time.monotonic()
    available = [name for name in ("jax", *BACKENDS) if installed(name)]
    os.environ.setdefault("KERAS_BACKEND", available[0] if available else "")
    changed, base = changed_files(options.base)
    targets = ordered_targets(changed)
    print(f"{len(changed)} files differ from {base}; backend: {os.environ['KERAS_BACKEND']}")
    if any(path in EVERYWHERE for path in changed):
        print(f"{' and '.join(EVERYWHERE)} concern every test: run `make test` as well")
    if not targets:
        print("no test imports what changed")
        return 0
    import pytest

    budget = Budget(options.seconds, targets, defined_names(changed))
    arguments = ["-q", "--benchmark-skip", "-p", "no:randomly", *targets]
    code = pytest.main(arguments, plugins=[budget])
    rest = budget.left_out()
    print(
        f"{len(budget.ran)} tests ran in {used():.0f} s of processor time, "
        f"{time.monotonic() - start:.0f} s in all"
    )
    for path, count in rest.items():
        print(f"left out: {count} tests of {path} (distance {targets.get(path, 0)})")
    others = [name for name in BACKENDS if name != os.environ["KERAS_BACKEND"] and installed(name)]
    print(f"left out: {', '.join(others) or 'no other backend'}; `make test` runs everything")
    # Interrupted by the budget, with no failure before it: what ran has passed.
    return 0 if code in (2, 5) and not budget.failed else int(code)


if __name__ == "__main__":
    sys.exit(main())
