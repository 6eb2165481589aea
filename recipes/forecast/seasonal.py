"""The temperature in 24 hours is that of the same hour of the last day: here the same as now.

A day ahead, the last value and the value one season ago are the same row, so this equals
persistence; in `weather-multi-horizon`, where the forecast is for each of 24 hours, it does not.
"""

from recipes._engine.forecast_config import Config

CONFIG = Config(title="seasonal: as a day before")

build = None
BASELINE = "seasonal"
