"""Statistics, verdicts of claims, and the generated pages."""

import copy
import json
from pathlib import Path

import numpy as np
import pytest

from recipes._report import claims, errata_page, results_page
from recipes._report.backends_table import backends_table
from recipes._report.claims import NOT_RUN, NOT_SHOWN, REFUTED, SHOWN
from recipes._report.result import read_results, write_json
from recipes._report.statistics import (
    mean_and_interval,
    paired_difference,
    t95,
    welch_difference,
)

pytestmark = pytest.mark.backend_free
ROOT = Path(__file__).parents[3]


def text(recipe, seed, accuracy, **others):
    return {
        "recipe": recipe,
        "kind": "text",
        "title": "a model",
        "backend": "jax",
        "seed": seed,
        "config": {"published_part": "validation", "refit": False},
        "data": {
            "name": "imdb",
            "report": "imdb: 1 document",
            "fingerprint": "0123456789",
            "synthetic": False,
        },
        "texts": {"train": 10, "validation": 2, "test": 4},
        "published": 0.8,
        "parameters": 1_234,
        "machine": {"cores": 2, "device": "cpu"},
        "metrics": {part: {"accuracy": accuracy, "loss": 0.5} for part in ("validation", "test")},
        "history": {"val_loss": [0.6, 0.5, 0.7], "val_accuracy": [0.7, 0.75, 0.8]},
        "best_epoch": 2,
        "seconds_an_epoch": 1.5,
        **others,
    }


def runs(recipe, *accuracies):
    return [text(recipe, seed, accuracy) for seed, accuracy in enumerate(accuracies)]


def test_intervals_equal_those_of_scipy():
    from scipy.stats import t

    # From a printed table, to its last digit.
    printed = {1: 12.7062, 2: 4.3027, 3: 3.1824, 4: 2.7764, 10: 2.2281, 20: 2.0860, 120: 1.9799}
    for degrees_of_freedom, quantile in printed.items():
        assert t95(degrees_of_freedom) == pytest.approx(quantile, abs=5e-5)
    values = [0.1, 0.4, 0.3, 0.35]
    low, high = t.interval(0.95, 3, np.mean(values), np.std(values, ddof=1) / 2)
    mean, half = mean_and_interval(values)
    assert (mean - half, mean + half) == (
        pytest.approx(low, abs=1e-9),
        pytest.approx(high, abs=1e-9),
    )
    assert mean_and_interval([2.0]) == (2.0, None)


def test_differences_are_paired_by_seed():
    mean, half, seeds = paired_difference({0: 1.0, 1: 2.0, 5: 9.0}, {0: 0.9, 1: 1.9, 7: 0.0})
    assert (mean, seeds) == (pytest.approx(0.1), 2) and half == pytest.approx(0, abs=1e-9)
    assert paired_difference({0: 1.0}, {1: 1.0})[2] == 0


def test_verdict_requires_an_interval_without_zero():
    judge = claims.higher("one", "other")
    assert judge(runs("one", 0.9, 0.91, 0.92) + runs("other", 0.8, 0.81, 0.82))[0] == SHOWN
    assert judge(runs("one", 0.8, 0.81, 0.82) + runs("other", 0.9, 0.91, 0.92))[0] == REFUTED
    assert judge(runs("one", 0.9, 0.8, 0.9) + runs("other", 0.8, 0.9, 0.85))[0] == NOT_SHOWN
    assert judge(runs("one", 0.9) + runs("other", 0.8))[0] == NOT_SHOWN  # one seed has no interval
    assert judge(runs("one", 0.9, 0.9))[0] == NOT_RUN


def test_close_requires_the_whole_interval():
    judge = claims.close("one", "other", 0.02)
    other = runs("other", 0.88, 0.89, 0.9)
    assert judge(runs("one", 0.881, 0.889, 0.901) + other)[0] == SHOWN
    assert judge(runs("one", 0.85, 0.90, 0.93) + other)[0] == NOT_SHOWN
    assert judge(runs("one", 0.80, 0.81, 0.82) + other)[0] == REFUTED


def test_comparison_with_persistence():
    result = text("weather-gru", 0, 0)
    result["metrics"]["test"] = {"mae": 3.0}
    result["baselines"] = {"test": {"persistence": {"mae": 3.5}}}
    three = [{**result, "seed": seed} for seed in range(3)]
    three[1] = copy.deepcopy(three[1])
    three[1]["metrics"]["test"]["mae"] = 3.1
    assert claims.compared_with_persistence("weather-gru", better=True)(three)[0] == SHOWN
    assert claims.compared_with_persistence("weather-gru", better=False)(three)[0] == REFUTED


def test_backend_with_most_seeds_is_used():
    mixed = runs("one", 0.9, 0.91) + [text("one", 0, 0.1, backend="torch")]
    assert {r["backend"] for r in claims.one_backend(mixed)} == {"jax"}
    equal = [text("one", 0, 0.9), text("one", 0, 0.1, backend="torch"), text("two", 0, 0.8)]
    assert {r["backend"] for r in claims.one_backend(equal)} == {"jax"}


