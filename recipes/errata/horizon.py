"""Horizon of 24 hours, which is 25 hours in the book's code.

The book counts the delay from the row after the last input row.
"""

from keras_seqext import TimeseriesWindow
from recipes._engine.demo_result import write_demo_result
from recipes._engine.run_forecast import load_series
from recipes._engine.run_options import RunOptions

CASES = {
    "weather": {"lookback": 240, "step": 1, "right": 24, "chapter": 25},
    "jena": {"lookback": 1440, "step": 6, "right": 144, "chapter": 150},
}


def run(options: RunOptions) -> None:
    figures = {}
    for name, case in CASES.items():
        try:
            data = load_series(name, options.data)
        except FileNotFoundError:
            continue  # only the data of Jena may be missing
        errors = {}
        for kind in ("right", "chapter"):
            windows = TimeseriesWindow(
                data.frame,
                data.target,
                groups=data.groups,
                timestamps=data.timestamps,
                missing="skip",
                lookback=case["lookback"],
                step=case["step"],
                delay=case[kind],
            )
            errors[kind] = windows.baseline("persistence").mae
        figures[f"{name}: 24 h, as written here"] = errors["right"]
        figures[f"{name}: 25 h, as the chapter's code has it"] = errors["chapter"]
    title = "mean absolute error of the persistence baseline, °C, all windows"
    write_demo_result(options, "errata-horizon", title, figures)
