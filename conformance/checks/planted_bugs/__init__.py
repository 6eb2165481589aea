"""Planted bugs: layers with a known bug that the checks have to detect, as in mutation testing.

Each module defines `PLANTED_BUGS` for the checks in the module of the same path below
`keras_seqext/testing/checks/layer`.
"""

import importlib
import pkgutil
from dataclasses import dataclass, field
from typing import Any

from keras_seqext.testing import LayerCase, Sample, Traits

SEQUENCE = Sample(shape=(4, 7, 6))


@dataclass(frozen=True)
class PlantedBug:
    """A layer with a known bug, and the check that has to fail on it.

    Args:
        check: Name of the check that has to fail.
        make: Factory of the layer, as in `LayerCase`.
        also_fails: Names of other checks that may fail on the same bug.
        sample: Sample that the layer is called on.
        traits: Declared traits of the layer.
        options: Further arguments of `LayerCase`.
        backends: Backends on which the bug exists; empty for all.
        needs: Package that the layer needs for its call.
        peer: Factory of the layer on the other backend, for checks that compare backends.
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
        """Return the case for `check_layer`."""
        return LayerCase(self.make, samples=[self.sample], traits=self.traits, **self.options)


def all_planted_bugs() -> list[PlantedBug]:
    """Return the planted bugs of all modules."""
    found: list[PlantedBug] = []
    for module in pkgutil.walk_packages(__path__, f"{__name__}."):
        if not module.ispkg:
            found += importlib.import_module(module.name).PLANTED_BUGS
    return found
