"""The short table of results, and its copy in README.md."""

import json
from pathlib import Path

import pytest

from recipes._report.result import read_results, write_json
from recipes._report.tables import BEGIN, END, markdown, update_page

pytestmark = pytest.mark.backend_free
ROOT = Path(__file__).parents[3]


def make_result(seed, error, backend="jax", recipe="weather-gru"):
    errors = {part: {"mae": error, "rmse": 2 * error} for part in ("validation", "test")}
    naive = {part: {"persistence": {"mae": 2.5, "rmse": 3.0}} for part in errors}
    return {
        "recipe": recipe,
        "title": "GRU(32)",
        "backend": backend,
        "seed": seed,
        "data": {"name": "weather", "report": "weather: 1 row", "unit": "°C"},
        "metrics": errors,
        "baselines": naive,
        "published_validation_mae": 2.34,
        "parameters": 4_321,
        "seconds": 10.0,
    }


def test_seeds_are_shown_as_mean_and_range():
    table = markdown([make_result(0, 2.0), make_result(1, 2.2), make_result(0, 3.0, "torch")])
    _, _, jax, torch = table.splitlines()
    assert "| 2 | 2.10 °C (2.00 to 2.20) |" in jax and "4,321" in jax and "2.34 °C" in jax
    assert "| torch | 1 | 3.00 °C |" in torch


def test_results_have_the_order_of_the_catalogue(tmp_path):
    for recipe in ("weather-gru", "jena-gru", "weather-naive"):
        write_json(tmp_path / f"{recipe}.json", make_result(0, 1.0, recipe=recipe))
    (tmp_path / "other.json").write_text("[1]")
    names = [result["recipe"] for result in read_results(tmp_path)]
    assert names == ["weather-naive", "weather-gru", "jena-gru"]


def test_table_is_written_between_marks_only(tmp_path):
    page = tmp_path / "page.md"
    page.write_text("no marks")
    with pytest.raises(SystemExit, match="has no marks for the table"):
        update_page(page, tmp_path)
    page.write_text(f"before\n{BEGIN}\nold\n{END}\nafter\n")
    write_json(tmp_path / "a.json", make_result(0, 1.0))
    assert update_page(page, tmp_path) and not update_page(page, tmp_path)
    text = page.read_text()
    assert text.startswith("before") and text.endswith("after\n") and "old" not in text


def test_failed_write_leaves_the_existing_file(tmp_path):
    path = tmp_path / "r.json"
    write_json(path, {"a": 1})
    with pytest.raises(TypeError):
        write_json(path, {"a": object()})
    assert json.loads(path.read_text()) == {"a": 1}
    assert [p.name for p in tmp_path.iterdir()] == ["r.json"]


def test_readme_contains_the_committed_results():
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    table = text.split(BEGIN)[1].split(END)[0].strip()
    assert table == markdown(read_results(ROOT / "docs" / "results")), (
        "run `python -m recipes report --page README.md`"
    )
