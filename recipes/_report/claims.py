"""Claims of the book's experiments, compared with our results.

The book is Chollet, *Deep Learning with Python* (2017); its chapter 6 makes the claims.
"""

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
    """A claim and the function `judge`, which returns the verdict and the supporting results."""

    number: str
    statement: str
    judge: Callable[[Results], Verdict]


def by_seed(results: Results, name: str) -> dict[int, float]:
    """Return the test accuracy or test error of a recipe by seed."""
    return {
        result["seed"] or 0: result["metrics"]["test"].get(
            "accuracy", result["metrics"]["test"].get("mae")
        )
        for result in results
        if result["recipe"] == name and "metrics" in result
    }


def _decide(difference: float, half_width: float | None, details: str) -> Verdict:
    """Decide by the sign of a difference that should be positive, if its interval excludes zero."""
    if half_width is None or abs(difference) <= half_width:
        return NOT_SHOWN, details
    return (SHOWN if difference > 0 else REFUTED), details


def _describe(name: str, values: dict[int, float], unit: str) -> str:
    mean, half_width = mean_and_interval(list(values.values()))
    return f"`{name}` {_format(mean, unit)}" + (
        f" ± {_format(half_width, unit)}" if half_width else ""
    )


def _format(value: float, unit: str) -> str:
    return f"{100 * value:.1f} %" if unit == "%" else f"{value:.2f} {unit}"


def higher(name: str, other: str, unit: str = "%", sign: int = 1) -> Callable[[Results], Verdict]:
    """Claim that `name` has the higher result, paired by seed; with `sign=-1`, the lower result."""

    def judge(results: Results) -> Verdict:
        left, right = by_seed(results, name), by_seed(results, other)
        if not left or not right:
            return NOT_RUN, ""
        difference, half_width, seeds = paired_difference(left, right)
        if not seeds:
            return NOT_RUN, ""
        details = f"{_describe(name, left, unit)}, {_describe(other, right, unit)}"
        shown = f"{100 * difference:+.1f} pp" if unit == "%" else f"{difference:+.2f} {unit}"
        spread = (
            ""
            if half_width is None
            else f" ± {100 * half_width if unit == '%' else half_width:.2g}"
        )
        return _decide(
            sign * difference,
            half_width,
            f"{details}; {shown}{spread} over {seeds} seed{'s' * (seeds > 1)}",
        )

    return judge


def lower(name: str, other: str, unit: str = "°C") -> Callable[[Results], Verdict]:
    """Claim that `name` has the lower result, paired by seed."""
    return higher(name, other, unit, sign=-1)


def close(name: str, other: str, margin: float, unit: str = "%") -> Callable[[Results], Verdict]:
    """Claim that the confidence interval of the difference lies within `margin` of zero."""

    def judge(results: Results) -> Verdict:
        verdict, details = higher(name, other, unit)(results)
        if verdict == NOT_RUN:
            return verdict, details
        difference, half_width, _ = paired_difference(
            by_seed(results, name), by_seed(results, other)
        )
        if half_width is not None and abs(difference) + half_width <= margin:
            return SHOWN, details
        if half_width is not None and abs(difference) - half_width > margin:
            return REFUTED, details
        return NOT_SHOWN, details

    return judge


def compared_with_persistence(name: str, better: bool) -> Callable[[Results], Verdict]:
    """Claim that the test error of `name` is below (`better`) or above the persistence baseline."""

    def judge(results: Results) -> Verdict:
        values = by_seed(results, name)
        if not values:
            return NOT_RUN, ""
        run = next(result for result in results if result["recipe"] == name)
        naive = run["baselines"]["test"]["persistence"]["mae"]
        mean, half_width = mean_and_interval(list(values.values()))
        details = (
            f"{_describe(name, values, '°C')}, persistence {naive:.2f} °C ({mean / naive - 1:+.0%})"
        )
        return _decide((naive - mean) * (1 if better else -1), half_width, details)

    return judge


def approximately(name: str, value: float, margin: float) -> Callable[[Results], Verdict]:
    """Claim that the mean test accuracy is within `margin` of `value`."""

    def judge(results: Results) -> Verdict:
        values = by_seed(results, name)
        if not values:
            return NOT_RUN, ""
        mean, _ = mean_and_interval(list(values.values()))
        return (SHOWN if abs(mean - value) <= margin else REFUTED), _describe(name, values, "%")

    return judge


