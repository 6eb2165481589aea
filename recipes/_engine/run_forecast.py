"""Runner of forecasting recipes: data, windows, model, baselines and result."""

import time
from dataclasses import asdict, replace
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any

import keras
import numpy as np
from rich.console import Console

from keras_seqext import TimeseriesWindow
from recipes._report.result import common_fields, data_fields, result_stem, write_json
from recipes.catalogue import Recipe

from .forecast_config import DATA, Config, load_data
from .progress import ProgressBar
from .run_options import RunOptions
from .saved_model import INPUT, save_model
from .seeds import seed_all
from .training import train


def run_forecast(recipe: Recipe, seed: int, options: RunOptions) -> dict[str, Any]:
    """Train and evaluate a recipe and write its JSON and PNG files to `options.out`.

    Returns:
        The content of the JSON file.
    """
    start = time.monotonic()
    module, console = recipe.load(), options.console
    config = module.CONFIG
    if options.epochs is not None:
        config = replace(config, epochs=options.epochs)
    trained = module.build is not None
    backend = keras.backend.backend() if trained else None
    seed_all(seed)
    data = load_series(recipe.data, options.data)
    unit = {"degC": "°C"}.get(data.units[data.target], data.units[data.target])
    console.print(f"[bold]{recipe.name}[/]  {config.title}  ({backend or 'NumPy'}, seed {seed})")
    console.print(f"data  {data.report}", highlight=False, soft_wrap=True)
    split = make_windows(recipe.data, data, config, seed)
    console.print(
        f"windows  {split.train.num_windows:,} training, {split.validation.num_windows:,} "
        f"validation, {split.test.num_windows:,} test",
        highlight=False,
    )
    result: dict[str, Any] = {
        **common_fields(recipe.name, "forecast", config.title, backend, seed if trained else None),
        "data": {
            **data_fields(data),
            "target": data.target,
            "unit": unit,
        },
        "config": {**asdict(config), **DATA[recipe.data].windows.sizes(config)},
        "windows": {name: getattr(split, name).num_windows for name in split._fields},
        "baselines": baselines(split, data.seasonal),
        "published_validation_mae": config.published.get(recipe.data),
        "seconds": 0.0,  # set by training to the time of the epochs before a resumption
    }
    if trained:
        check_parameters(module)
        folder = options.runs / result_stem(recipe.name, backend, seed)
        model, predictions = _train_and_evaluate(
            result, module, config, split, data, folder, options
        )
        save_model(model, folder)
        write_json(
            folder / INPUT, _describe_input(split.train, data, unit), "the description of the input"
        )
    else:
        result["metrics"] = {
            part: dict(values[module.BASELINE]) for part, values in result["baselines"].items()
        }
        predictions = baseline_forecast(split.test, module.BASELINE, data.seasonal).predictions
    result["seconds"] = round(result["seconds"] + time.monotonic() - start, 1)
    _write_result(result, split, predictions, data, options.out, console)
    return result


def _describe_input(windows: Any, data: Any, unit: str) -> dict[str, Any]:
    """Return what `predict` needs in addition to the model."""
    target = windows.source.target_scaler
    return {
        "features": data.features,
        "lookback": windows.shape.lookback,
        "step": windows.shape.step,
        "delay": windows.shape.delay,
        "center": windows.scaler.center.tolist(),
        "scale": windows.scaler.scale.tolist(),
        "target": data.target,
        "target_center": float(target.center[0]),
        "target_scale": float(target.scale[0]),
        "unit": unit,
    }


def check_parameters(module: ModuleType) -> None:
    """Check that the model has the published number of parameters on the book's windows."""
    expected = module.CONFIG.parameters
    if expected is None:
        return
    found = module.build(240, 14).count_params()
    if found != expected:
        raise AssertionError(
            f"{module.CONFIG.title}: the model must have {expected:,} parameters, as in the book, "
            f"for windows of 240 steps and 14 features. Received: {found:,} parameters."
        )


@cache
def load_series(name: str, path: str | None) -> Any:
    """Load a data set by name, once per process."""
    return load_data(name, path)


