"""The same recipe on several backends: whether they agree."""

from itertools import combinations
from typing import Any

from .statistics import in_words, welch_difference

BACKENDS = ("jax", "tensorflow", "torch")
ROUNDING = 1e-6  # of what has no spread over seeds


def backends_table(results: list[dict[str, Any]]) -> str:
    """One row a recipe that was trained with two seeds or more on two backends or more."""
    lines = [
        f"| recipe | {' | '.join(BACKENDS)} | most apart | difference | agree |",
        "|" + "---|" * (len(BACKENDS) + 4),
    ]
    for (recipe, _), found in _by_recipe(results).items():
        if len(found) < 2:
            continue
        apart = {
            pair: welch_difference(found[pair[0]], found[pair[1]])
            for pair in combinations(found, 2)
        }
        worst = max(apart, key=lambda pair: abs(apart[pair][0]) - apart[pair][1])
        difference, half = apart[worst]
        cells = [
            f"`{recipe}`",
            *(_mean_of(found.get(name)) for name in BACKENDS),
            " and ".join(worst),
            f"{difference:+.2f} ± {half:.2f}",
            "yes" if abs(difference) <= half + ROUNDING else "**no**",
        ]
        lines.append("| " + " | ".join(cells) + " |")
    return "\n".join(lines)


def _by_recipe(results: list[dict[str, Any]]) -> dict[Any, dict[str, list[float]]]:
    """Figures on the test part, in % or °C, of the backends that have two seeds or more.

    By recipe and fingerprint of the data: on other data a recipe is another one.
    """
    figures: dict[Any, dict[str, list[float]]] = {}
    for result in results:
        if result.get("seed") is None or "metrics" not in result:
            continue
        test = result["metrics"]["test"]
        figure = 100 * test["accuracy"] if "accuracy" in test else test["mae"]
        key = result["recipe"], result["data"]["fingerprint"]
        figures.setdefault(key, {}).setdefault(result["backend"], []).append(figure)
    return {
        key: {name: found[name] for name in BACKENDS if len(found.get(name, ())) > 1}
        for key, found in figures.items()
    }


def _mean_of(values: list[float] | None) -> str:
    return f"{in_words(values, 2)} ({len(values)})" if values else "-"
