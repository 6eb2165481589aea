"""`python -m conformance.lint`: style, types, import contracts and wording, in parallel."""

import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor

LINT_IMPORTS = "from importlinter.cli import lint_imports_command; lint_imports_command()"
COMMANDS = {
    # Started first because it takes longest.
    "mypy": ["-m", "mypy"],
    "import-linter": ["-c", LINT_IMPORTS],  # it has no `python -m` entry
    "ruff check": ["-m", "ruff", "check", "."],
    "ruff format": ["-m", "ruff", "format", "--check", "."],
    "wording": ["-m", "conformance.wording"],
}
Outcome = tuple[str, bool, str]


def run(name: str) -> tuple[Outcome, str]:
    """Return the outcome of one command as `(name, passed, last line)`, and all that it printed."""
    start = time.monotonic()
    done = subprocess.run([sys.executable, *COMMANDS[name]], capture_output=True, text=True)
    text = (done.stdout + done.stderr).strip()
    last = text.splitlines()[-1] if text else ""
    seconds = time.monotonic() - start
    return (name, done.returncode == 0, f"{last} ({seconds:.0f} s)"), text


def lint() -> list[Outcome]:
    """Run all commands two at a time, print the output of those that fail, return the outcomes."""
    with ThreadPoolExecutor(2) as pool:
        results = list(pool.map(run, COMMANDS))
    for (_, passed, _), text in results:
        if not passed:
            print(text)
    return [outcome for outcome, _ in results]


def main() -> int:
    """Print a line per command; 1 if any failed."""
    outcomes = lint()
    for name, passed, last in outcomes:
        print(f"{'ok    ' if passed else 'FAILED'} {name:<14} {last}")
    return 0 if all(passed for _, passed, _ in outcomes) else 1


if __name__ == "__main__":
    sys.exit(main())
