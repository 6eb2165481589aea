"""Plots that compare many runs."""

from pathlib import Path
from typing import Any

import numpy as np

from .plots import INK, MODEL, NAIVE, new_figure, save
from .statistics import mean_and_interval

COLOURS = {"frozen": MODEL, "tuned": "#0f766e", "learned": NAIVE}


def draw_all(results: list[dict[str, Any]], folder: Path) -> dict[str, str]:
    """Draw every plot with results; return a description for each file name."""
    drawn = {}
    for name, description, draw in (
        (
            "glove-samples.png",
            "Test accuracy of frozen, tuned and learned word vectors against the number of "
            "training reviews, with 95 % confidence intervals over seeds",
            draw_samples,
        ),
        (
            "hashed-width.png",
            "Test accuracy of a hashed bag of unigrams and bigrams against the number of bins",
            draw_width,
        ),
        ("imdb-curves.png", "Validation loss per epoch of the recipes on reviews", draw_curves),
    ):
        if draw(results, folder / name):
            drawn[name] = description
    # One example is enough on the page: two weeks of forecasts and observed values.
    for path in sorted(folder.glob("weather-gru-*-0.png"))[:1]:
        drawn[path.name] = "Temperature forecast 24 hours ahead, compared with observed values"
    for path in sorted(folder.glob("demo-*.png")):
        drawn[path.name] = path.stem.removeprefix("demo-").replace("-", " ").capitalize()
    return drawn


def _accuracies(results: list[dict[str, Any]], name: str) -> list[float]:
    return [r["metrics"]["test"]["accuracy"] for r in results if r["recipe"] == name]


def draw_samples(results: list[dict[str, Any]], path: Path) -> bool:
    """Plot the accuracy against the number of training reviews, one line per kind of vectors."""
    figure, axis = new_figure(1, 4.5)
    found = False
    for kind, colour in COLOURS.items():
        points = []
        for samples in ("200", "2000", "all"):
            runs = [r for r in results if r["recipe"] == f"imdb-glove-{kind}-{samples}"]
            if runs:
                values = [run["metrics"]["test"]["accuracy"] for run in runs]
                points.append((runs[0]["texts"]["train"], *mean_and_interval(values)))
        if points:
            found = True
            x, y, half_widths = zip(*points, strict=True)
            bars = [0.0 if width is None else 100 * width for width in half_widths]
            axis.errorbar(
                x, 100 * np.array(y), bars, color=colour, marker="o", capsize=3, label=kind
            )
    if found:
        axis.set_xscale("log")
        axis.set_xticks([200, 2_000, 19_825], ["200", "2,000", "all"])
        axis.set_xlabel("training reviews")
        axis.set_ylabel("test accuracy (%)")
        axis.set_title("GloVe vectors, frozen or fine-tuned, and a learned embedding", loc="left")
        axis.legend(frameon=False)
        save(figure, path)
    return found


def draw_width(results: list[dict[str, Any]], path: Path) -> bool:
    """Plot the accuracy against the number of bins."""
    points = []
    for bits in (10, 12, 14, 16, 18):
        values = _accuracies(results, f"imdb-hashed-{bits}")
        if values:
            points.append((2**bits, *mean_and_interval(values)))
    if not points:
        return False
    figure, axis = new_figure(1, 4.5)
    x, y, half_widths = zip(*points, strict=True)
    bars = [0.0 if width is None else 100 * width for width in half_widths]
    axis.errorbar(x, 100 * np.array(y), bars, color=MODEL, marker="o", capsize=3)
    axis.set_xscale("log", base=2)
    axis.set_xlabel("number of bins")
    axis.set_ylabel("test accuracy (%)")
    axis.set_title("Hashed unigrams and bigrams: fewer bins, more collisions", loc="left")
    save(figure, path)
    return True


def draw_curves(results: list[dict[str, Any]], path: Path) -> bool:
    """Plot the validation loss, one panel per recipe, one line per seed, best epochs marked."""
    names = list(
        dict.fromkeys(
            r["recipe"]
            for r in results
            if r.get("kind") == "text"
            and r["data"]["name"] == "imdb"
            and "glove" not in r["recipe"]
        )
    )
    if not names:
        return False
    from matplotlib import pyplot as plt

    rows = -(-len(names) // 4)
    figure, axes = plt.subplots(
        rows, 4, figsize=(12, 2.3 * rows), layout="constrained", squeeze=False, sharey=True
    )
    for axis, name in zip(axes.flat, names, strict=False):
        for result in (r for r in results if r["recipe"] == name):
            losses = result["history"]["val_loss"]
            axis.plot(range(1, len(losses) + 1), losses, color=MODEL, linewidth=1, alpha=0.7)
            best = result["best_epoch"]
            axis.plot(best, losses[best - 1], "o", color=INK, markersize=3)
        axis.set_title(name.removeprefix("imdb-"), fontsize=9, loc="left")
        axis.spines[["top", "right"]].set_visible(False)
        axis.set_ylim(0.2, 0.75)
    for axis in list(axes.flat)[len(names) :]:
        axis.set_visible(False)
    figure.supylabel("validation loss")
    figure.supxlabel("epoch")
    save(figure, path)
    return True
