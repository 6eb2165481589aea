"""Values of demos that can be checked without training."""

import json

import pytest

from recipes.__main__ import main


@pytest.fixture
def run_demo(tmp_path):
    """Return a function that runs a demo and returns its values."""

    def run(name, *arguments):
        where = ["--out", str(tmp_path / "out"), "--runs", str(tmp_path / "runs")]
        assert main(["run", name, *arguments, *where]) == 0
        return json.loads((tmp_path / "out" / f"{name}.json").read_text())["figures"]

    return run


@pytest.mark.first_backend
def test_toy_demos_have_the_shapes_in_the_book(run_demo):
    assert run_demo("toy-words")["shape, as in the chapter"] == [2, 10, 11]
    characters = run_demo("toy-characters")
    assert characters["shape"] == [2, 50, 101]
    assert characters["steps kept of 영화 1 by the table of ASCII"] == 2
    assert run_demo("toy-matrix")["'the', count"] == [2.0, 1.0]
    hashing = run_demo("toy-hashing")
    assert hashing["shape"] == [2, 10, 1000]
    assert hashing["words that share a bin, expected and counted"]["500 words"][0] == 106.5


@pytest.mark.first_backend
def test_bins_are_equal_in_every_process(run_demo):
    bins = run_demo("errata-hash")
    assert len(set(bins["here"])) == 1
    assert len(set(bins["chapter"])) > 1  # equal by chance with a probability of 1e-6


@pytest.mark.first_backend
def test_horizon_and_boundary_errors(run_demo):
    figures = run_demo("errata-horizon")
    assert (
        figures["weather: 25 h, as the chapter's code has it"]
        > figures["weather: 24 h, as written here"]
    )
    boundary = run_demo("errata-boundary")
    assert boundary["chapter: validation rows that are training targets"] == 143
    assert boundary["here: validation rows that are training targets"] == 0


@pytest.mark.first_backend
def test_output_shape_without_pooling(run_demo):
    figures = run_demo("errata-pooling")
    assert figures["one notebook, no pooling: output"] == [None, 120, 1]
    assert figures["here: output"] == [None, 1]
    assert figures["here: labels of one a text"] == "accepted"


def test_gradient_of_the_simple_rnn_vanishes(run_demo, short_weather, monkeypatch, tmp_path):
    from recipes._engine import run_forecast
    from recipes.demos import vanishing_gradient

    monkeypatch.setattr(vanishing_gradient, "load_series", run_forecast.load_series)
    plain = {"MinimalRNN": vanishing_gradient.LAYERS["MinimalRNN"]}
    monkeypatch.setattr(vanishing_gradient, "LAYERS", plain)
    figures = run_demo("vanishing-gradient", "--epochs", "1")
    for moment in ("before", "after"):
        day, end = figures[f"MinimalRNN {moment}: a day and ten days ago, against now"]
        assert 0 <= end < day < 0.1
    plot = (tmp_path / "out" / "demo-vanishing-gradient.png").read_bytes()
    assert plot.startswith(b"\x89PNG")


def test_input_gradients_equal_the_formula():
    import keras
    import numpy as np

    from recipes._engine.input_gradients import input_gradient

    x = np.array([[0.5, -2.0], [3.0, 1.0]], np.float32)
    np.testing.assert_allclose(input_gradient(keras.ops.square, x), 2 * x, rtol=1e-6)
