"""`python -m conformance.survey.upstream`: run the scripts of the defects in `docs/upstream`.

Each page contains a script that needs only Keras and fails while the defect exists. The script is
run on each backend that the page names; a script that passes means that Keras fixed the defect.
"""

import argparse
import os
import re
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from packaging.version import Version
from rich.console import Console
from rich.progress import track
from rich.table import Table

from keras_seqext.testing.core.versions import versions

PAGES = Path(__file__).parents[2] / "docs" / "upstream"
SECTIONS = ("Reproduce", "Expected", "Actual", "Cause", "Suggested fix")


@dataclass(frozen=True)
class Page:
    """A defect and its page.

    Args:
        path: Path of the page.
        title: First line of the page.
        facts: The table below the title: `Keras`, `Backends`, `Layers`, `Checks`, `Effect`.
        script: The program under `Reproduce`.
    """

    path: Path
    title: str
    facts: dict[str, str]
    script: str

    @property
    def backends(self) -> list[str]:
        """Backends that have the defect."""
        return self.facts["Backends"].replace(",", " ").split()

    def is_of(self, keras: str) -> bool:
        """Return whether a version of Keras is at least the version the defect was found in."""
        return Version(self.facts["Keras"]) <= Version(keras)


def read_page(path: Path) -> Page:
    """Read a page of `docs/upstream`.

    Raises:
        ValueError: If a section, a row of the table or the script is missing.
    """
    text = path.read_text(encoding="utf-8")
    title = text.partition("\n")[0].removeprefix("# ").strip()
    rows = re.findall(r"^\| (\w+) \| (.+) \|$", text, flags=re.MULTILINE)
    script = re.search(r"```python\n(.*?)```", text, flags=re.DOTALL)
    wanted = [f"## {name}" for name in SECTIONS if f"\n## {name}\n" not in text]
    facts = {name: value.strip() for name, value in rows}
    wanted += [
        f"| {name} |"
        for name in ("Keras", "Backends", "Layers", "Checks", "Effect")
        if not facts.get(name)
    ]
    if wanted or script is None:
        raise ValueError(f"{path.name} lacks {', '.join(wanted) or 'a Python script'}.")
    return Page(path, title, facts, script.group(1))


def read_pages() -> list[Page]:
    """Return all pages, sorted by file name."""
    return [read_page(path) for path in sorted(PAGES.glob("*.md")) if path.name != "README.md"]


def run(page: Page, backend: str) -> tuple[bool, str]:
    """Return whether the script fails on a backend, and the last line of its output."""
    done = subprocess.run(
        [sys.executable, "-c", page.script],
        env={**os.environ, "KERAS_BACKEND": backend, "TF_CPP_MIN_LOG_LEVEL": "3"},
        capture_output=True,
        text=True,
        timeout=300,
    )
    lines = (done.stderr or done.stdout).strip().splitlines()
    return done.returncode != 0, lines[-1] if lines else ""


def main() -> int:
    """Run every script and return 1 if one of them passes."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", default="", help="part of the name of a page")
    requested = [page for page in read_pages() if parser.parse_args().only in page.path.name]
    installed = versions()["keras"]
    chosen = [page for page in requested if page.is_of(installed)]
    table = Table("page", "backend", "fails", "last line", title=f"{len(chosen)} defects")
    fixed = 0
    pairs = [(page, backend) for page in chosen for backend in page.backends]
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        found = pool.map(lambda pair: run(*pair), pairs)
        for (page, backend), (fails, line) in zip(
            pairs, track(found, "scripts", total=len(pairs)), strict=True
        ):
            fixed += not fails
            table.add_row(page.path.stem, backend, "yes" if fails else "no longer", line[:100])
    Console().print(table)
    if later := [page.path.stem for page in requested if page not in chosen]:
        print(f"not in Keras {installed}, but in a later build: {', '.join(later)}")
    return int(fixed > 0)


if __name__ == "__main__":
    sys.exit(main())
