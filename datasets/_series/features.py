"""Sine and cosine encoding of wind directions and clock times."""

import numpy as np
import pandas as pd

from keras_seqext._common.choices import checked_choice

from .series_data import TIME

WINDS = ("direction", "vector", "degrees")


def check_wind(wind: str) -> None:
    """Raise ValueError for an invalid encoding, before any file is read."""
    checked_choice("wind", wind, WINDS)


def encode_wind(
    frame: pd.DataFrame,
    units: dict[str, str],
    *,
    direction: str,
    speed: str,
    prefix: str,
    wind: str,
) -> pd.DataFrame:
    """Replace the wind direction in degrees by two columns without a jump at north.

    `"direction"`: sine and cosine, both 0 without wind. `"vector"`: both multiplied by the speed.
    `"degrees"`: unchanged. A missing direction stays missing, unless the wind speed is 0.
    """
    if wind == "degrees" or direction not in frame.columns or speed not in frame.columns:
        return frame
    speeds = frame[speed].to_numpy()
    calm = speeds == 0
    angle = np.deg2rad(frame[direction].to_numpy(np.float64))
    scale = speeds if wind == "vector" else np.ones_like(speeds)
    unit = units[speed] if wind == "vector" else "1"
    del units[direction]
    position = frame.columns.get_loc(direction)
    frame = frame.drop(columns=direction)
    for offset, (name, part) in enumerate((("sin", np.sin(angle)), ("cos", np.cos(angle)))):
        values = np.where(calm, 0.0, scale * part).astype(np.float32)
        frame.insert(position + offset, f"{prefix}_{name}", values)
        units[f"{prefix}_{name}"] = unit
    return frame


def add_calendar(frame: pd.DataFrame, units: dict[str, str]) -> pd.DataFrame:
    """Add the time of day and the day of the year, each as sine and cosine."""
    stamps = frame[TIME].to_numpy()
    day, year = stamps.astype("datetime64[D]"), stamps.astype("datetime64[Y]")
    # 365 or 366 days, so that 1 January has the same phase in every year.
    length = (year + np.timedelta64(1, "Y")).astype("datetime64[D]") - year.astype("datetime64[D]")
    phases = {
        "time_of_day": (stamps - day) / np.timedelta64(1, "D"),
        "day_of_year": (stamps - year.astype(stamps.dtype)) / length,
    }
    columns = {}
    for name, phase in phases.items():
        columns[f"{name}_sin"] = np.sin(2 * np.pi * phase).astype(np.float32)
        columns[f"{name}_cos"] = np.cos(2 * np.pi * phase).astype(np.float32)
    units.update(dict.fromkeys(columns, "1"))
    return frame.assign(**columns)
