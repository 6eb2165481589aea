"""The runner of forecasts: results, resumption, interruption, invalid arguments."""

import dataclasses
import importlib
import json
import shlex
from pathlib import Path

import keras
import numpy as np
import pytest

from recipes.__main__ import main
from recipes._engine import checkpoint, run_forecast, training
from recipes.catalogue import FORECASTS, catalogue


@pytest.fixture
def folders(tmp_path):
    """Return arguments for folders outside the checkout."""
    return ["--out", str(tmp_path / "out"), "--runs", str(tmp_path / "runs")]


def result(folders, name):
    return json.loads(Path(folders[1], f"{name}.json").read_text(encoding="utf-8"))


def stem(recipe, seed=0):
    return f"{recipe}-{keras.backend.backend()}-{seed}"


def test_trained_recipe_writes_a_result_and_a_plot(folders, tmp_path):
    assert main(["run", "weather-dense", "--epochs", "2", *folders]) == 0
    found = result(folders, stem("weather-dense"))
    assert found["data"]["report"].startswith("weather: 26,115 rows; 1 implausible value")
    assert len(found["history"]["validation"]) == 2
    assert found["parameters"] == 240 * 9 * 32 + 32 + 32 + 1
    # A network that ignores its input would equal the mean of the training set.
    mean = found["baselines"]["validation"]["mean"]["mae"]
    assert found["metrics"]["validation"]["mae"] < 0.8 * mean
    for part in ("validation", "test"):
        assert found["metrics"][part]["mae"] <= found["metrics"][part]["rmse"]
    best = found["history"]["validation"][found["best_epoch"] - 1]
    # Keras averages over batches, the result over windows: equal except for rounding.
    assert np.isclose(found["metrics"]["validation"]["mae"], best, rtol=1e-3)
    plot = (tmp_path / "out" / f"{stem('weather-dense')}.png").read_bytes()
    assert plot.startswith(b"\x89PNG") and len(plot) > 20_000


def test_naive_recipe_equals_persistence(folders):
    assert main(["run", "weather-naive", *folders]) == 0
    found = result(folders, "weather-naive")
    assert found["metrics"]["test"] == found["baselines"]["test"]["persistence"]
    assert found["windows"]["train"] > 10_000


def test_resumed_run_equals_an_uninterrupted_run(folders, tmp_path):
    uninterrupted = ["--out", str(tmp_path / "other"), "--runs", str(tmp_path / "other-runs")]
    assert main(["run", "weather-dense", "--epochs", "3", *uninterrupted]) == 0
    assert main(["run", "weather-dense", "--epochs", "1", *folders]) == 0
    assert main(["run", "weather-dense", "--epochs", "3", "--resume", *folders]) == 0
    one, other = (result(where, stem("weather-dense")) for where in (folders, uninterrupted))
    assert one["history"] == other["history"] and one["metrics"] == other["metrics"]


def test_interrupted_run_stores_its_best_weights(folders, tmp_path, monkeypatch, capsys):
    class Interrupt(checkpoint.Checkpoints):
        def on_epoch_end(self, epoch, logs=None):
            super().on_epoch_end(epoch, logs)
            if epoch == 1:
                raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(training, "Checkpoints", Interrupt)
        assert main(["run", "weather-dense", "--epochs", "3", *folders]) == 130
    output = " ".join(capsys.readouterr().out.split())
    assert "interrupted. 2 epochs are complete" in output
    arguments = ["run", "weather-dense", "--epochs", "3", *folders, "--resume"]
    assert f"`python -m recipes {shlex.join(arguments)}` resumes the run" in output
    run = tmp_path / "runs" / stem("weather-dense")
    assert (
        run / "epoch-2.npz"
    ).stat().st_size > 3 * 4 * 240 * 9 * 32  # weights and two moments of Adam
    assert not (tmp_path / "out").exists()  # no result of an incomplete run
    assert main(["run", "weather-dense", "--epochs", "3", "--resume", *folders]) == 0
    assert len(result(folders, stem("weather-dense"))["history"]["validation"]) == 3


def test_errors_of_the_command_line_list_valid_arguments(folders):
    with pytest.raises(SystemExit, match="no recipe 'weather-gut'.*weather-gru"):
        main(["run", "weather-gut", *folders])
    with pytest.raises(SystemExit, match="--seeds must be integers >= 0.*'one'"):
        main(["run", "weather-gru", "--seeds", "one", *folders])
    with pytest.raises(SystemExit, match="--epochs must be at least 1.*0"):
        main(["run", "weather-gru", "--epochs", "0", *folders])
    with pytest.raises(SystemExit, match="no result in"):
        main(["report", "--results", folders[1]])


