"""The survey's files agree with each other: pages, known failures, packages, results."""

import json
import tomllib

import pytest

from conformance.survey import judge, upstream
from keras_seqext.testing import list_checks
from keras_seqext.testing.core.result import Result
from keras_seqext.testing.report.baseline import Entry
from keras_seqext.testing.report.report import Report

pytestmark = pytest.mark.backend_free
SURVEY = judge.BASELINE.parent


def test_each_page_has_a_title_a_script_and_all_sections():
    pages = upstream.read_pages()
    assert len(pages) >= 15
    assert len({page.title for page in pages}) == len(pages)
    for page in pages:
        assert set(page.backends) <= {"tensorflow", "jax", "torch"}, page.path.name
        compile(page.script, page.path.name, "exec")
        assert "keras_seqext" not in page.script and "keras.src" not in page.script


def test_a_defect_of_a_later_build_is_not_looked_for_in_an_earlier_one():
    later = next(p for p in upstream.read_pages() if p.path.stem == "rnn-mask-lost-nightly")
    assert not later.is_of("3.15.1")
    assert later.is_of("3.16.0.dev2026110101") and later.is_of("3.16.0")


def test_a_page_without_a_section_is_named(tmp_path):
    path = tmp_path / "page.md"
    path.write_text("# Title\n\n```python\nimport keras\n```\n")
    with pytest.raises(ValueError, match="page.md lacks ## Reproduce.*Backends"):
        upstream.read_page(path)


def test_a_known_defect_has_a_page():
    pages = {page.path.stem for page in upstream.read_pages()}
    named = {judge.page_of(entry) for entry in judge.known()} - {None}
    assert named <= pages


def report(status, backend="jax"):
    result = Result("length_zero", status, "message", 0.0, "strict", "shapes", backend)
    return Report("GRU", [result], {"backend": backend})


ENTRY = Entry("GRU", "length_zero", "design: at least one step", ("jax",))


def test_a_known_failure_is_expected_and_another_is_not():
    (known, other), stale = judge.judged([report("failed"), report("failed", "torch")], [ENTRY])
    assert [result.status for result in known.results] == ["expected"]
    assert known.results[0].message == "expected: design: at least one step\nmessage"
    assert [result.status for result in other.results] == ["failed"]
    assert not stale


def test_an_entry_whose_check_passes_is_stale():
    _, stale = judge.judged([report("passed")], [ENTRY])
    assert stale == [("jax", ENTRY)]


def test_each_package_has_cases_and_findings_name_checks():
    registry = tomllib.loads((SURVEY / "packages" / "registry.toml").read_text())["package"]
    findings = tomllib.loads((SURVEY / "packages" / "findings.toml").read_text())["finding"]
    names = {package["name"] for package in registry}
    for name in names:
        assert (SURVEY / "packages" / f"{name.replace('-', '_')}.py").exists(), name
    checks = {check.name for check in list_checks()}
    for finding in findings:
        assert finding["package"] in names
        assert finding["kind"] in ("defect", "design", "ours")
        for check in finding["check"].replace(",", " ").split():
            assert check in checks, finding


def test_results_name_no_place_on_a_machine():
    for path in (SURVEY / "results").glob("*.json"):
        text = path.read_text()
        assert json.loads(text)["reports"], path.name
        assert "/home/" not in text and "/tmp/" not in text and "site-packages" not in text
