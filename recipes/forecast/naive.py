"""Persistence baseline: the temperature in 24 hours equals the last one."""

from recipes._engine.forecast_config import Config

CONFIG = Config(title="persistence baseline", published={"jena": 2.57})

build = None  # nothing to train; the runner computes the baseline
BASELINE = "persistence"
