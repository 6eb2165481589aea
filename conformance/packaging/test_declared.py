"""Declarations of pyproject.toml: dependencies, versions, citation and changelog."""

import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

pytestmark = pytest.mark.backend_free

PROJECT = tomllib.loads(Path("pyproject.toml").read_text())["project"]
ROW = re.compile(r"^\| `([^`]+)` \| ([^|]+) \| ([^|]+) \|$", re.M)


def declared():
    """Return a dict from requirement to its extras, with `-` for the required dependencies."""
    found = {}
    for requirement in PROJECT["dependencies"]:
        found.setdefault(requirement, []).append("-")
    for extra, requirements in PROJECT["optional-dependencies"].items():
        for requirement in requirements:
            found.setdefault(requirement, []).append(extra)
    return found


def test_dependencies_equal_the_documented_ones():
    rows = ROW.findall(Path("docs/dependencies.md").read_text())
    table = {requirement: extras.strip().split(", ") for requirement, extras, _ in rows}
    assert table == declared()
    assert all(len(why.strip()) > 8 for _, _, why in rows)


def test_required_dependencies():
    names = {re.match(r"[\w-]+", one)[0] for one in PROJECT["dependencies"]}
    assert names == {"keras", "numpy"}


def test_installed_dependencies_satisfy_the_requirements():
    done = subprocess.run([sys.executable, "-m", "pip", "check"], capture_output=True, text=True)
    ours = [line for line in done.stdout.splitlines() if line.startswith("keras-seqext ")]
    assert not ours, done.stdout


def test_citation_has_the_version_and_license_of_the_project():
    lines = Path("CITATION.cff").read_text().splitlines()
    fields = dict(line.split(": ", 1) for line in lines if re.match(r"[a-z-]+: \S", line))
    assert fields["cff-version"] == "1.2.0"
    assert fields["version"] == PROJECT["version"]
    assert fields["license"] == PROJECT["license"]
    assert fields["title"] == PROJECT["name"]


def test_changelog_begins_with_this_version_or_unreleased_changes():
    heads = re.findall(r"^## (.+)$", Path("CHANGELOG.md").read_text(), re.M)
    assert any(PROJECT["version"] in head or "nreleased" in head for head in heads[:1]), heads[:1]


@pytest.mark.parametrize(("package", "column"), [("keras", 2), ("numpy", 3), ("pandas", 4)])
def test_minimum_versions_were_tested(package, column):
    everything = [*PROJECT["dependencies"], *PROJECT["optional-dependencies"]["recipes"]]
    (floor,) = (one.split(">=")[1] for one in everything if one.startswith(f"{package}>="))
    rows = [line.split(" | ") for line in Path("docs/versions.md").read_text().splitlines()]
    passed = {row[column] for row in rows if len(row) > 7 and "passed" in row[7]}
    assert any(version == floor or version.startswith(f"{floor}.") for version in passed)
