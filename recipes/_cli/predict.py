"""Prediction with a trained model on new input."""

import json
from pathlib import Path
from typing import Any

import numpy as np

from recipes._engine.saved_model import find_model, load_encoder, load_model
from recipes.catalogue import Recipe


def predict(recipe: Recipe, text: str | None, csv: Path | None, runs: Path) -> str:
    """Return the prediction of the newest model of a recipe as text.

    Args:
        recipe: Recipe of the model.
        text: Input for recipes on texts.
        csv: Input for forecasts: a file in the layout of the recipe's data, whose last row is the
            most recent one.
        runs: Folder with the models.
    """
    try:
        folder = find_model(recipe.name, runs)
    except FileNotFoundError as error:
        raise SystemExit(str(error)) from None
    if recipe.kind == "text":
        return _predict_text(folder, str(text))
    return _predict_rows(recipe, folder, Path(str(csv)))


def _predict_text(folder: Path, text: str) -> str:
    encode = load_encoder(folder)
    if not encode.has_known(text):
        raise SystemExit(
            "the text must contain a word of the vocabulary of the model, in the part that the "
            f"model receives: this text contains only out-of-vocabulary words. Received: "
            f"{text!r:.80}. Pass a text in the language of the training set"
        )
    rows = encode([text])
    rows = rows.toarray() if hasattr(rows, "toarray") else rows
    model = load_model(folder)
    probability = float(np.asarray(model.predict(rows, verbose=0)).ravel()[0])
    label = "positive" if probability >= 0.5 else "negative"
    return f"{label}, probability {max(probability, 1 - probability):.1%} ({folder.name})"


def _predict_rows(recipe: Recipe, folder: Path, csv: Path) -> str:
    from recipes._engine.run_forecast import load_series

    saved = json.loads((folder / "input.json").read_text(encoding="utf-8"))
    try:
        data = load_series(recipe.data, str(csv))
    except (FileNotFoundError, ValueError) as error:
        raise SystemExit(str(error)) from error
    if data.features != saved["features"]:
        raise SystemExit(
            f"{csv} must have the columns of the training data: "
            f"{', '.join(saved['features'])}. Received: {', '.join(data.features)}."
        )
    model = load_model(folder)
    series = data.frame.groupby(data.groups, sort=False) if data.groups else [("", data.frame)]
    return "\n".join(_forecast(model, saved, data, name, rows) for name, rows in series)


def _forecast(model: Any, saved: dict[str, Any], data: Any, name: str, frame: Any) -> str:
    lookback, step = saved["lookback"], saved["step"]
    # Every `step`-th row, counted back from the last one as in training.
    rows = frame[saved["features"]].to_numpy(np.float64)[-lookback:][::-1][::step][::-1]
    if len(frame) < lookback or np.isnan(rows).any():
        raise SystemExit(
            f"the last {lookback} rows {f'of {name} ' if name else ''}are required without missing "
            f"values. Received: {len(frame)} rows, {int(np.isnan(rows).sum())} missing values in "
            "the required rows."
        )
    scaled = (rows - np.array(saved["center"])) / np.array(saved["scale"])
    out = np.asarray(model.predict(scaled[None].astype(np.float32), verbose=0)).ravel()
    values = out * saved["target_scale"] + saved["target_center"]
    first = np.datetime64(frame[data.timestamps].iloc[-1], "m") + saved["delay"] * data.period
    shown = ", ".join(f"{value:.1f}" for value in values)
    return f"{f'{name}, ' if name else ''}{saved['target']} from {first}: {shown} {saved['unit']}"