def test_synthetic_texts_are_marked_in_the_table():
    generated = text("reviews-lstm", 0, 0.9)
    generated["data"] = {**generated["data"], "name": "reviews", "synthetic": True}
    table = results_page.text_table([*runs("imdb-lstm", 0.88, 0.89), generated])
    real, synthetic = table.splitlines()[2:]
    assert "synthetic" in synthetic and "synthetic" not in real
    assert "| 2 | 88.5 ± 6.4 | **88.5 ± 6.4** | 80.0 | +8.5 | 1.5 | 1,234 | jax |" in real


def test_seconds_are_separate_for_each_device():
    gpu = {"machine": {"cores": 16, "device": "a GPU"}, "seconds_an_epoch": 0.5}
    other = text("imdb-lstm", 2, 0.9, **gpu)
    rows = results_page.text_table([*runs("imdb-lstm", 0.88, 0.89), other]).splitlines()[2:]
    assert len(rows) == 1 and "| 3 | 89.0 ± 2.5 |" in rows[0]
    assert "| 1.5; 0.5 |" in rows[0] and "| 2 CPU cores; a GPU |" in rows[0]


def test_difference_of_means_equals_welch():
    from scipy.stats import t, ttest_ind

    one, other = [0.1, 0.4, 0.3, 0.35], [0.2, 0.9, 0.6, 0.5]
    mean, half = welch_difference(one, other)
    test = ttest_ind(one, other, equal_var=False)
    interval = test.confidence_interval()
    assert mean == pytest.approx((interval.low + interval.high) / 2)
    exact = (interval.high - interval.low) / 2
    # Degrees of freedom are rounded down: the interval is slightly wider, never narrower.
    assert 1 <= half / exact < 1.15
    error = exact / t.ppf(0.975, test.df)
    assert half == pytest.approx(t.ppf(0.975, int(test.df)) * error, abs=1e-9)
    assert welch_difference([1.0, 1.0], [1.0, 1.0]) == (0.0, 0.0)


def test_backends_agree_or_are_reported_as_different():
    def torch(*accuracies):
        return [text("imdb-lstm", n, value, backend="torch") for n, value in enumerate(accuracies)]

    ours = runs("imdb-lstm", 0.88, 0.89, 0.90)
    (equal,) = backends_table(ours + torch(0.87, 0.89, 0.9)).splitlines()[2:]
    assert equal.endswith("| jax and torch | +0.33 ± 3.35 | yes |") and "89.00 ± 2.48 (3)" in equal
    (different,) = backends_table(ours + torch(0.5, 0.51, 0.5)).splitlines()[2:]
    assert different.endswith("| **no** |")
    assert len(backends_table(ours + torch(0.5)).splitlines()) == 2  # one seed is not compared


def test_errata_contain_results_and_missing_results():
    page = errata_page.errata_page(
        runs("imdb-lstm-masked-right", 0.88, 0.87) + runs("imdb-lstm-unmasked-right", 0.80, 0.79)
    )
    assert "79.5 %" in page and "a mask, padding on the right: +8.0 pp ± 0.0 (2 seeds)" in page
    assert "the sigmoid: not run" in page
    # 0.8 is the best accuracy, 0.75 that of the lowest loss; tests are 0.88, 0.87, 0.80, 0.79.
    assert "-3.50 pp" in page and "-8.50 pp" in page


def test_committed_pages_equal_the_committed_results(tmp_path):
    results = read_results(ROOT / "docs" / "results")
    page = (ROOT / "docs" / "results.md").read_text(encoding="utf-8")
    remedy = "run `python -m recipes report --write docs/results.md`"
    assert claims.claims_table(results) in page, remedy
    assert results_page.text_table([r for r in results if r.get("kind") == "text"]) in page, remedy
    assert backends_table(results) in page, remedy
    errata = (ROOT / "docs" / "errata.md").read_text(encoding="utf-8")
    assert errata == errata_page.errata_page(results), remedy


def test_page_is_written_with_its_plots(tmp_path):
    results = runs("imdb-lstm", 0.88, 0.89) + [
        r for samples in (200, 2000) for r in runs(f"imdb-glove-frozen-{samples}", 0.6, 0.62)
    ]
    for result in results:
        write_json(tmp_path / "results" / f"{result['recipe']}-{result['seed']}.json", result)
    results_page.write_page(tmp_path / "results.md", tmp_path / "results")
    page = (tmp_path / "results.md").read_text(encoding="utf-8")
    for name in ("glove-samples.png", "imdb-curves.png"):
        assert f"(results/{name})" in page
        assert (tmp_path / "results" / name).read_bytes().startswith(b"\x89PNG")
    assert (tmp_path / "errata.md").exists()
    json.dumps(results)
