"""Fixture with data small enough to run every recipe."""

import dataclasses

import pytest

from recipes._engine import forecast_config, run_forecast


@pytest.fixture
def short_weather(monkeypatch):
    """Replace the weather by one airport and ten weeks, in windows of four days."""
    data = run_forecast.load_series("weather", None)
    frame = data.frame[data.frame[data.groups] == "JFK"].iloc[: 10 * 7 * 24]
    small = dataclasses.replace(data, frame=frame.reset_index(drop=True))
    windows = dataclasses.replace(forecast_config.DATA["weather"].windows, lookback=96)
    monkeypatch.setattr(run_forecast, "load_series", lambda name, path: small)
    monkeypatch.setitem(
        forecast_config.DATA,
        "weather",
        dataclasses.replace(forecast_config.DATA["weather"], windows=windows),
    )