def less_overfitting(name: str, other: str) -> Callable[[Results], Verdict]:
    """Claim that the validation error of `name` rises less after its best epoch than `other`'s."""

    def judge(results: Results) -> Verdict:
        increases: dict[str, dict[int, float]] = {name: {}, other: {}}
        for result in results:
            curve = result.get("history", {}).get("validation", [])
            if result["recipe"] in increases and len(curve) > result.get("best_epoch", 0):
                later = curve[result["best_epoch"] :]
                increase = sum(later) / len(later) - curve[result["best_epoch"] - 1]
                increases[result["recipe"]][result["seed"]] = increase
        difference, half_width, seeds = paired_difference(increases[other], increases[name])
        if not seeds:
            return NOT_RUN, ""
        details = (
            f"mean increase after the best epoch: {_describe(name, increases[name], '°C')}, "
            f"{_describe(other, increases[other], '°C')}"
        )
        return _decide(difference, half_width, details)

    return judge


CLAIMS = (
    Claim(
        "C1",
        "hashing needs no vocabulary, but collisions reduce accuracy",
        higher("imdb-hashed-18", "imdb-hashed-10"),
    ),
    Claim(
        "C2",
        "a small embedding and a linear head on 20 words give about 76 %",
        approximately("imdb-embedding-20", 0.76, 0.015),
    ),
    Claim(
        "C3",
        "with 200 samples, GloVe is more accurate than a learned embedding",
        higher("imdb-glove-frozen-200", "imdb-glove-learned-200"),
    ),
    Claim(
        "C4",
        "with 2,000 samples, the learned embedding is more accurate",
        higher("imdb-glove-learned-2000", "imdb-glove-frozen-2000"),
    ),
    Claim(
        "C4",
        "the same with all samples",
        higher("imdb-glove-learned-all", "imdb-glove-frozen-all"),
    ),
    Claim(
        "C5",
        "a simple RNN is less accurate than a bag of words",
        lower("imdb-rnn", "imdb-bag-words", "%"),
    ),
    Claim(
        "C6",
        "an LSTM is more accurate than a simple RNN on reviews",
        higher("imdb-lstm", "imdb-rnn"),
    ),
    Claim(
        "C7",
        "a dense network is worse than the persistence baseline",
        compared_with_persistence("weather-dense", better=False),
    ),
    Claim(
        "C8",
        "a GRU is better than the persistence baseline",
        compared_with_persistence("weather-gru", better=True),
    ),
    Claim(
        "C9",
        "recurrent dropout reduces the lowest error",
        lower("weather-gru-dropout", "weather-gru"),
    ),
    Claim(
        "C9",
        "recurrent dropout delays overfitting",
        less_overfitting("weather-gru-dropout", "weather-gru"),
    ),
    Claim(
        "C10", "stacking reduces the error slightly", lower("weather-gru-stacked", "weather-gru")
    ),
    Claim(
        "C11",
        "a GRU on reversed input is worse than the persistence baseline",
        compared_with_persistence("weather-gru-reversed", better=False),
    ),
    Claim(
        "C12",
        "an LSTM on reversed reviews is as accurate (within 2 pp)",
        close("imdb-lstm-reversed", "imdb-lstm", 0.02),
    ),
    Claim(
        "C13",
        "a bidirectional LSTM is more accurate on reviews",
        higher("imdb-lstm-bidirectional", "imdb-lstm"),
    ),
    Claim(
        "C14",
        "a bidirectional GRU equals a GRU on weather (within 0.15 °C)",
        close("weather-gru-bidirectional", "weather-gru", 0.15, "°C"),
    ),
    Claim(
        "C15",
        "a convolutional network is as accurate as the LSTM (within 2 pp)",
        close("imdb-conv", "imdb-lstm", 0.02),
    ),
    Claim(
        "C16",
        "a convolutional network is worse than the persistence baseline",
        compared_with_persistence("weather-conv", better=False),
    ),
    Claim(
        "C17",
        "convolutions before a GRU are better than the persistence baseline",
        compared_with_persistence("weather-conv-gru", better=True),
    ),
    Claim(
        "C17",
        "convolutions before a GRU are worse than a GRU",
        higher("weather-conv-gru", "weather-gru", "°C"),
    ),
)


def claims_table(results: Results) -> str:
    """Return all claims with their verdicts as Markdown, from the backend with the most runs."""
    lines = [
        "| | claim of the chapter | verdict | test results, mean ± 95 % confidence interval |",
        "|" + "---|" * 4,
    ]
    chosen = one_backend(results)
    for claim in CLAIMS:
        verdict, details = claim.judge(chosen)
        lines.append(f"| {claim.number} | {claim.statement} | {verdict} | {details} |")
    return "\n".join(lines)


def one_backend(results: Results) -> Results:
    """Return, for every recipe, the runs of the backend with the most runs.

    Ties go to the backend with more results of all recipes, which are compared with each other.
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
