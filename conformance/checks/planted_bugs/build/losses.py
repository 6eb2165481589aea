"""Planted bugs for the check of losses."""

from keras import ops

from conformance.checks.planted_bugs import PlantedBug
from conformance.checks.planted_bugs.construction.basics import registered

from .basics import Projection


@registered
class SumAsLoss(Projection):
    """Adds the sum of the squared outputs of all rows as a loss."""

    def call(self, inputs):
        outputs = super().call(inputs)
        self.add_loss(0.01 * ops.sum(ops.square(outputs)))
        return outputs


PLANTED_BUGS = [PlantedBug("loss_per_example", SumAsLoss)]
