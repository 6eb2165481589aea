"""Tests of reports in Markdown, HTML and JSON."""

import importlib.metadata
from html.parser import HTMLParser

import pytest

from keras_seqext.testing import Report, Result
from keras_seqext.testing.core import versions
from keras_seqext.testing.core.usage_error import UsageError
from keras_seqext.testing.report.check_table import deduplicated, reasons, worst
from keras_seqext.testing.report.html import html
from keras_seqext.testing.report.markdown import markdown
from keras_seqext.testing.report.report_file import read_reports, write_reports

pytestmark = pytest.mark.backend_free


def example(case, backend, **statuses):
    """Return a report with a result per keyword; a failure has a realistic message."""
    results = []
    for name, status in statuses.items():
        message = ""
        if status in ("failed", "expected"):
            message = f"{name} FAILED  {case} ({backend})\n  A claim.\n  row 2: <b> {backend}\n"
            message += "  Why it matters: it does.\n  Reproduce: python -m ..."
        elif status != "passed":
            message = "no time axis" if status == "not_applicable" else "needs call_finite"
        results.append(Result(name, status, message, 0.1, "core", "masking_use", backend, "s"))
    versions = {"keras": "3.15.1", backend: "1.2"}
    header = {"backend": backend, "versions": versions, "declared_traits": {"causal": "True"}}
    return Report(case, results, header)


TWO_BACKENDS = [
    example("Pool", "jax", mask_values="failed", mask_nan="not_applicable", mask_jit="passed"),
    example("Pool", "torch", mask_values="failed", mask_nan="blocked", mask_jit="expected"),
]
TWO_CASES = [*TWO_BACKENDS, example("Conv|1", "jax", mask_values="passed")]


def test_one_case_has_a_column_per_backend():
    text = markdown(TWO_BACKENDS)
    assert "| check | level | jax | torch |" in text
    assert "| mask_values | core | ✗ | ✗ |" in text
    assert "| mask_nan | core | · | ⊘ |" in text
    assert "| mask_jit | core | ✓ | (✗) |" in text
    assert "- Pool: 1 passed, 1 failed, 1 not applicable (keras 3.15.1, jax 1.2)" in text
    assert text.count("mask_values FAILED") == 1 and "## Expected failures" in text
    assert text.count("- Pool declares causal=True") == 1


def test_several_cases_have_a_column_each_with_a_sign_per_backend():
    text = markdown(TWO_CASES)
    assert "| check | level | Pool | Conv\\|1 |" in text
    assert "| mask_values | core | ✗ ✗ | ✓ |" in text
    assert "The signs are those of jax, torch, in this order." in text


def test_a_failure_on_one_sample_is_a_failure_and_reasons_are_listed():
    report = example("Pool", "jax", mask_values="passed")
    report.results += example("Pool", "jax", mask_values="failed").results
    assert worst(report, "mask_values") == "failed"
    assert worst(report, "never_run") == "not_applicable"
    assert reasons(TWO_BACKENDS) == [
        "Pool: mask_nan not applicable: no time axis (jax)",
        "Pool: mask_nan blocked: needs call_finite (torch)",
    ]


class Tags(HTMLParser):
    """Parser that fails on a tag that is not closed, and collects links, anchors and text."""

    def __init__(self):
        super().__init__()
        self.open, self.links, self.ids, self.rows = [], [], [], []
        self.words = ""

    def handle_starttag(self, tag, attributes):
        values = dict(attributes)
        self.ids += [values["id"]] if "id" in values else []
        self.links += [values["href"]] if "href" in values else []
        if tag == "tr":
            self.rows.append(0)
        if tag in ("td", "th"):
            self.rows[-1] += int(values.get("colspan", 1))
        if tag not in ("meta", "input", "br"):
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.words += data


@pytest.mark.parametrize("reports", [TWO_BACKENDS, TWO_CASES])
def test_the_page_is_valid_its_links_have_targets_and_text_is_escaped(reports):
    tags = Tags()
    tags.feed(html(reports))
    assert not tags.open
    assert tags.links and {link[1:] for link in tags.links} <= set(tags.ids)
    assert len(set(tags.ids)) == len(tags.ids)
    assert len(set(tags.rows)) == 1, "rows of different lengths"
    assert "row 2: <b> jax" in tags.words
    assert "http" not in html(reports), "the page must not need the network"


def test_json_round_trip(tmp_path):
    path = tmp_path / "new" / "report.json"
    write_reports(TWO_CASES, path)
    assert read_reports(path) == TWO_CASES
    for name in ("report.md", "report.html"):
        write_reports(TWO_CASES, tmp_path / name)
        assert "mask_values" in (tmp_path / name).read_text(encoding="utf-8")
    with pytest.raises(UsageError, match="must end in .json, .md or .html. Received: 'report.txt'"):
        write_reports(TWO_CASES, path.with_name("report.txt").relative_to(path.parent))


def test_a_failure_on_two_backends_is_reported_once():
    found = deduplicated([*TWO_BACKENDS, example("Conv", "jax", mask_values="failed")])
    assert [key for key, _ in found] == [("Pool", "s", "mask_values"), ("Conv", "s", "mask_values")]
    first, second = (text for _, text in found)
    assert first.count("Why it matters") == 1
    assert first.endswith("  Also on torch: row 2: <b> torch")
    assert second.startswith("mask_values FAILED  Conv")


def test_a_nightly_build_has_a_version(monkeypatch):
    known = {"keras-nightly": "3.16.0.dev1", "numpy": "2.4"}

    def version(name):
        if name not in known:
            raise importlib.metadata.PackageNotFoundError(name)
        return known[name]

    monkeypatch.setattr(importlib.metadata, "version", version)
    found = versions.versions()
    assert (found["keras"], found["numpy"]) == ("3.16.0.dev1", "2.4")
    assert "torch" not in found
