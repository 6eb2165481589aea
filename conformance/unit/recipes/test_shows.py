"""What recipes without a runner say: figures that can be checked without training."""

import json

import pytest

from recipes.__main__ import main


@pytest.fixture
def show(tmp_path):
    """Runs a recipe and gives its figures."""

    def run(name, *arguments):
        where = ["--out", str(tmp_path / "out"), "--runs", str(tmp_path / "runs")]
        assert main(["run", name, *arguments, *where]) == 0
        return json.loads((tmp_path / "out" / f"{name}.json").read_text())["figures"]

    return run


@pytest.mark.first_backend
def test_toys_have_the_shapes_of_the_chapter(show):
    assert show("toy-words")["shape, as in the chapter"] == [2, 10, 11]
    characters = show("toy-characters")
    assert characters["shape"] == [2, 50, 101]
    assert characters["steps kept of 영화 1 by the table of ASCII"] == 2
    assert show("toy-matrix")["'the', count"] == [2.0, 1.0]
    hashing = show("toy-hashing")
    assert hashing["shape"] == [2, 10, 1000]
    assert hashing["words that share a bin, expected and counted"]["500 words"][0] == 106.5


@pytest.mark.first_backend
def test_bins_are_the_same_in_every_process(show):
    bins = show("errata-hash")
    assert len(set(bins["here"])) == 1
    assert len(set(bins["chapter"])) > 1  # three equal by chance: one in a million


@pytest.mark.first_backend
def test_an_hour_more_is_harder_and_no_row_is_shared(show):
    figures = show("errata-horizon")
    assert (
        figures["weather: 25 h, as the chapter's code has it"]
        > figures["weather: 24 h, as written here"]
    )
    boundary = show("errata-boundary")
    assert boundary["chapter: validation rows that are training targets"] == 143
    assert boundary["here: validation rows that are training targets"] == 0


@pytest.mark.first_backend
def test_a_head_without_pooling_is_seen_by_its_shape(show):
    figures = show("errata-pooling")
    assert figures["one notebook, no pooling: output"] == [None, 120, 1]
    assert figures["here: output"] == [None, 1]
    assert figures["here: labels of one a text"] == "accepted"


def test_the_gradient_of_the_plain_recurrence_vanishes(show, short_weather, monkeypatch, tmp_path):
    from recipes._engine import run_forecast
    from recipes.demos import vanishing_gradient

    monkeypatch.setattr(vanishing_gradient, "load_series", run_forecast.load_series)
    plain = {"MinimalRNN": vanishing_gradient.LAYERS["MinimalRNN"]}
    monkeypatch.setattr(vanishing_gradient, "LAYERS", plain)
    figures = show("vanishing-gradient", "--epochs", "1")
    for moment in ("before", "after"):
        day, end = figures[f"MinimalRNN {moment}: a day and ten days ago, against now"]
        assert 0 <= end < day < 0.1
    picture = (tmp_path / "out" / "show-vanishing-gradient.png").read_bytes()
    assert picture.startswith(b"\x89PNG")


def test_input_gradients_are_those_of_the_formula():
    import keras
    import numpy as np

    from recipes._engine.input_gradients import input_gradient

    x = np.array([[0.5, -2.0], [3.0, 1.0]], np.float32)
    np.testing.assert_allclose(input_gradient(keras.ops.square, x), 2 * x, rtol=1e-6)
