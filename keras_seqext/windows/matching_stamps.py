"""Comparison of the time stamps of several series: present, of one type, with a time zone."""

from typing import Any

from .time_stamps import in_one_unit


def match_stamps(series: list[Any]) -> None:
    """Check that the time stamps of all series are comparable, and convert them to one unit.

    Args:
        series: Objects with `label`, `stamps` and `zone`; see `Series`.

    Raises:
        TypeError: If some stamps are times and others numbers.
        ValueError: If a series has no stamps, or no time zone, and others have.
    """
    without = [each.label for each in series if each.stamps is None]
    if without and len(without) < len(series):
        raise ValueError(
            "`timestamps` must be known for every series or for none. Received: none for "
            f"{without[0]}, and time stamps for {len(series) - len(without)} of {len(series)} "
            "series. Pass them for each series, or timestamps=False to ignore them all."
        )
    zones = {(each.zone is None): each for each in series}
    if len(zones) > 1:
        raise ValueError(
            "`timestamps` must have a time zone in every series or in none. Received: a time zone "
            f"for {zones[False].label}, none for {zones[True].label}. Add it, e.g. with "
            "`tz_localize` of pandas."
        )
    kinds = {
        s.stamps.dtype.kind.replace("u", "i").replace("i", "f"): s for s in series if not without
    }
    if len(kinds) > 1:
        received = ", ".join(f"{s.stamps.dtype} for {s.label}" for s in kinds.values())
        raise TypeError(
            f"`timestamps` of all series must be of one type. Received: {received}. Convert them "
            "all to datetime64, or all to numbers."
        )
    if not without:
        for each, stamps in zip(series, in_one_unit([s.stamps for s in series]), strict=True):
            each.stamps = stamps
