"""Data small enough to run every recipe once."""

import dataclasses

import pytest

from recipes import _config, _forecast


@pytest.fixture
def short_weather(monkeypatch):
    """One airport and ten weeks, in windows of four days: enough to run everything once."""
    data = _forecast.load_series("weather", None)
    frame = data.frame[data.frame[data.groups] == "JFK"].iloc[: 10 * 7 * 24]
    small = dataclasses.replace(data, frame=frame.reset_index(drop=True))
    windows = dataclasses.replace(_config.DATA["weather"].windows, lookback=96)
    monkeypatch.setattr(_forecast, "load_series", lambda name, path: small)
    monkeypatch.setitem(
        _config.DATA, "weather", dataclasses.replace(_config.DATA["weather"], windows=windows)
    )
