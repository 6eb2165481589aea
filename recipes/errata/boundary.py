"""Training targets of the chapter lie among the rows that validation reads."""

import numpy as np

from recipes._engine.demo_result import write_figures
from recipes._engine.forecast_config import Config
from recipes._engine.run_forecast import load_series, make_windows
from recipes._engine.run_options import RunOptions


def run(options: RunOptions) -> None:
    # The chapter's generator: rows up to 200,000 train, targets lie 144 rows further on.
    max_index, delay, validation = 200_000, 144, 200_001
    last_target = max_index - 1 + delay
    # Ours: the rows that the windows of each part touch.
    data = load_series("weather", options.data)
    split = make_windows("weather", data, Config(title=""), seed=0)
    ends = split.train.ends_in_time(0, split.train.num_windows)
    used = np.unique(ends + split.train.shape.delay)
    later = split.validation.ends_in_time(0, split.validation.num_windows)
    inputs = np.unique(later[:, None] - np.arange(split.validation.shape.lookback))
    figures = {
        "chapter: validation rows that are training targets": last_target - validation + 1,
        "here: validation rows that are training targets": int(len(np.intersect1d(used, inputs))),
    }
    write_figures(options, "errata-boundary", "the boundary between parts", figures)
