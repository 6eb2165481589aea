"""Tables of results: for a single run, and a short table of selected forecasts."""

from pathlib import Path
from typing import Any

from rich.table import Table

from .result import read_results

# Recipes of the short table. The page of results has all.
FEATURED = tuple(
    f"{data}-{model}"
    for data in ("weather", "jena")
    for model in ("naive", "linear", "dense", "rnn", "gru", "gru-residual")
)

BASELINES = {
    "persistence": "persistence baseline",
    "seasonal": "seasonal-naive baseline",
    "mean": "mean of the training set",
}
BEGIN, END = "<!-- results: begin -->", "<!-- results: end -->"


def comparison(result: dict[str, Any]) -> Table:
    """Return a table that compares a model with the baselines on the same windows."""
    unit = result["data"]["unit"]
    table = Table("mean absolute error", f"validation {unit}", f"test {unit}")
    for column in table.columns[1:]:
        column.justify = "right"
    parts = ("validation", "test")
    for kind, name in BASELINES.items():
        table.add_row(name, *(f"{result['baselines'][part][kind]['mae']:.2f}" for part in parts))
    if result["backend"]:
        cells = []
        for part in parts:
            error = result["metrics"][part]["mae"]
            gain = 1 - error / result["baselines"][part]["persistence"]["mae"]
            cells.append(f"[bold]{error:.2f}[/] ({-gain:+.0%})")
        table.add_row(f"[bold]{result['title']}[/]", *cells)
    return table


def markdown(results: list[dict[str, Any]]) -> str:
    """Return the short table of forecasts. Several seeds are shown as mean and range."""
    lines = [
        "| recipe | model | backend | seeds | validation MAE | test MAE "
        "| persistence baseline, same windows | published | parameters | seconds |",
        "|" + "---|" * 10,
    ]
    groups: dict[tuple[str, str | None], list[dict[str, Any]]] = {}
    for result in results:
        if "metrics" in result and result["recipe"] in FEATURED:
            groups.setdefault((result["recipe"], result["backend"]), []).append(result)
    for (recipe, backend), runs in groups.items():
        first = runs[0]
        unit = first["data"]["unit"]
        naive = " / ".join(
            f"{first['baselines'][part]['persistence']['mae']:.2f}"
            for part in ("validation", "test")
        )
        published = first["published_validation_mae"]
        cells = [
            f"`{recipe}`",
            first["title"],
            backend or "any",
            str(len(runs)) if backend else "-",
            _format_range([run["metrics"]["validation"]["mae"] for run in runs], unit),
            _format_range([run["metrics"]["test"]["mae"] for run in runs], unit),
            f"{naive} {unit}",
            "-" if published is None else f"{published:.2f} {unit} (validation)",
            f"{first['parameters']:,}" if "parameters" in first else "-",
            f"{sum(run['seconds'] for run in runs) / len(runs):.0f}",
        ]
        lines.append("| " + " | ".join(cells) + " |")
    return "\n".join(lines)


def _format_range(values: list[float], unit: str) -> str:
    mean = sum(values) / len(values)
    if len(values) == 1:
        return f"{mean:.2f} {unit}"
    return f"{mean:.2f} {unit} ({min(values):.2f} to {max(values):.2f})"


def data_notes(results: list[dict[str, Any]]) -> str:
    """Return one line per data set with its cleaning report."""
    reports = {r["data"]["name"]: r["data"]["report"] for r in results if "data" in r}
    return "\n".join(f"- {report}" for report in reports.values())


def update_page(page: Path, folder: Path) -> bool:
    """Write the short table between the marks in `page`; return whether the page changed."""
    text = page.read_text(encoding="utf-8")
    if BEGIN not in text or END not in text:
        raise SystemExit(f"{page} has no marks for the table. Add the lines {BEGIN} and {END}")
    head, rest = text.split(BEGIN, 1)
    _, tail = rest.split(END, 1)
    new = head + BEGIN + "\n" + markdown(read_results(folder)) + "\n" + END + tail
    if new != text:
        page.write_text(new, encoding="utf-8")
    return new != text
