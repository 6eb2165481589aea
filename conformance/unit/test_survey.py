"""Consistency of the survey: pages, known failures, packages and stored results."""

import json
import tomllib
from dataclasses import replace

import pytest

from conformance.survey import RESULTS, judge, stored_results, upstream
from keras_seqext.testing import list_checks
from keras_seqext.testing.core.result import Result
from keras_seqext.testing.report.baseline import Entry
from keras_seqext.testing.report.report import Report

pytestmark = pytest.mark.backend_free
SURVEY = judge.BASELINE.parent


def test_each_page_has_title_script_and_all_sections():
    pages = upstream.read_pages()
    assert len(pages) >= 15
    assert len({page.title for page in pages}) == len(pages)
    for page in pages:
        assert set(page.backends) <= {"tensorflow", "jax", "torch"}, page.path.name
        compile(page.script, page.path.name, "exec")
        assert "keras_seqext" not in page.script and "keras.src" not in page.script


def test_a_defect_of_a_later_build_is_skipped_in_an_earlier_build():
    later = next(p for p in upstream.read_pages() if p.path.stem == "rnn-mask-lost-nightly")
    assert not later.is_of("3.15.1")
    assert later.is_of("3.16.0.dev2026110101") and later.is_of("3.16.0")


def test_error_names_the_page_without_a_section(tmp_path):
    path = tmp_path / "page.md"
    path.write_text("# Title\n\n```python\nimport keras\n```\n")
    with pytest.raises(ValueError, match="page.md lacks ## Reproduce.*Backends"):
        upstream.read_page(path)


def test_known_defects_have_a_page():
    pages = {page.path.stem for page in upstream.read_pages()}
    named = {judge.page_of(entry) for entry in judge.known()} - {None}
    assert named <= pages


def report(status, backend="jax"):
    result = Result("length_zero", status, "message", 0.0, "strict", "shapes", backend)
    return Report("GRU", [result], {"backend": backend})


ENTRY = Entry("GRU", "length_zero", "design: at least one step", ("jax",))


def test_a_known_failure_is_expected_and_an_unknown_failure_is_not():
    (known, other), stale = judge.judged([report("failed"), report("failed", "torch")], [ENTRY])
    assert [result.status for result in known.results] == ["expected"]
    assert known.results[0].message == "expected: design: at least one step\nmessage"
    assert [result.status for result in other.results] == ["failed"]
    assert not stale


def test_entry_of_a_passing_check_is_stale():
    _, stale = judge.judged([report("passed")], [ENTRY])
    assert stale == [("jax", ENTRY)]


def test_packages_have_cases_and_findings_name_existing_checks():
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


def test_results_contain_no_absolute_path_of_a_machine():
    paths = sorted(RESULTS.glob(f"*{stored_results.SUFFIX}"))
    assert len(paths) >= 13
    for path in paths:
        text = stored_results.read_text(path)
        assert json.loads(text)["reports"], path.name
        assert "/home/" not in text and "/tmp/" not in text and "site-packages" not in text


def test_results_are_read_back_and_equal_results_give_equal_bytes(tmp_path):
    reports = [report("passed"), report("failed", "torch")]
    first, second = (tmp_path / f"{name}{stored_results.SUFFIX}" for name in "ab")
    stored_results.write_results(reports, first)
    assert stored_results.read_results(first) == reports
    stored_results.write_results(stored_results.read_results(first), second)
    assert first.read_bytes() == second.read_bytes()


def test_an_entry_holds_for_the_versions_of_the_report():
    old = replace(ENTRY, versions={"keras": "<3.15"})
    failed = report("failed")
    failed.header["versions"] = {"keras": "3.14.1"}
    (marked,), _ = judge.judged([failed], [old])
    assert marked.results[0].status == "expected"
    failed.header["versions"] = {"keras": "3.15.0"}
    (marked,), _ = judge.judged([failed], [old])
    assert marked.results[0].status == "failed"
