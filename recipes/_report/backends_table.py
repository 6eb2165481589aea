"""Table that compares the results of a recipe between backends."""

from itertools import combinations
from typing import Any

from .statistics import format_mean, welch_difference

BACKENDS = ("jax", "tensorflow", "torch")
ROUNDING = 1e-6  # tolerance for results that do not vary between seeds


def backends_table(results: list[dict[str, Any]]) -> str:
    """Return one row per recipe trained with at least two seeds on at least two backends."""
    lines = [
        f"| recipe | {' | '.join(BACKENDS)} | largest deviation | difference | agree |",
        "|" + "---|" * (len(BACKENDS) + 4),
    ]
    for (recipe, _), values in _test_results(results).items():
        if len(values) < 2:
            continue
        differences = {
            pair: welch_difference(values[pair[0]], values[pair[1]])
            for pair in combinations(values, 2)
        }
        # The pair with the least overlap: the difference minus the half-width of its interval.
        worst = max(differences, key=lambda pair: abs(differences[pair][0]) - differences[pair][1])
        difference, half_width = differences[worst]
        cells = [
            f"`{recipe}`",
            *(_format_seeds(values.get(name)) for name in BACKENDS),
            " and ".join(worst),
            f"{difference:+.2f} ± {half_width:.2f}",
            "yes" if abs(difference) <= half_width + ROUNDING else "**no**",
        ]
        lines.append("| " + " | ".join(cells) + " |")
    return "\n".join(lines)


def _test_results(results: list[dict[str, Any]]) -> dict[Any, dict[str, list[float]]]:
    """Return test accuracies in % or test errors in °C of the backends with at least two seeds.

    The keys are recipe and fingerprint of the data: results on different data are not compared.
    """
    values: dict[Any, dict[str, list[float]]] = {}
    for result in results:
        if result.get("seed") is None or "metrics" not in result:
            continue
        test = result["metrics"]["test"]
        value = 100 * test["accuracy"] if "accuracy" in test else test["mae"]
        key = result["recipe"], result["data"]["fingerprint"]
        values.setdefault(key, {}).setdefault(result["backend"], []).append(value)
    return {
        key: {name: found[name] for name in BACKENDS if len(found.get(name, ())) > 1}
        for key, found in values.items()
    }


def _format_seeds(values: list[float] | None) -> str:
    return f"{format_mean(values, 2)} ({len(values)})" if values else "-"
