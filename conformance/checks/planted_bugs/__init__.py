"""Broken layers, one module a family of checks: `PLANTED_BUGS` lists what each must be caught by.

A module here is named after the module of the checks it is about.
"""

import importlib
import pkgutil
from dataclasses import dataclass, field
from typing import Any

from keras_seqext.testing import LayerCase, Sample, Traits

SEQUENCE = Sample(shape=(4, 7, 6))


@dataclass(frozen=True)
class PlantedBug:
    """One broken layer.

    Args:
        check: The check that has to fail.
        make: Makes the layer, as in `LayerCase`.
        kin: Other checks that may fail on the same bug.
        sample: What it is fed.
        traits: What it declares.
        options: More arguments of `LayerCase`.
        backends: Where the bug exists; empty for everywhere.
        needs: A package without which the layer cannot be called.
        peer: Makes the layer as another backend has it, for checks that compare backends.
    """

    check: str
    make: Any
    also_fails: tuple[str, ...] = ()
    sample: Sample = SEQUENCE
    traits: Traits = field(default_factory=Traits)
    options: dict[str, Any] = field(default_factory=dict)
    backends: tuple[str, ...] = ()
    needs: str = ""
    peer: Any = None

    def case(self) -> LayerCase:
        """As a case for `check_layer`."""
        return LayerCase(self.make, samples=[self.sample], traits=self.traits, **self.options)


def all_planted_bugs() -> list[PlantedBug]:
    """The plants of every module."""
    found: list[PlantedBug] = []
    for module in pkgutil.walk_packages(__path__, f"{__name__}."):
        if not module.ispkg:
            found += importlib.import_module(module.name).PLANTED_BUGS
    return found
