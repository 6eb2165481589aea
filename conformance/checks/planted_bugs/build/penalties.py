"""Planted bugs for the checks of regularizers and constraints."""

import keras
from keras import ops

from conformance.checks.planted_bugs import PlantedBug
from conformance.checks.planted_bugs.construction.basics import registered

from .basics import UNITS, Projection


class Penalized(Projection):
    """Base class that stores both arguments in the config."""

    def __init__(self, kernel_regularizer=None, kernel_constraint=None, **kwargs):
        super().__init__(**kwargs)
        self.kernel_regularizer = keras.regularizers.get(kernel_regularizer)
        self.kernel_constraint = keras.constraints.get(kernel_constraint)

    def get_config(self):
        return {
            **super().get_config(),
            "kernel_regularizer": keras.regularizers.serialize(self.kernel_regularizer),
            "kernel_constraint": keras.constraints.serialize(self.kernel_constraint),
        }


@registered
class IgnoresRegularizer(Penalized):
    """Stores the regularizer and does not use it."""

    def build(self, input_shape):
        self.kernel = self.add_weight(
            shape=(input_shape[-1], UNITS), name="w", constraint=self.kernel_constraint
        )


@registered
class RegularizesBias(Penalized):
    """Applies the regularizer of the kernel to the bias."""

    def build(self, input_shape):
        self.kernel = self.add_weight(
            shape=(input_shape[-1], UNITS), name="kernel", constraint=self.kernel_constraint
        )
        self.bias = self.add_weight(
            shape=(UNITS,), name="bias", regularizer=self.kernel_regularizer
        )

    def call(self, inputs):
        return super().call(inputs) + self.bias


@registered
class RegularizesTwice(Penalized):
    """Adds the penalty a second time, by `add_loss`."""

    def build(self, input_shape):
        self.kernel = self.add_weight(
            shape=(input_shape[-1], UNITS),
            name="kernel",
            regularizer=self.kernel_regularizer,
            constraint=self.kernel_constraint,
        )

    def call(self, inputs):
        if self.kernel_regularizer is not None:
            self.add_loss(self.kernel_regularizer(self.kernel))
        return super().call(inputs)


@registered
class IgnoresConstraint(Penalized):
    """Stores the constraint and does not use it."""

    def build(self, input_shape):
        self.kernel = self.add_weight(
            shape=(input_shape[-1], UNITS), name="kernel", regularizer=self.kernel_regularizer
        )


@registered
class RegularizesActivityTwice(Projection):
    """Passes the activity regularizer on to a sublayer as well."""

    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self.inner = keras.layers.Dense(
            UNITS, activity_regularizer=self.activity_regularizer, dtype=self.dtype_policy
        )

    def build(self, input_shape):
        self.inner.build(input_shape)

    def call(self, inputs):
        return self.inner(inputs)


@registered
class IgnoresActivity(Projection):
    """Accepts the activity regularizer and does not use it."""

    def __init__(self, activity_regularizer=None, **kwargs):
        super().__init__(**kwargs)
        self.penalty = keras.regularizers.get(activity_regularizer)

    def get_config(self):
        penalty = keras.regularizers.serialize(self.penalty) if self.penalty else None
        return {**super().get_config(), "activity_regularizer": penalty}


@registered
class RegularizesHistory(Projection):
    """Adds one penalty more with every call."""

    def __init__(self, activity_regularizer=None, **kwargs):
        super().__init__(**kwargs)
        self.penalty = keras.regularizers.get(activity_regularizer)
        self.calls = 0

    def call(self, inputs):
        outputs = super().call(inputs)
        self.calls += 1
        if self.penalty is not None:
            for _ in range(self.calls):
                penalty = self.penalty(outputs)
                self.add_loss(penalty / ops.cast(ops.shape(outputs)[0], outputs.dtype))
        return outputs

    def get_config(self):
        penalty = keras.regularizers.serialize(self.penalty) if self.penalty else None
        return {**super().get_config(), "activity_regularizer": penalty}


PLANTED_BUGS = [
    PlantedBug("regularizer_constraint", IgnoresRegularizer),
    PlantedBug("regularizer_constraint", RegularizesBias),
    PlantedBug("regularizer_constraint", RegularizesTwice),
    PlantedBug("regularizer_constraint", IgnoresConstraint),
    PlantedBug("activity_regularizer", RegularizesActivityTwice),
    PlantedBug("activity_regularizer", IgnoresActivity),
    PlantedBug("activity_regularizer", RegularizesHistory),
]
