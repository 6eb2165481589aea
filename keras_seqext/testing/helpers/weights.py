"""Descriptions of the weights of a layer, for comparison."""

import re
from collections.abc import Sequence
from typing import Any

Weight = tuple[str, tuple[int, ...], str, bool]


def weights_of(layer: Any) -> list[Weight]:
    """Return path below the layer, shape, dtype and trainable flag of each weight, in order.

    Keras numbers automatic names (`dense`, `dense_1`, ...) over the whole process. They are
    renumbered here, so that two instances of one layer compare equal.
    """
    seen: dict[tuple[str, ...], dict[str, list[str]]] = {}
    stem = re.sub(r"_\d+$", "", layer.name)  # the name of a weight may contain that of the layer
    return [
        (
            _stable(_below(weight.path, layer.name), seen).replace(layer.name, stem),
            tuple(weight.shape),
            str(weight.dtype),
            bool(weight.trainable),
        )
        for weight in layer.weights
    ]


def _below(path: str, name: str) -> list[str]:
    parts = path.split("/")
    return parts[parts.index(name) + 1 :] if name in parts else parts


def _stable(parts: list[str], seen: dict[tuple[str, ...], dict[str, list[str]]]) -> str:
    done: list[str] = []
    for place, part in enumerate(parts):
        last = place == len(parts) - 1
        stem = re.sub(r"_\d+$", "", part)
        # A weight without a name is called `variable_12`; a number in another name is part of it.
        if last and stem != "variable":
            done.append(part)
            continue
        known = seen.setdefault(tuple(done), {}).setdefault(stem, [])
        if part not in known:
            known.append(part)
        number = known.index(part)
        done.append(stem if number == 0 else f"{stem}_{number}")
    return "/".join(done)


def difference(found: Sequence[Weight], expected: Sequence[Weight]) -> str | None:
    """Return the first difference between two lists of weights in words, or `None`."""
    if list(found) == list(expected):
        return None
    if len(found) != len(expected):
        paths = {weight[0] for weight in found}, {weight[0] for weight in expected}
        missing, extra = sorted(paths[1] - paths[0]), sorted(paths[0] - paths[1])
        text = f"{len(found)} weights instead of {len(expected)}"
        text += f"; missing: {_few(missing)}" if missing else ""
        return text + (f"; unexpected: {_few(extra)}" if extra else "")
    place = next(i for i, (a, b) in enumerate(zip(found, expected, strict=True)) if a != b)
    return f"weight {place} is {_text(found[place])} instead of {_text(expected[place])}"


def _few(names: list[str]) -> str:
    return ", ".join(names[:4]) + (f" and {len(names) - 4} more" if len(names) > 4 else "")


def _text(weight: Weight) -> str:
    path, shape, dtype, trainable = weight
    return f"{path} {shape} {dtype}{'' if trainable else ' not trainable'}"
