"""Means and 95 % confidence intervals over seeds, by Student's and Welch's t."""

from collections.abc import Sequence

import numpy as np


def t95(degrees_of_freedom: int) -> float:
    """Return the two-sided 95 % quantile of Student's t distribution.

    >>> round(t95(2), 3)
    4.303
    """
    from scipy.stats import t

    return float(t.ppf(0.975, degrees_of_freedom))


def mean_and_interval(values: Sequence[float]) -> tuple[float, float | None]:
    """Return the mean and the half-width of its 95 % confidence interval, None for one value.

    >>> mean_and_interval([1.0, 2.0, 3.0])[0], round(mean_and_interval([1.0, 2.0, 3.0])[1], 3)
    (2.0, 2.484)
    """
    count = len(values)
    if count < 2:
        return float(values[0]), None
    return float(np.mean(values)), float(t95(count - 1) * np.std(values, ddof=1) / np.sqrt(count))


def format_mean(values: Sequence[float], digits: int) -> str:
    """Format the mean and its confidence interval for a table.

    >>> format_mean([1.0, 2.0, 3.0], 1), format_mean([2.0], 1)
    ('2.0 ± 2.5', '2.0')
    """
    mean, half_width = mean_and_interval(values)
    return f"{mean:.{digits}f}" + ("" if half_width is None else f" ± {half_width:.{digits}f}")


def welch_difference(one: Sequence[float], other: Sequence[float]) -> tuple[float, float]:
    """Return the difference of two means and the half-width of its 95 % interval by Welch's t.

    Each sample must have at least two values. The degrees of freedom are rounded down, which
    makes the interval wider. `scipy.stats.ttest_ind` does not round and warns of samples without
    variance, such as a recipe that every seed solves alike.

    >>> mean, half_width = welch_difference([1.0, 2.0, 3.0], [1.0, 2.0, 3.0])
    >>> mean, round(half_width, 3)
    (0.0, 2.267)
    """
    samples = (one, other)
    squares = [float(np.var(values, ddof=1)) / len(values) for values in samples]
    error = sum(squares)
    # Welch-Satterthwaite. The small addition is for results such as 3.9999999999999996.
    shares = sum(s**2 / (len(values) - 1) for s, values in zip(squares, samples, strict=True))
    degrees_of_freedom = int(error**2 / shares + 1e-9) if shares else 1
    half_width = float(t95(degrees_of_freedom) * np.sqrt(error))
    return float(np.mean(one) - np.mean(other)), half_width


def paired_difference(
    one: dict[int, float], other: dict[int, float]
) -> tuple[float, float | None, int]:
    """Return the mean of `one - other` over shared seeds, its half-width and their number."""
    seeds = sorted(set(one) & set(other))
    if not seeds:
        return float("nan"), None, 0
    mean, half_width = mean_and_interval([one[seed] - other[seed] for seed in seeds])
    return mean, half_width, len(seeds)
