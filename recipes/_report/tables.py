"""Results as tables: one for a run, one for all of them."""

from pathlib import Path
from typing import Any

from rich.table import Table

from .result import read_results

# What the short table shows; the page of results shows all.
FEATURED = tuple(
    f"{data}-{model}"
    for data in ("weather", "jena")
    for model in ("naive", "linear", "dense", "rnn", "gru", "gru-residual")
)

BEGIN, END = "<!-- results: begin -->", "<!-- results: end -->"


def comparison(result: dict[str, Any]) -> Table:
    """One model beside the naive forecasts of the same windows."""
    unit = result["data"]["unit"]
    table = Table("mean absolute error", f"validation {unit}", f"test {unit}")
    for column in table.columns[1:]:
        column.justify = "right"
    parts = ("validation", "test")
    for kind in ("persistence", "seasonal", "mean"):
        table.add_row(kind, *(f"{result['baselines'][part][kind]['mae']:.2f}" for part in parts))
    if result["backend"]:
        cells = []
        for part in parts:
            error = result["metrics"][part]["mae"]
            gain = 1 - error / result["baselines"][part]["persistence"]["mae"]
            cells.append(f"[bold]{error:.2f}[/] ({-gain:+.0%})")
        table.add_row(f"[bold]{result['title']}[/]", *cells)
    return table


def markdown(results: list[dict[str, Any]]) -> str:
    """Some forecasts as a short table; several seeds become a mean and a range."""
    lines = [
        "| recipe | model | backend | seeds | validation MAE | test MAE "
        "| persistence, same windows | published | parameters | seconds |",
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
            _spread([run["metrics"]["validation"]["mae"] for run in runs], unit),
            _spread([run["metrics"]["test"]["mae"] for run in runs], unit),
            f"{naive} {unit}",
            "-" if published is None else f"{published:.2f} {unit} (validation)",
            f"{first['parameters']:,}" if "parameters" in first else "-",
            f"{sum(run['seconds'] for run in runs) / len(runs):.0f}",
        ]
        lines.append("| " + " | ".join(cells) + " |")
    return "\n".join(lines)


def _spread(values: list[float], unit: str) -> str:
    mean = sum(values) / len(values)
    if len(values) == 1:
        return f"{mean:.2f} {unit}"
    return f"{mean:.2f} {unit} ({min(values):.2f} to {max(values):.2f})"


def data_notes(results: list[dict[str, Any]]) -> str:
    """One line a data set: what was read, and what was repaired."""
    reports = {r["data"]["name"]: r["data"]["report"] for r in results if "data" in r}
    return "\n".join(f"- {report}" for report in reports.values())


def update_page(page: Path, folder: Path) -> bool:
    """Puts the table of all results between the marks in `page`; whether that changed it."""
    text = page.read_text(encoding="utf-8")
    if BEGIN not in text or END not in text:
        raise SystemExit(f"{page} has no place for the table: it needs {BEGIN} and {END}")
    head, rest = text.split(BEGIN, 1)
    _, tail = rest.split(END, 1)
    new = head + BEGIN + "\n" + markdown(read_results(folder)) + "\n" + END + tail
    if new != text:
        page.write_text(new, encoding="utf-8")
    return new != text
