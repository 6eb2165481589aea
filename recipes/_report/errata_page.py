"""The chapter's mistakes beside what is done here, with what each was measured to cost."""

from collections.abc import Callable
from typing import Any

from .claims import by_seed, one_backend
from .statistics import mean_and_interval, paired_difference

Results = list[dict[str, Any]]

HEAD = """# Errata, measured

What the chapter (and notebooks made from it) gets wrong, run side by side with what is done here.
Made by `python -m recipes report --write docs/results.md` from [results](results); do not edit.
Figures of reviews are test accuracies of `imdb`, mean ± 95 % interval over seeds; those of
weather are mean absolute errors in °C. *Not run* means that no result is there yet.
"""


def errata_page(results: Results) -> str:
    """The page as Markdown."""
    chosen = one_backend(results)
    lines = ["| the chapter | measured | here | measured | what guards it |", "|" + "---|" * 5]
    for chapter, left, ours, right, guard in _rows():
        lines.append(f"| {chapter} | {left(chosen)} | {ours} | {right(chosen)} | {guard} |")
    return "\n".join([HEAD, *lines, "", *_differences(chosen)]) + "\n"


def _rows() -> list[tuple[str, Callable[[Results], str], str, Callable[[Results], str], str]]:
    return [
        (
            "a word's column is Python's `hash`, which is salted anew in every process",
            _figure("errata-hash", "chapter"),
            "FarmHash64, or SipHash with a salt of yours",
            _figure("errata-hash", "here"),
            "`HashingOneHot` never calls `hash`",
        ),
        (
            '"the first 20 words" (if it did what it says)',
            _accuracy("imdb-embedding-20-first"),
            "the last 20, which is what its code does",
            _accuracy("imdb-embedding-20"),
            "`pad_ids` has no default side: `padding` and `truncation` must be stated",
        ),
        (
            "a horizon of 24 hours that is 25: persistence, weather",
            _figure("errata-horizon", "weather: 25 h, as the chapter's code has it"),
            "`delay` counts from the last row that is shown",
            _figure("errata-horizon", "weather: 24 h, as written here"),
            "`TimeseriesWindow(delay=...)`",
        ),
        (
            "the same, Jena 2020",
            _figure("errata-horizon", "jena: 25 h, as the chapter's code has it"),
            "the same",
            _figure("errata-horizon", "jena: 24 h, as written here"),
            "the same",
        ),
        (
            "training targets lie among validation rows",
            _figure("errata-boundary", "chapter: validation rows that are training targets"),
            "every window lies in its part",
            _figure("errata-boundary", "here: validation rows that are training targets"),
            "`TimeseriesWindow.split(embargo=True)`, the default",
        ),
        (
            "a convnet without its sigmoid, under a loss for probabilities",
            _accuracy("imdb-conv-linear"),
            "with it",
            _accuracy("imdb-conv"),
            "the runner says loudly that outputs are no probabilities",
        ),
        (
            "no mask, padding on the right",
            _accuracy("imdb-lstm-unmasked-right"),
            "a mask",
            _accuracy("imdb-lstm-masked-right"),
            "`check_layer` tells a layer that drops or ignores its mask",
        ),
        (
            "no mask, padding on the left",
            _accuracy("imdb-lstm-unmasked-left"),
            "a mask",
            _accuracy("imdb-lstm-masked-left"),
            "the same",
        ),
        (
            "the standard deviation is subtracted (one notebook), dense net, weather",
            _degrees("subtracted: validation MAE, °C, three seeds"),
            "divided by it",
            _degrees("divided by it: validation MAE, °C, three seeds"),
            "`TimeseriesWindow.split` fits a `SeriesScaler` on training rows",
        ),
        (
            "no global pooling (one notebook): output",
            _figure("errata-pooling", "one notebook, no pooling: output"),
            "global maximum: output",
            _figure("errata-pooling", "here: output"),
            "Keras 3 refuses such an output beside one label a text",
        ),
        (
            "the best epoch by validation accuracy is quoted: how much it promises above test",
            _promise("val_accuracy", max),
            "the epoch of the lowest validation loss",
            _promise("val_loss", min),
            "`train` keeps the weights of the lowest validation loss and tests them once",
        ),
    ]


def _figure(recipe: str, key: str) -> Callable[[Results], str]:
    def shown(results: Results) -> str:
        for result in results:
            if result["recipe"] == recipe and key in result["figures"]:
                value = result["figures"][key]
                return f"{value:.2f}" if isinstance(value, float) else str(value)
        return "not run"

    return shown


def _accuracy(recipe: str) -> Callable[[Results], str]:
    def shown(results: Results) -> str:
        values = list(by_seed(results, recipe).values())
        if not values:
            return "not run"
        mean, half = mean_and_interval([100 * value for value in values])
        spread = "" if half is None else f" ± {half:.1f}"
        return f"{mean:.1f} %{spread} ({_seeds(len(values))})"

    return shown


def _seeds(count: int) -> str:
    return f"{count} seed{'s' * (count != 1)}"


def _degrees(key: str) -> Callable[[Results], str]:
    def shown(results: Results) -> str:
        for result in results:
            if result["recipe"] == "errata-scaling":
                mean, half = mean_and_interval(result["figures"][key])
                return f"{mean:.2f} °C ± {half:.2f}" if half else f"{mean:.2f} °C"
        return "not run"

    return shown


def _promise(key: str, best: Callable[[list[float]], float]) -> Callable[[Results], str]:
    """Validation accuracy of the epoch chosen by `key`, minus test accuracy of the kept one."""

    def shown(results: Results) -> str:
        gaps = []
        for result in results:
            # What was trained anew was tested with other weights than those validated.
            if result.get("kind") != "text" or result["data"]["synthetic"]:
                continue
            if not result["config"]["refit"]:
                history = result["history"]
                epoch = history[key].index(best(history[key]))
                test = result["metrics"]["test"]["accuracy"]
                gaps.append(100 * (history["val_accuracy"][epoch] - test))
        if not gaps:
            return "not run"
        mean, half = mean_and_interval(gaps)
        return f"{mean:+.2f} pp" + (f" ± {half:.2f}" if half else "") + f" ({len(gaps)} runs)"

    return shown


def _differences(results: Results) -> list[str]:
    """What each repair brings on reviews, seed by seed."""
    pairs = {
        "the last 20 words instead of the first": ("imdb-embedding-20", "imdb-embedding-20-first"),
        "the sigmoid": ("imdb-conv", "imdb-conv-linear"),
        "a mask, padding on the right": ("imdb-lstm-masked-right", "imdb-lstm-unmasked-right"),
        "a mask, padding on the left": ("imdb-lstm-masked-left", "imdb-lstm-unmasked-left"),
    }
    lines = ["What each repair brings on `imdb`, seed by seed:", ""]
    for words, (ours, theirs) in pairs.items():
        mean, half, seeds = paired_difference(by_seed(results, ours), by_seed(results, theirs))
        if not seeds:
            lines.append(f"- {words}: not run")
            continue
        spread = "" if half is None else f" ± {100 * half:.1f}"
        lines.append(f"- {words}: {100 * mean:+.1f} pp{spread} ({_seeds(seeds)})")
    return lines