def test_missing_data_gives_a_message_without_traceback(folders, capsys):
    assert main(["run", "weather-naive", "--data", "/no/such/folder", *folders]) == 1
    assert "/no/such/folder" in capsys.readouterr().out


WEATHER = [
    recipe.name
    for recipe in catalogue().values()
    if recipe.data == "weather" and recipe.kind == "forecast"
]
# Recipes that differ in more than their layers are run. The models of the others are called once.
RUN = {f"weather-{model}" for model in ("naive", "linear", "gru-residual")}


@pytest.mark.parametrize("name", sorted(RUN))
def test_forecasts_run_on_the_weather_of_the_package(name, folders, short_weather):
    assert main(["run", name, "--epochs", "1", *folders]) == 0
    (path,) = Path(folders[1]).glob("*.json")
    found = json.loads(path.read_text(encoding="utf-8"))
    assert found["recipe"] == name
    for part in ("validation", "test"):
        assert 0 < found["metrics"][part]["mae"] <= found["metrics"][part]["rmse"] < 40


@pytest.mark.parametrize("name", sorted({*WEATHER} - RUN))
def test_models_return_one_finite_value_per_target(name):
    module = catalogue()[name].load()
    if module.build is None:
        pytest.skip("nothing to build")
    window = np.random.default_rng(0).normal(size=(2, 80, 3)).astype("float32")
    out = keras.ops.convert_to_numpy(module.build(80, 3)(window))
    assert out.shape == (2, module.CONFIG.horizon) and np.isfinite(out).all()


def test_least_squares_recover_a_linear_function():
    from recipes.forecast import linear

    draw = np.random.default_rng(0)
    kernel = draw.normal(size=(4 * 2, 1))

    def windows(count):
        x = draw.normal(size=(count, 4, 2))
        return [(x, (x.reshape(count, -1) @ kernel + 0.5)[:, 0])]

    model = linear.build(4, 2)
    linear.solve(model, windows(5_000), windows(500), target=1)
    found, constant = model.layers[-1].get_weights()
    np.testing.assert_allclose(found, kernel, atol=0.01)  # the smallest penalty is selected
    assert constant[0] == pytest.approx(0.5, abs=0.01)
    # With noise as the target, the largest penalty gives the last value.
    noise = [(draw.normal(size=(200, 4, 2)), 100 * draw.normal(size=200))]
    linear.solve(model, noise, [(noise[0][0], noise[0][0][:, -1, 1])], target=1)
    found, _ = model.layers[-1].get_weights()
    np.testing.assert_allclose(found[:, 0], [0, 0, 0, 0, 0, 0, 0, 1], atol=0.1)


def test_residual_model_starts_as_persistence(short_weather):
    from recipes.forecast import gru_residual

    data = run_forecast.load_series("weather", None)
    split = run_forecast.make_windows("weather", data, gru_residual.CONFIG, seed=0)
    target = data.features.index(data.target)
    model = gru_residual.build(96, split.test.num_features, target)
    forecast = split.test.inverse_transform(model.predict(split.test, verbose=0)[:, 0])
    naive = split.test.baseline("persistence").predictions
    np.testing.assert_allclose(forecast, naive, atol=1e-3)


def test_error_for_each_of_24_hours(folders, short_weather):
    assert main(["run", "weather-multi-horizon", "--epochs", "1", *folders]) == 0
    found = result(folders, stem("weather-multi-horizon"))["metrics"]["test"]
    assert len(found["mae_by_distance"]) == 24
    assert found["mae"] == pytest.approx(np.mean(found["mae_by_distance"]), rel=1e-6)


@pytest.mark.parametrize("module", sorted(set(FORECASTS.values())))
def test_parameters_equal_those_in_the_book(module, monkeypatch):
    loaded = importlib.import_module(f"recipes.forecast.{module}")
    if loaded.CONFIG.parameters is None:
        pytest.skip("the book has no number")
    run_forecast.check_parameters(loaded)
    wrong = dataclasses.replace(loaded.CONFIG, parameters=loaded.CONFIG.parameters + 1)
    monkeypatch.setattr(loaded, "CONFIG", wrong)
    with pytest.raises(AssertionError, match="parameters, as in the book"):
        run_forecast.check_parameters(loaded)


def test_jena_recipes_with_the_real_file(folders, real_data, tmp_path):
    assert main(["run", "jena-explore", "--data", str(real_data), *folders]) == 0
    found = result(folders, "jena-explore")
    assert "1 duplicate" in found["data"]["report"] and "gap" in found["data"]["report"]
    assert -20 < found["temperature"]["min"] < found["temperature"]["max"] < 40
    assert main(["run", "jena-naive", "--data", str(real_data), *folders]) == 0
    naive = result(folders, "jena-naive")
    assert 2 < naive["metrics"]["test"]["mae"] < 3.5
