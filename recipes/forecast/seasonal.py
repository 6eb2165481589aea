"""Seasonal-naive baseline: the temperature equals that of the same hour one day before.

For a forecast one day ahead, the value one season before the target is the last value, so this
baseline equals persistence. The two differ in `weather-multi-horizon`, which forecasts each of 24
hours.
"""

from recipes._engine.forecast_config import Config

CONFIG = Config(title="seasonal-naive baseline")

build = None
BASELINE = "seasonal"