def make_windows(name: str, data: Any, config: Config, seed: int) -> Any:
    """Return the training, validation and test windows of a data set."""
    windows = DATA[name].windows
    return TimeseriesWindow.split(
        data.frame,
        data.target,
        groups=data.groups,
        timestamps=data.timestamps,
        fractions=windows.fractions,
        missing="skip",
        batch_size=config.batch_size,
        shuffle=True,
        seed=seed,
        **windows.sizes(config),
    )


def baselines(split: Any, season: int) -> dict[str, dict[str, dict[str, float]]]:
    """Return the errors of the baselines on the windows of the validation and test sets."""
    errors: dict[str, dict[str, dict[str, float]]] = {}
    for part in ("validation", "test"):
        forecasts = {
            kind: baseline_forecast(getattr(split, part), kind, season)
            for kind in ("persistence", "seasonal", "mean")
        }
        errors[part] = {
            kind: {"mae": forecast.mae, "rmse": forecast.rmse}
            for kind, forecast in forecasts.items()
        }
    return errors


def baseline_forecast(windows: Any, kind: str, season: int) -> Any:
    """Return a baseline forecast of the windows."""
    return windows.baseline(kind, period=season if kind == "seasonal" else None)


def _train_and_evaluate(
    result: dict[str, Any],
    module: ModuleType,
    config: Config,
    split: Any,
    data: Any,
    folder: Path,
    options: RunOptions,
) -> tuple[keras.Model, Any]:
    target = {"target": data.features.index(data.target)} if config.target_column else {}
    model = module.build(split.train.shape.num_inputs, split.train.num_features, **target)
    result["parameters"] = model.count_params()
    if hasattr(module, "solve"):
        module.solve(model, split.train, split.validation, **target)
    else:
        model.compile(keras.optimizers.Adam(config.learning_rate), config.loss, metrics=["mae"])
        _fit(result, model, config, split, data.features, folder, options)
    result["metrics"] = {}
    for part in ("validation", "test"):
        windows = getattr(split, part)
        # The targets in their unit; any baseline has them.
        targets = windows.baseline("persistence").targets
        outputs = model.predict(windows, verbose=0)
        predictions = windows.inverse_transform(outputs.reshape(targets.shape))
        error = predictions - targets
        result["metrics"][part] = {
            "mae": float(np.mean(np.abs(error))),
            "rmse": float(np.sqrt(np.mean(error**2))),
        }
        if config.horizon > 1:
            by_step = np.abs(error).reshape(len(error), config.horizon).mean(axis=0)
            result["metrics"][part]["mae_by_distance"] = [float(value) for value in by_step]
    return model, predictions


def _fit(
    result: dict[str, Any],
    model: keras.Model,
    config: Config,
    split: Any,
    features: list[str],
    folder: Path,
    options: RunOptions,
) -> None:
    scale = float(split.train.source.target_scaler.scale[0])
    unit = result["data"]["unit"]

    def note(logs: dict[str, float]) -> str:
        # Short, so that the progress bar fits in 80 columns.
        return ", ".join(
            f"{name} {logs[key] * scale:.2f} {unit}"
            for name, key in (("MAE", "mae"), ("validation", "val_mae"))
            if key in logs
        )

    callbacks = [ProgressBar(options.console, note)]
    epochs = train(
        model,
        split.train,
        split.validation,
        config,
        result["seed"],
        folder,
        options,
        callbacks,
        features,
    )
    result["history"] = {
        part: [epoch[key] * scale for epoch in epochs.metrics]
        for part, key in (("training", "mae"), ("validation", "val_mae"))
    }
    result["best_epoch"] = epochs.best
    result["seconds_an_epoch"] = epochs.seconds_per_epoch
    result["seconds"] = epochs.seconds_before


def _write_result(
    result: dict[str, Any], split: Any, predictions: Any, data: Any, out: Path, console: Console
) -> None:
    from recipes._report.plots import plot_forecast
    from recipes._report.tables import comparison

    stem = result_stem(result["recipe"], result["backend"], result["seed"])
    plot_forecast(out / f"{stem}.png", result, split.test, predictions, data)
    # Last, because `run --all` regards a run with a JSON file as finished.
    write_json(out / f"{stem}.json", result)
    console.print(comparison(result))
    console.print(f"written  {out / stem}.json and .png  ({result['seconds']} s)", highlight=False)
