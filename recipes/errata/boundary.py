"""Overlap of training targets and validation inputs in the book's code."""

import numpy as np

from recipes._engine.demo_result import write_demo_result
from recipes._engine.forecast_config import Config
from recipes._engine.run_forecast import load_series, make_windows
from recipes._engine.run_options import RunOptions


def run(options: RunOptions) -> None:
    # Generator of the book: training rows end at 200,000, targets are 144 rows later.
    max_index, delay, validation = 200_000, 144, 200_001
    last_target = max_index - 1 + delay
    # This package: the rows that the windows of each set use.
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
    write_demo_result(
        options, "errata-boundary", "boundary between training and validation sets", figures
    )
