"""Angles and clock times as pairs of sine and cosine."""

import numpy as np
import pandas as pd

from datasets._files.validation import check_choice

from .series_data import TIME

WINDS = ("direction", "vector", "degrees")


def check_wind(wind: str) -> None:
    """Refuses an encoding that does not exist before any file is read."""
    check_choice("wind", wind, WINDS)


def encode_wind(
    frame: pd.DataFrame,
    units: dict[str, str],
    *,
    direction: str,
    speed: str,
    prefix: str,
    wind: str,
) -> pd.DataFrame:
    """Replaces the wind direction in degrees by two columns without a jump at north.

    `"direction"`: sine and cosine; both 0 in a calm, which has no direction.
    `"vector"`: both times the speed. `"degrees"`: as it was.
    A missing direction stays missing, unless the wind is calm.
    """
    if wind == "degrees" or direction not in frame.columns or speed not in frame.columns:
        return frame
    strength = frame[speed].to_numpy()
    calm = strength == 0
    angle = np.deg2rad(frame[direction].to_numpy(np.float64))
    scale = strength if wind == "vector" else np.ones_like(strength)
    unit = units[speed] if wind == "vector" else "1"
    del units[direction]
    at = frame.columns.get_loc(direction)
    frame = frame.drop(columns=direction)
    for offset, (name, part) in enumerate((("sin", np.sin(angle)), ("cos", np.cos(angle)))):
        values = np.where(calm, 0.0, scale * part).astype(np.float32)
        frame.insert(at + offset, f"{prefix}_{name}", values)
        units[f"{prefix}_{name}"] = unit
    return frame


def add_calendar(frame: pd.DataFrame, units: dict[str, str]) -> pd.DataFrame:
    """Adds the time of day and the day of the year, each as sine and cosine."""
    stamps = frame[TIME].to_numpy()
    day, year = stamps.astype("datetime64[D]"), stamps.astype("datetime64[Y]")
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
