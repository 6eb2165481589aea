"""Slow and simple reference implementation of windows."""

import numpy as np


def reference_windows(values, targets, *, lookback, delay, step, horizon, stride, breaks=()):
    """Return all windows of one series; `breaks` are the first rows after each gap."""
    edges = [0, *sorted(breaks), len(values)]
    inputs, outputs, ends = [], [], []
    for first, stop in zip(edges[:-1], edges[1:], strict=True):
        end = first + lookback - 1
        while end + delay + horizon - 1 < stop:
            rows = list(range(end - lookback + step, end + 1, step))
            inputs.append([values[row] for row in rows])
            outputs.append([targets[end + delay + k] for k in range(horizon)])
            ends.append(end)
            end += stride
    return np.array(inputs), np.array(outputs), ends
