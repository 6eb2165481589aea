"""Plots of the claims: bars for peers and limits, lines for growing cost."""

from pathlib import Path
from statistics import median
from typing import Any

import matplotlib

matplotlib.use("Agg")
from matplotlib import pyplot as plt

from recipes._report.plots import compact_png

OURS, PEER, LIMIT, QUIET = "#c2410c", "#64748b", "#0f766e", "#cbd5e1"


def plot_claim(records: list[dict[str, Any]], path: Path) -> bool:
    """Draw one claim with one panel per backend; return False if there is nothing to draw."""
    records = [r for r in records if r["curve"] or any(p["seconds"] for p in r["peers"])]
    if not records:
        return False
    bars = max(len(r["peers"]) + 1 for r in records)
    curves = any(r["curve"] for r in records)
    height = 3.6 if curves else 0.42 * bars + 1.1
    figure, axes = plt.subplots(
        len(records), 1, figsize=(9, height * len(records)), layout="constrained", squeeze=False
    )
    for axis, record in zip(axes[:, 0], records, strict=True):
        axis.spines[["top", "right"]].set_visible(False)
        (_lines if record["curve"] else _bars)(axis, record)
        backend = f" ({record['backend']})" if record["backend"] else ""
        axis.set_title(record["title"] + backend, loc="left", fontsize=10)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(compact_png(figure, dpi=100))
    plt.close(figure)
    return True


def _bars(axis: Any, record: dict[str, Any]) -> None:
    ours = record["ours"]
    bars = [(ours["name"], ours["seconds"], OURS)] + [
        (peer["name"], peer["seconds"], LIMIT if peer["is_limit"] else PEER)
        for peer in record["peers"]
        if peer["seconds"]
    ]
    names = [name for name, _, _ in bars][::-1]
    rates = [record["amount"] / median(seconds) for _, seconds, _ in bars][::-1]
    axis.barh(names, rates, color=[color for *_, color in bars][::-1], height=0.62)
    if max(rates) > 30 * min(rates):
        axis.set_xscale("log")
    for name, rate in zip(names, rates, strict=True):
        axis.annotate(
            f" {rate:,.0f}" if rate >= 100 else f" {rate:.3g}",
            (rate, name),
            va="center",
            fontsize=8,
        )
    axis.set_xlabel(record["unit"], fontsize=8)
    axis.margins(x=0.12)
    axis.tick_params(labelsize=8)


def _lines(axis: Any, record: dict[str, Any]) -> None:
    curve = record["curve"]
    for name, values in curve["series"].items():
        color = OURS if name == record["ours"]["name"] else None
        axis.plot(curve["x"][: len(values)], values, marker="o", label=name, color=color)
    axis.set_xscale("log", base=2)
    axis.set_yscale("log")
    axis.set_xlabel(curve["x_name"], fontsize=8)
    axis.set_ylabel(curve["y_name"], fontsize=8)
    axis.grid(color=QUIET, linewidth=0.6)
    axis.legend(frameon=False, fontsize=8)
