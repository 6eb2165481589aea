"""Several seeds as a mean and an interval."""

from collections.abc import Sequence

import numpy as np

# Two-sided 95 % points of Student's t for 1, 2, ... degrees of freedom, so that no table of a
# page needs scipy.
T95 = (12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228)
Z95 = 1.959964  # of the normal distribution


def t95(freedom: int) -> float:
    """The 95 % point; beyond the table by Fisher's expansion around the normal distribution."""
    if freedom <= len(T95):
        return T95[freedom - 1]
    first = (Z95**3 + Z95) / (4 * freedom)
    return Z95 + first + (5 * Z95**5 + 16 * Z95**3 + 3 * Z95) / (96 * freedom**2)


def mean_and_interval(values: Sequence[float]) -> tuple[float, float | None]:
    """The mean, and half the width of its 95 % interval over seeds; None for one value.

    >>> mean_and_interval([1.0, 2.0, 3.0])[0], round(mean_and_interval([1.0, 2.0, 3.0])[1], 3)
    (2.0, 2.484)
    """
    count = len(values)
    if count < 2:
        return float(values[0]), None
    return float(np.mean(values)), float(t95(count - 1) * np.std(values, ddof=1) / np.sqrt(count))


def in_words(values: Sequence[float], digits: int) -> str:
    """The mean with its interval, for a table.

    >>> in_words([1.0, 2.0, 3.0], 1), in_words([2.0], 1)
    ('2.0 ± 2.5', '2.0')
    """
    mean, half = mean_and_interval(values)
    return f"{mean:.{digits}f}" + ("" if half is None else f" ± {half:.{digits}f}")


def welch_difference(one: Sequence[float], other: Sequence[float]) -> tuple[float, float]:
    """The difference of two means, and half its 95 % interval by Welch's t, variances unequal.

    The degrees of freedom are rounded down, which widens the interval. Two values each at least.

    >>> mean, half = welch_difference([1.0, 2.0, 3.0], [1.0, 2.0, 3.0])
    >>> mean, round(half, 3)
    (0.0, 2.267)
    """
    parts = [float(np.var(values, ddof=1)) / len(values) for values in (one, other)]
    error = sum(parts)
    shares = sum(
        part**2 / (len(values) - 1) for part, values in zip(parts, (one, other), strict=True)
    )
    freedom = int(error**2 / shares + 1e-9) if shares else 1
    return float(np.mean(one) - np.mean(other)), float(t95(freedom) * np.sqrt(error))


def paired_difference(
    one: dict[int, float], other: dict[int, float]
) -> tuple[float, float | None, int]:
    """Mean of `one - other` over the seeds that both have, half its interval, their number."""
    seeds = sorted(set(one) & set(other))
    if not seeds:
        return float("nan"), None, 0
    mean, half = mean_and_interval([one[seed] - other[seed] for seed in seeds])
    return mean, half, len(seeds)
