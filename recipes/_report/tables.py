"""Tables of results: for a single run, and a short table of selected forecasts."""

from collections.abc import Sequence
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


def every_table(results: list[dict[str, Any]]) -> list[str]:
    """Return the tables of all results: forecasts, texts, and the titles of demos."""
    forecasts = [r for r in results if "metrics" in r and "baselines" in r]
    texts = [r for r in results if "accuracy" in r.get("metrics", {}).get("test", {})]
    others = [r for r in results if r not in forecasts and r not in texts]
    tables = [markdown(forecasts, [r["recipe"] for r in forecasts])] if forecasts else []
    tables += [_text_table(texts)] if texts else []
    return [*tables, "\n".join(f"- `{r['recipe']}`: {r['title']}" for r in others)]


def _text_table(results: list[dict[str, Any]]) -> str:
    lines = [
        "| recipe | model | backend | seeds | validation accuracy | test accuracy | parameters "
        "| seconds |",
        "|" + "---|" * 8,
    ]
    for (recipe, backend), runs in _by_run(results).items():
        accuracies = [
            _format_range([run["metrics"][part]["accuracy"] for run in runs], "", 4)
            for part in ("validation", "test")
        ]
        seconds = sum(run["seconds"] for run in runs) / len(runs)
        cells = [f"`{recipe}`", runs[0]["title"], backend or "any", str(len(runs)), *accuracies]
        cells += [f"{runs[0]['parameters']:,}", f"{seconds:.0f}"]
        lines.append("| " + " | ".join(cells) + " |")
    return "\n".join(lines)


def _by_run(results: list[dict[str, Any]]) -> dict[tuple[str, str | None], list[dict[str, Any]]]:
    groups: dict[tuple[str, str | None], list[dict[str, Any]]] = {}
    for result in results:
        groups.setdefault((result["recipe"], result["backend"]), []).append(result)
    return groups


def markdown(results: list[dict[str, Any]], recipes: Sequence[str] = FEATURED) -> str:
    """Return a table of forecasts. Several seeds are shown as mean and range.

    Args:
        results: All results.
        recipes: Recipes of the table. Defaults to those of the short table.
    """
    lines = [
        "| recipe | model | backend | seeds | validation MAE | test MAE "
        "| persistence baseline, same windows | published | parameters | seconds |",
        "|" + "---|" * 10,
    ]
    chosen = [r for r in results if "metrics" in r and r["recipe"] in recipes]
    for (recipe, backend), runs in _by_run(chosen).items():
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


def _format_range(values: list[float], unit: str, digits: int = 2) -> str:
    mean = f"{sum(values) / len(values):.{digits}f} {unit}".rstrip()
    if len(values) == 1:
        return mean
    return f"{mean} ({min(values):.{digits}f} to {max(values):.{digits}f})"


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
