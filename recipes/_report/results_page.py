"""The page of all results: tables, verdicts and pictures, made from JSON and nothing else."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from .backends_table import backends_table
from .claims import claims_table
from .errata_page import errata_page
from .result import read_results
from .statistics import in_words, mean_and_interval
from .tables import data_notes

HEAD = """# Results

Made by `python -m recipes report --write docs/results.md` from the JSON files in
[results](results); do not edit. Intervals are 95 % over seeds (Student's t), and hold what
differs between runs of one recipe, not what differs between data. The epoch is chosen by
validation loss, then the test part is looked at once. Several runs shared the GPU, so its seconds
an epoch are no measure of speed. Where a recipe's CONFIG says `refit`, the model that is tested
was trained anew on training and validation texts together (the most in the column *train*), for
as many epochs as validation chose.
"""

TEXTS = """
## Texts: share of the test reviews told right

`imdb` is the Large Movie Review Dataset; training reviews that are repeated or also in its test
part are dropped. `reviews` is **synthetic**: a program wrote it, and its figures only show that a
recipe runs. Where word vectors are read, the last column names their file: a *head* is the
beginning of the published one. Published figures are of validation unless marked *test*, best
epoch by validation accuracy, and so flattered.
"""

FORECASTS = """
## Forecasts: mean absolute error 24 hours ahead

`weather` is New York in 2013. `jena` here is **the year 2020 alone**, of which half trains: the
published figures are of eight years, so no difference is given. With the full file in a folder,
`python -m recipes run --all --only 'jena-*' --seeds 0,1,2 --data FOLDER` makes the rows to
compare.
"""

BACKENDS = """
## The same recipe on another backend

Share of the test reviews in %, error on the test part in °C; the number of seeds in brackets. A
seed draws other weights on each backend, so means are compared: of the two that agree least, the
difference with its 95 % interval (Welch's t). Equal ones are called apart by chance in about one
row of fifty with two backends, in one of seventeen with three, of three seeds each.
"""

CLAIMS = """
## What the chapter claims

*Shown* and *refuted* need an interval that leaves out zero; the rest is *not shown*.
C18, baseline first and test last, is how every recipe is run.
"""


def write_page(page: Path, folder: Path) -> None:
    """Writes the page, the errata beside it, and the pictures beside the JSON files."""
    from .comparison_plots import draw_all

    results = read_results(folder)
    pictures = draw_all(results, folder)
    parts = [
        HEAD,
        TEXTS,
        text_table([r for r in results if r.get("kind") == "text"]),
        FORECASTS,
        forecast_table([r for r in results if "metrics" in r and r.get("kind") != "text"]),
        BACKENDS,
        backends_table(results),
        CLAIMS,
        claims_table(results),
        "\n## Pictures\n",
        *(f"![{words}](results/{name})\n" for name, words in pictures.items()),
        "\n## Data\n",
        data_notes(results),
    ]
    page.write_text("\n".join(part.strip("\n") + "\n" for part in parts), encoding="utf-8")
    page.with_name("errata.md").write_text(errata_page(results), encoding="utf-8")


def groups(results: list[dict[str, Any]]) -> list[list[dict[str, Any]]]:
    """Runs that differ in their seed and device alone, in the order of the catalogue."""
    found: dict[Any, list[dict[str, Any]]] = {}
    for result in results:
        key = result["recipe"], result["backend"], result["data"]["fingerprint"]
        found.setdefault(key, []).append(result)
    return list(found.values())


def by_device(runs: list[dict[str, Any]]) -> dict[str, list[dict[str, Any]]]:
    """The same runs, apart where they were computed on different devices."""
    found: dict[str, list[dict[str, Any]]] = {}
    for run in runs:
        found.setdefault(device(run), []).append(run)
    return found


def device(result: dict[str, Any]) -> str:
    """What it was computed on; results of before that was written were of a CPU."""
    machine = result["machine"]
    kind = machine.get("device", "cpu")
    return f"{machine['cores']} CPU cores" if kind == "cpu" else str(kind)


def text_table(results: list[dict[str, Any]]) -> str:
    """One row a recipe and backend."""
    lines = [
        "| recipe | model | train | seeds | validation | test | published | difference "
        "| s an epoch | parameters | backend | device | data |",
        "|" + "---|" * 13,
    ]
    for runs in groups(results):
        first = runs[0]
        part = first["config"]["published_part"]
        published = first["published"]
        mean = mean_and_interval([run["metrics"][part]["accuracy"] for run in runs])[0]
        cells = [
            f"`{first['recipe']}`",
            first["title"],
            f"{first['texts']['train']:,}",
            str(len(runs)),
            _percent(_column(runs, lambda run: run["metrics"]["validation"]["accuracy"])),
            f"**{_percent(_column(runs, lambda run: run['metrics']['test']['accuracy']))}**",
            "-" if published is None else f"{100 * published:.1f}{' *test*' * (part == 'test')}",
            "-" if published is None else f"{100 * (mean - published):+.1f}",
            _seconds(runs),
            f"{first['parameters']:,}",
            first["backend"],
            "; ".join(by_device(runs)),
            f"{'synthetic ' * first['data']['synthetic']}{first['data']['fingerprint'][:8]}"
            f"{_vectors(first)}",
        ]
        lines.append("| " + " | ".join(cells) + " |")
    return "\n".join(lines)


def _vectors(result: dict[str, Any]) -> str:
    name = result["data"].get("word_vectors")
    return f", {name}" if name else ""


def forecast_table(results: list[dict[str, Any]]) -> str:
    """The same of forecasts, beside persistence on the same windows."""
    lines = [
        "| recipe | model | seeds | validation °C | test °C | against persistence | published, "
        "validation | s an epoch | parameters | backend | device | data |",
        "|" + "---|" * 12,
    ]
    for runs in groups(results):
        first = runs[0]
        test = _column(runs, lambda run: run["metrics"]["test"]["mae"])
        naive = first["baselines"]["test"]["persistence"]["mae"]
        published = first["published_validation_mae"]
        cells = [
            f"`{first['recipe']}`",
            first["title"],
            str(len(runs)) if first["backend"] else "-",
            _degrees(_column(runs, lambda run: run["metrics"]["validation"]["mae"])),
            f"**{_degrees(test)}**",
            f"{mean_and_interval(test)[0] / naive - 1:+.1%}",
            "-" if published is None else f"{published:.2f}",
            _seconds(runs),
            f"{first['parameters']:,}" if "parameters" in first else "-",
            first["backend"] or "any",
            "; ".join(by_device(runs)),
            first["data"]["fingerprint"][:8],
        ]
        lines.append("| " + " | ".join(cells) + " |")
    return "\n".join(lines)


def _column(runs: list[dict[str, Any]], value: Callable[[dict[str, Any]], float]) -> list[float]:
    return [value(run) for run in runs]


def _percent(values: list[float]) -> str:
    return in_words([100 * value for value in values], 1)


def _degrees(values: list[float]) -> str:
    return in_words(values, 2)


def _seconds(runs: list[dict[str, Any]]) -> str:
    """The mean on each device, in the order of the column of devices."""
    return "; ".join(_mean_seconds(same) for same in by_device(runs).values())


def _mean_seconds(runs: list[dict[str, Any]]) -> str:
    times = [run["seconds_an_epoch"] for run in runs if run.get("seconds_an_epoch")]
    return f"{sum(times) / len(times):.1f}" if times else "-"
