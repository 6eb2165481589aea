"""A model that was trained before, on input of the user's."""

import json
from pathlib import Path
from typing import Any

import numpy as np

from recipes._engine.saved_model import load_encoder, load_model, trained
from recipes.catalogue import Recipe


def predict(recipe: Recipe, text: str | None, csv: Path | None, runs: Path) -> str:
    """What the newest model of a recipe says, in words.

    Args:
        recipe: Of which a model was trained.
        text: For a recipe on texts.
        csv: For a forecast: a file in the layout of the recipe's data, which ends now.
        runs: Where models are kept.
    """
    if recipe.kind == "demo":
        raise SystemExit(f"{recipe.name} trains no model. Pass a NAME that does")
    wanted, other = ("a text", "--csv") if recipe.kind == "text" else ("--csv FILE", "a text")
    given = text if recipe.kind == "text" else csv
    if given is None or (text is not None and csv is not None):
        raise SystemExit(
            f"predict {recipe.name} takes {wanted}, and not {other}. Received: text={text!r}, "
            f"--csv {csv}"
        )
    try:
        folder = trained(recipe.name, runs)
    except FileNotFoundError as error:
        raise SystemExit(str(error)) from None
    if recipe.kind == "text":
        return _of_text(folder, str(text))
    return _of_rows(recipe, folder, Path(given))


def _of_text(folder: Path, text: str) -> str:
    encode = load_encoder(folder)
    rows = encode([text])
    rows = rows.toarray() if hasattr(rows, "toarray") else rows
    # Padding and unknown words have ids 0 and 1 where there is a vocabulary.
    if not (np.asarray(rows) > (1 if hasattr(encode, "length") else 0)).any():
        raise SystemExit(f"no word of this text is known to the model. Received: {text!r:.80}")
    model = load_model(folder)
    chance = float(np.asarray(model.predict(rows, verbose=0)).ravel()[0])
    word = "positive" if chance >= 0.5 else "negative"
    return f"{word}, with {max(chance, 1 - chance):.1%} ({folder.name})"


def _of_rows(recipe: Recipe, folder: Path, csv: Path) -> str:
    from recipes._engine.run_forecast import load_series

    saved = json.loads((folder / "input.json").read_text(encoding="utf-8"))
    try:
        data = load_series(recipe.data, str(csv))
    except (FileNotFoundError, ValueError) as error:
        raise SystemExit(str(error)) from error
    if data.features != saved["features"]:
        raise SystemExit(
            f"{csv} must have the columns that the model was trained on: "
            f"{', '.join(saved['features'])}. Received: {', '.join(data.features)}."
        )
    model = load_model(folder)
    series = data.frame.groupby(data.groups, sort=False) if data.groups else [("", data.frame)]
    return "\n".join(_forecast(model, saved, data, name, rows) for name, rows in series)


def _forecast(model: Any, saved: dict[str, Any], data: Any, name: str, frame: Any) -> str:
    lookback, step = saved["lookback"], saved["step"]
    rows = frame[saved["features"]].to_numpy(np.float64)[-lookback:][::-1][::step][::-1]
    if len(frame) < lookback or np.isnan(rows).any():
        raise SystemExit(
            f"the last {lookback} rows {f'of {name} ' if name else ''}must be there and have no "
            f"value missing. Received: {len(frame)} rows, {int(np.isnan(rows).sum())} values "
            "missing in those needed."
        )
    scaled = (rows - np.array(saved["center"])) / np.array(saved["scale"])
    out = np.asarray(model.predict(scaled[None].astype(np.float32), verbose=0)).ravel()
    values = out * saved["target_scale"] + saved["target_center"]
    first = np.datetime64(frame[data.timestamps].iloc[-1], "m") + saved["delay"] * data.period
    shown = ", ".join(f"{value:.1f}" for value in values)
    return f"{f'{name}, ' if name else ''}{saved['target']} from {first}: {shown} {saved['unit']}"
