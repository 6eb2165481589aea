"""Plots of a single run, and the common style of all plots."""

from io import BytesIO
from pathlib import Path
from typing import Any

import matplotlib
import matplotlib.dates
import numpy as np
from PIL import Image

from .output_files import write_bytes

matplotlib.use("Agg")
from matplotlib import pyplot as plt

INK, MODEL, NAIVE, QUIET = "#1b1f24", "#c2410c", "#64748b", "#cbd5e1"


def new_figure(rows: int, height: float, ratios: list[float] | None = None) -> Any:
    """Return a figure in the common style, and its axes."""
    figure, axes = plt.subplots(
        rows,
        1,
        figsize=(10, height),
        layout="constrained",
        gridspec_kw={"height_ratios": ratios or [1] * rows},
    )
    for axis in np.atleast_1d(axes):
        axis.spines[["top", "right"]].set_visible(False)
        axis.grid(axis="y", color=QUIET, linewidth=0.6)
        axis.set_axisbelow(True)
    return figure, axes


def save(figure: Any, path: Path) -> None:
    """Write the figure to a file and close it."""
    drawn = compact_png(figure, dpi=110)
    plt.close(figure)
    write_bytes(path, "the plot", drawn)


def compact_png(figure: Any, dpi: int) -> bytes:
    """Return the figure as a PNG with a palette of 256 colours, a third of the usual size."""
    drawn = BytesIO()
    figure.savefig(drawn, format="png", dpi=dpi, metadata={"Software": None})
    # Maximum coverage reproduces white exactly and every other colour within 8 levels of 255;
    # the default, median cut, is off by up to 45 where lines of different colours cross.
    picture = Image.open(drawn).convert("RGB")
    picture = picture.quantize(method=Image.Quantize.MAXCOVERAGE, dither=Image.Dither.NONE)
    compact = BytesIO()
    picture.save(compact, format="png", optimize=True)
    return compact.getvalue()


def plot_forecast(
    path: Path, result: dict[str, Any], windows: Any, predictions: Any, data: Any
) -> None:
    """Plot two weeks of test data with the forecast, and the training history."""
    trained = "history" in result
    figure, axes = new_figure(2 if trained else 1, 7 if trained else 4, [3, 2] if trained else None)
    top = axes[0] if trained else axes
    _plot_two_weeks(top, result, windows, predictions, data)
    if trained:
        _plot_history(axes[1], result)
    save(figure, path)


def _plot_two_weeks(
    axis: Any, result: dict[str, Any], windows: Any, predictions: Any, data: Any
) -> None:
    ends = windows.ends_in_time(0, windows.num_windows)
    # For several targets, the most distant.
    rows = ends + windows.shape.delay + windows.shape.horizon - 1
    chosen = longest_segment(rows, 14 * data.seasonal)
    times = windows.timestamps[rows[chosen]]
    baseline = windows.baseline("persistence")
    targets, naive, predictions = (
        np.asarray(values).reshape(len(rows), -1)[:, -1]
        for values in (baseline.targets, baseline.predictions, predictions)
    )
    unit = result["data"]["unit"]
    axis.plot(times, targets[chosen], color=INK, linewidth=1.6, label="observed")
    axis.plot(
        times,
        naive[chosen],
        color=NAIVE,
        linewidth=1.1,
        linestyle=(0, (4, 2)),
        label="persistence baseline",
    )
    if "history" in result:
        axis.plot(times, predictions[chosen], color=MODEL, linewidth=1.8, label=result["title"])
    axis.set_ylabel(f"temperature ({unit})")
    place = "" if data.groups is None else f" at {data.frame[data.groups].iloc[rows[chosen][0]]}"
    axis.set_title(
        f"{result['recipe']}: temperature{place}, forecast 24 hours ahead, two weeks of the test "
        "set",
        loc="left",
        fontsize=11,
    )
    axis.xaxis.set_major_locator(matplotlib.dates.DayLocator(interval=2))
    axis.xaxis.set_major_formatter(matplotlib.dates.DateFormatter("%d %b"))
    axis.legend(frameon=False, ncols=3, loc="upper left", bbox_to_anchor=(0, -0.09))


def longest_segment(rows: Any, count: int) -> slice:
    """Return `count` consecutive rows from the middle of the longest contiguous segment."""
    breaks = np.flatnonzero(np.diff(rows) != 1) + 1
    edges = np.concatenate([[0], breaks, [len(rows)]])
    start = int(np.argmax(np.diff(edges)))
    first, stop = int(edges[start]), int(edges[start + 1])
    begin = max(first, (first + stop - count) // 2)
    return slice(begin, min(stop, begin + count))


def _plot_history(axis: Any, result: dict[str, Any]) -> None:
    unit = result["data"]["unit"]
    epochs = np.arange(1, len(result["history"]["validation"]) + 1)
    naive = result["baselines"]["validation"]["persistence"]["mae"]
    axis.plot(epochs, result["history"]["training"], color=NAIVE, label="training")
    axis.plot(epochs, result["history"]["validation"], color=MODEL, label="validation")
    axis.axhline(naive, color=INK, linewidth=1, linestyle=(0, (4, 2)), label="persistence baseline")
    best = result["best_epoch"]
    axis.plot(best, result["history"]["validation"][best - 1], "o", color=MODEL)
    axis.set_xlabel("epoch (the dot marks the best one)")
    axis.set_ylabel(f"mean absolute error ({unit})")
    axis.xaxis.set_major_locator(matplotlib.ticker.MaxNLocator(integer=True))
    axis.legend(frameon=False, ncols=3, loc="upper right")
