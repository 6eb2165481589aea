"""Time between consecutive rows of a series, found in its time stamps or passed by the user."""

import datetime
from collections.abc import Mapping

import numpy as np
import pandas as pd

from keras_seqext._common.validation import wrong_type, wrong_value

from .cleaning_report import duration

DAY = np.timedelta64(1, "D")
SECOND = np.timedelta64(1, "s")
ZERO = np.timedelta64(0, "s")

# Equal consecutive steps that are a change of the period rather than a few gaps.
CHANGE = 12
# A series of two or three rows may consist of gaps only.
FEW_STEPS = 3


def checked_period(value: object) -> np.timedelta64 | None:
    """Return `period` in seconds, or None if it is to be found in the data.

    >>> checked_period("10min"), checked_period(None)
    (np.timedelta64(600,'s'), None)
    """
    if value is None:
        return None
    expected, remedy = "a time that divides a day", "Pass e.g. period='10min' or period='1h'."
    if not isinstance(value, str | np.timedelta64 | datetime.timedelta):
        raise wrong_type("period", value, expected, remedy)
    try:
        found = np.timedelta64(pd.Timedelta(value).value, "ns")
    except ValueError:
        raise wrong_value("period", value, expected, remedy) from None
    if found < SECOND or DAY % found != ZERO or found % SECOND != ZERO:
        raise wrong_value("period", value, expected, remedy)
    return found.astype("m8[s]")


def most_frequent_step(stamps: np.ndarray) -> tuple[np.timedelta64, int]:
    """Return the most frequent time between increasing stamps, and how often it occurs.

    >>> most_frequent_step(np.array([0, 10, 20, 50, 60], "M8[m]"))
    (np.timedelta64(10,'m'), 3)
    """
    steps, counts = np.unique(np.diff(stamps), return_counts=True)
    if not len(steps):
        return ZERO, 0
    first = counts.argmax()  # of equally frequent steps the shortest
    return steps[first], int(counts[first])


def check_equal_periods(parts: Mapping[str, np.ndarray], remedy: str) -> None:
    """Raise ValueError if parts that would be joined have different periods.

    Args:
        parts: Time stamps by the name of the file or series.
        remedy: Sentence that ends the message.
    """
    periods: dict[str, np.timedelta64] = {}
    for name, stamps in parts.items():
        step, count = most_frequent_step(np.unique(stamps))
        if count >= FEW_STEPS - 1:
            periods[name] = step
    if len(set(periods.values())) > 1:
        found = ", ".join(f"{name}: {duration(period)}" for name, period in periods.items())
        raise ValueError(
            "The files and series that are loaded together must have one time between their rows. "
            f"Received: {found}. {remedy}"
        )


def find_period(
    stamps: np.ndarray, usual: np.timedelta64, name: str, remedy: str
) -> np.timedelta64:
    """Return the time between consecutive rows.

    Args:
        stamps: Time stamps, in any order.
        usual: Period of the published files, for a series of too few rows.
        name: Name of the file or series, for the message.
        remedy: Sentence that ends the message.

    Raises:
        ValueError: If the rows have no regular period, or it changes.
    """
    stamps = np.unique(stamps)
    period, _ = most_frequent_step(stamps)
    steps = np.diff(stamps)
    divides = period > ZERO and DAY % period == ZERO
    if not divides and len(steps) < FEW_STEPS:
        return usual
    if not divides or (steps % period == ZERO).mean() < 0.5:
        raise ValueError(
            f"{name}: the rows must be equally spaced, by a time that divides a day. Received: "
            f"the most frequent time between two rows is {duration(period)}, of "
            f"{len(steps):,}. {remedy}"
        )
    starts = np.flatnonzero(np.concatenate([[True], steps[1:] != steps[:-1]]))
    lengths = np.diff(np.append(starts, len(steps)))
    changed = starts[(lengths >= CHANGE) & (steps[starts] != period)]
    if len(changed):
        raise ValueError(
            f"{name}: all rows must have the same time between them. Received: rows every "
            f"{duration(period)}, but every {duration(steps[changed[0]])} from "
            f"{stamps[changed[0]]}. {remedy}"
        )
    return period


def check_given_period(stamps: np.ndarray, period: np.timedelta64, name: str) -> None:
    """Raise ValueError if the rows are closer together than the `period` that was passed."""
    step, _ = most_frequent_step(np.unique(stamps))
    if ZERO < step < period:
        raise ValueError(
            f"`period` must not be longer than the time between the rows. Received: "
            f"period={duration(period)}, but {name} has a row every {duration(step)}. Omit it, and "
            "resample the frame of the result."
        )
