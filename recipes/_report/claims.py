"""What the chapter's experiments are meant to teach, held against our own figures."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from .statistics import mean_and_interval, paired_difference

Results = list[dict[str, Any]]
Verdict = tuple[str, str]
SHOWN, NOT_SHOWN, REFUTED, NOT_RUN = "shown", "not shown", "**refuted**", "not run"


@dataclass(frozen=True)
class Claim:
    """A claim, and how results decide it: `judge` gives the verdict and the figures."""

    number: str
    words: str
    judge: Callable[[Results], Verdict]


def by_seed(results: Results, name: str) -> dict[int, float]:
    """Test accuracy or test error of one recipe, by seed."""
    return {
        result["seed"] or 0: result["metrics"]["test"].get(
            "accuracy", result["metrics"]["test"].get("mae")
        )
        for result in results
        if result["recipe"] == name and "metrics" in result
    }


def _decided(difference: float, half: float | None, figures: str) -> Verdict:
    """By the sign of a difference that should be positive, if its interval leaves out zero."""
    if half is None or abs(difference) <= half:
        return NOT_SHOWN, figures
    return (SHOWN if difference > 0 else REFUTED), figures


def _words(name: str, values: dict[int, float], unit: str) -> str:
    mean, half = mean_and_interval(list(values.values()))
    return f"`{name}` {_number(mean, unit)}" + (f" ± {_number(half, unit)}" if half else "")


def _number(value: float, unit: str) -> str:
    return f"{100 * value:.1f} %" if unit == "%" else f"{value:.2f} {unit}"


def more(one: str, other: str, unit: str = "%", sign: int = 1) -> Callable[[Results], Verdict]:
    """`one` has the higher figure, seed by seed; `sign=-1`: the lower one."""

    def judge(results: Results) -> Verdict:
        left, right = by_seed(results, one), by_seed(results, other)
        if not left or not right:
            return NOT_RUN, ""
        difference, half, seeds = paired_difference(left, right)
        if not seeds:
            return NOT_RUN, ""
        figures = f"{_words(one, left, unit)}, {_words(other, right, unit)}"
        shown = f"{100 * difference:+.1f} pp" if unit == "%" else f"{difference:+.2f} {unit}"
        spread = "" if half is None else f" ± {100 * half if unit == '%' else half:.2g}"
        return _decided(
            sign * difference,
            half,
            f"{figures}; {shown}{spread} over {seeds} seed{'s' * (seeds > 1)}",
        )

    return judge


def less(one: str, other: str, unit: str = "°C") -> Callable[[Results], Verdict]:
    """`one` has the lower figure, seed by seed."""
    return more(one, other, unit, sign=-1)


def near(one: str, other: str, margin: float, unit: str = "%") -> Callable[[Results], Verdict]:
    """The interval of the difference lies within `margin` on both sides."""

    def judge(results: Results) -> Verdict:
        verdict, figures = more(one, other, unit)(results)
        if verdict == NOT_RUN:
            return verdict, figures
        difference, half, _ = paired_difference(by_seed(results, one), by_seed(results, other))
        if half is not None and abs(difference) + half <= margin:
            return SHOWN, figures
        if half is not None and abs(difference) - half > margin:
            return REFUTED, figures
        return NOT_SHOWN, figures

    return judge


def against_naive(name: str, better: bool) -> Callable[[Results], Verdict]:
    """The error of `name` on test is below persistence (`better`), or above."""

    def judge(results: Results) -> Verdict:
        values = by_seed(results, name)
        if not values:
            return NOT_RUN, ""
        run = next(result for result in results if result["recipe"] == name)
        naive = run["baselines"]["test"]["persistence"]["mae"]
        mean, half = mean_and_interval(list(values.values()))
        figures = (
            f"{_words(name, values, '°C')}, persistence {naive:.2f} °C ({mean / naive - 1:+.0%})"
        )
        return _decided((naive - mean) * (1 if better else -1), half, figures)

    return judge


def about(name: str, value: float, margin: float) -> Callable[[Results], Verdict]:
    """The mean accuracy is within `margin` of a value."""

    def judge(results: Results) -> Verdict:
        values = by_seed(results, name)
        if not values:
            return NOT_RUN, ""
        mean, _ = mean_and_interval(list(values.values()))
        return (SHOWN if abs(mean - value) <= margin else REFUTED), _words(name, values, "%")

    return judge


def later_loss(name: str, other: str) -> Callable[[Results], Verdict]:
    """After its best epoch `name` loses less validation error than `other`."""

    def judge(results: Results) -> Verdict:
        slopes: dict[str, dict[int, float]] = {name: {}, other: {}}
        for result in results:
            curve = result.get("history", {}).get("validation", [])
            if result["recipe"] in slopes and len(curve) > result.get("best_epoch", 0):
                later = curve[result["best_epoch"] :]
                lost = sum(later) / len(later) - curve[result["best_epoch"] - 1]
                slopes[result["recipe"]][result["seed"]] = lost
        difference, half, seeds = paired_difference(slopes[other], slopes[name])
        if not seeds:
            return NOT_RUN, ""
        figures = (
            f"mean loss after the best epoch: {_words(name, slopes[name], '°C')}, "
            f"{_words(other, slopes[other], '°C')}"
        )
        return _decided(difference, half, figures)

    return judge


CLAIMS = (
    Claim(
        "C1",
        "hashing needs no vocabulary, but collisions cost",
        more("imdb-hashed-18", "imdb-hashed-10"),
    ),
    Claim(
        "C2",
        "a small embedding and a linear head on 20 words give about 76 %",
        about("imdb-embedding-20", 0.76, 0.015),
    ),
    Claim(
        "C3",
        "with 200 samples, GloVe beats a learned embedding",
        more("imdb-glove-frozen-200", "imdb-glove-learned-200"),
    ),
    Claim(
        "C4",
        "with more samples the learned embedding overtakes (2,000)",
        more("imdb-glove-learned-2000", "imdb-glove-frozen-2000"),
    ),
    Claim(
        "C4",
        "the same with all of them",
        more("imdb-glove-learned-all", "imdb-glove-frozen-all"),
    ),
    Claim(
        "C5", "a plain recurrence loses to a bag of words", less("imdb-rnn", "imdb-bag-words", "%")
    ),
    Claim("C6", "an LSTM beats the plain recurrence on reviews", more("imdb-lstm", "imdb-rnn")),
    Claim(
        "C7",
        "a flat dense net does not beat the naive forecast",
        against_naive("weather-dense", better=False),
    ),
    Claim("C8", "a GRU beats the naive forecast", against_naive("weather-gru", better=True)),
    Claim(
        "C9", "recurrent dropout gives a better best", less("weather-gru-dropout", "weather-gru")
    ),
    Claim("C9", "and delays overfitting", later_loss("weather-gru-dropout", "weather-gru")),
    Claim("C10", "stacking gains a little", less("weather-gru-stacked", "weather-gru")),
    Claim(
        "C11",
        "read backwards, a GRU loses to the naive forecast",
        against_naive("weather-gru-reversed", better=False),
    ),
    Claim(
        "C12",
        "read backwards, reviews are as clear (within 2 pp)",
        near("imdb-lstm-reversed", "imdb-lstm", 0.02),
    ),
    Claim("C13", "both directions help on reviews", more("imdb-lstm-bidirectional", "imdb-lstm")),
    Claim(
        "C14",
        "both directions equal a GRU on weather (within 0.15 °C)",
        near("weather-gru-bidirectional", "weather-gru", 0.15, "°C"),
    ),
    Claim(
        "C15",
        "a convolution comes near the LSTM (within 2 pp)",
        near("imdb-conv", "imdb-lstm", 0.02),
    ),
    Claim(
        "C16",
        "convolutions alone lose to the naive forecast",
        against_naive("weather-conv", better=False),
    ),
    Claim(
        "C17",
        "convolutions before a GRU are better than the naive forecast",
        against_naive("weather-conv-gru", better=True),
    ),
    Claim("C17", "and worse than the GRU", more("weather-conv-gru", "weather-gru", "°C")),
)


def claims_table(results: Results) -> str:
    """All claims with their verdicts, as Markdown; the best-covered backend decides."""
    lines = [
        "| | claim of the chapter | verdict | figures on test, mean ± 95 % interval |",
        "|" + "---|" * 4,
    ]
    chosen = one_backend(results)
    for claim in CLAIMS:
        verdict, figures = claim.judge(chosen)
        lines.append(f"| {claim.number} | {claim.words} | {verdict} | {figures} |")
    return "\n".join(lines)


def one_backend(results: Results) -> Results:
    """For every recipe the runs of that backend which has most of them.

    Of two that have as many, that with more results of other recipes, to be compared with.
    """
    count = Counter((result["recipe"], result["backend"]) for result in results)
    overall = Counter(result["backend"] for result in results)
    best = {
        recipe: max(
            (b for r, b in count if r == recipe), key=lambda b: (count[recipe, b], overall[b])
        )
        for recipe, _ in count
    }
    return [result for result in results if result["backend"] == best[result["recipe"]]]
