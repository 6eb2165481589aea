"""Registering checks of datasets, apart from those of layers."""

from collections.abc import Callable
from typing import Any

from .._registry import Check, CheckFunction
from .._registry import check as register

DATASET_CHECKS: dict[str, Check] = {}


def check(level: str, **options: Any) -> Callable[[CheckFunction], CheckFunction]:
    """Registers a function of a `DatasetContext`; it waits for `batch_structure` by default."""
    options.setdefault("after", ("batch_structure",))
    return register(level, into=DATASET_CHECKS, **options)
