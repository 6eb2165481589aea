"""Runs one forecasting recipe: data, windows, model, baselines, result."""

import time
from dataclasses import asdict
from pathlib import Path
from types import ModuleType
from typing import Any

import keras
import numpy as np
from rich.console import Console

from keras_seqext import TimeseriesWindow

from ._catalogue import Recipe
from ._config import DATA
from ._progress import ProgressBar
from ._result import machine, today, versions, write_json
from ._training import train


def run_forecast(
    recipe: Recipe,
    seed: int,
    epochs: int | None,
    data_folder: str | None,
    out: Path,
    runs: Path,
    resume: bool,
    console: Console,
) -> dict[str, Any]:
    """Trains and evaluates one recipe and writes its JSON and PNG to `out`.

    Returns:
        The content of the JSON.
    """
    begin = time.monotonic()
    module = recipe.load()
    config = module.CONFIG
    if epochs is not None:
        config = type(config)(**{**asdict(config), "epochs": epochs})
    backend = keras.backend.backend()
    keras.utils.set_random_seed(seed)
    data = DATA[recipe.data].load(data_folder)
    unit = {"degC": "°C"}.get(data.units[data.target], data.units[data.target])
    console.print(f"[bold]{recipe.name}[/]  {config.title}  ({backend}, seed {seed})")
    console.print(f"data  {data.report}", highlight=False, soft_wrap=True)
    split = make_windows(recipe.data, data, config.batch_size, seed)
    console.print(
        f"windows  {split.train.num_windows:,} training, {split.validation.num_windows:,} "
        f"validation, {split.test.num_windows:,} test",
        highlight=False,
    )
    result: dict[str, Any] = {
        "recipe": recipe.name,
        "title": config.title,
        "backend": backend if module.build else None,
        "seed": seed if module.build else None,
        "date": today(),
        "data": {
            "name": data.name,
            "report": str(data.report),
            "fingerprint": data.fingerprint,
            "target": data.target,
            "unit": unit,
        },
        "config": {**asdict(config), **DATA[recipe.data].windows.sizes()},
        "windows": {name: getattr(split, name).num_windows for name in split._fields},
        "baselines": baselines(split, data.seasonal),
        "published_validation_mae": config.published.get(recipe.data),
        "versions": versions(),
        "machine": machine(),
    }
    if module.build is None:
        result["metrics"] = {
            part: dict(values["persistence"]) for part, values in result["baselines"].items()
        }
        predictions = split.test.baseline("persistence").predictions
    else:
        name = f"{recipe.name}-{backend}-{seed}"
        predictions = _fit(result, module, config, split, runs / name, resume, unit, console)
    result["seconds"] = round(time.monotonic() - begin, 1)
    _conclude(result, split, predictions, data, out, console)
    return result


def make_windows(name: str, data: Any, batch_size: int, seed: int) -> Any:
    """Training, validation and test windows of one data set."""
    config = DATA[name].windows
    return TimeseriesWindow.split(
        data.frame,
        data.target,
        groups=data.groups,
        timestamps=data.timestamps,
        fractions=config.fractions,
        missing="skip",
        batch_size=batch_size,
        shuffle=True,
        seed=seed,
        **config.sizes(),
    )


def baselines(split: Any, season: int) -> dict[str, dict[str, dict[str, float]]]:
    """Errors of the naive forecasts on the windows that the model is judged on."""
    found: dict[str, dict[str, dict[str, float]]] = {}
    for part in ("validation", "test"):
        windows = getattr(split, part)
        kinds = {
            "persistence": windows.baseline("persistence"),
            "seasonal": windows.baseline("seasonal", period=season),
            "mean": windows.baseline("mean"),
        }
        found[part] = {kind: {"mae": b.mae, "rmse": b.rmse} for kind, b in kinds.items()}
    return found


def _fit(
    result: dict[str, Any],
    module: ModuleType,
    config: Any,
    split: Any,
    folder: Path,
    resume: bool,
    unit: str,
    console: Console,
) -> Any:
    model = module.build(split.train.shape.num_inputs, split.train.num_features)
    model.compile(keras.optimizers.Adam(config.learning_rate), config.loss, metrics=["mae"])
    scale = float(split.train.source.target_scaler.scale[0])
    bar = ProgressBar(console, scale, unit)
    epochs = train(model, split.train, split.validation, config, folder, resume, [bar])
    result["parameters"] = model.count_params()
    result["history"] = {
        part: [epoch[key] * scale for epoch in epochs]
        for part, key in (("training", "mae"), ("validation", "val_mae"))
    }
    losses = [epoch["val_loss"] for epoch in epochs]
    result["best_epoch"] = int(np.argmin(losses)) + 1
    result["metrics"] = {}
    for part in ("validation", "test"):
        windows = getattr(split, part)
        predictions = windows.inverse_transform(model.predict(windows, verbose=0)[:, 0])
        error = predictions - windows.baseline("persistence").targets
        result["metrics"][part] = {
            "mae": float(np.mean(np.abs(error))),
            "rmse": float(np.sqrt(np.mean(error**2))),
        }
    return predictions


def _conclude(
    result: dict[str, Any], split: Any, predictions: Any, data: Any, out: Path, console: Console
) -> None:
    from ._plots import plot_forecast
    from ._report import comparison

    stem = "-".join(
        str(part)
        for part in (result["recipe"], result["backend"], result["seed"])
        if part is not None
    )
    write_json(out / f"{stem}.json", result)
    plot_forecast(out / f"{stem}.png", result, split.test, predictions, data)
    console.print(comparison(result))
    console.print(f"written  {out / stem}.json and .png  ({result['seconds']} s)", highlight=False)
