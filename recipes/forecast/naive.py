"""The temperature in 24 hours is the temperature now: what every model has to beat."""

from recipes._engine.forecast_config import Config

CONFIG = Config(title="persistence: as now", published={"jena": 2.57})

build = None  # nothing to train: the runner reports the baseline
BASELINE = "persistence"
