"""Broken layers for `build_penalties`: regularizers and constraints ignored or counted twice."""

import keras
from keras import ops

from conformance.checks.planted_bugs import PlantedBug
from .basics import UNITS, Projection
from conformance.checks.planted_bugs.construction.basics import planted


class Penalized(Projection):
    """What the broken layers share: the arguments, kept in the config."""

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


@planted
class IgnoresRegularizer(Penalized):
    """Keeps the regularizer and does nothing with it."""

    def build(self, input_shape):
        self.kernel = self.add_weight(
            shape=(input_shape[-1], UNITS), name="w", constraint=self.kernel_constraint
        )


@planted
class RegularizesTheBias(Penalized):
    """Gives the regularizer of the kernel to the bias."""

    def build(self, input_shape):
        self.kernel = self.add_weight(
            shape=(input_shape[-1], UNITS), name="kernel", constraint=self.kernel_constraint
        )
        self.bias = self.add_weight(
            shape=(UNITS,), name="bias", regularizer=self.kernel_regularizer
        )

    def call(self, inputs):
        return super().call(inputs) + self.bias


@planted
class RegularizesTwice(Penalized):
    """Adds the penalty that Keras adds."""

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


@planted
class IgnoresConstraint(Penalized):
    """Keeps the constraint and does nothing with it."""

    def build(self, input_shape):
        self.kernel = self.add_weight(
            shape=(input_shape[-1], UNITS), name="kernel", regularizer=self.kernel_regularizer
        )


@planted
class RegularizesActivityTwice(Projection):
    """Hands the regularizer of the output to a sublayer as well."""

    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self.inner = keras.layers.Dense(
            UNITS, activity_regularizer=self.activity_regularizer, dtype=self.dtype_policy
        )

    def build(self, input_shape):
        self.inner.build(input_shape)

    def call(self, inputs):
        return self.inner(inputs)


@planted
class IgnoresActivity(Projection):
    """Accepts the regularizer of the output and forgets it."""

    def __init__(self, activity_regularizer=None, **kwargs):
        super().__init__(**kwargs)
        self.kept = keras.regularizers.get(activity_regularizer)

    def get_config(self):
        kept = keras.regularizers.serialize(self.kept) if self.kept else None
        return {**super().get_config(), "activity_regularizer": kept}


@planted
class RegularizesHistory(Projection):
    """Adds a penalty more with every call."""

    def __init__(self, activity_regularizer=None, **kwargs):
        super().__init__(**kwargs)
        self.kept = keras.regularizers.get(activity_regularizer)
        self.calls = 0

    def call(self, inputs):
        outputs = super().call(inputs)
        self.calls += 1
        if self.kept is not None:
            for _ in range(self.calls):
                self.add_loss(self.with_restored_state(outputs) / ops.cast(ops.shape(outputs)[0], outputs.dtype))
        return outputs

    def get_config(self):
        kept = keras.regularizers.serialize(self.kept) if self.kept else None
        return {**super().get_config(), "activity_regularizer": kept}


PLANTED_BUGS = [
    PlantedBug("regularizer_constraint", IgnoresRegularizer),
    PlantedBug("regularizer_constraint", RegularizesTheBias),
    PlantedBug("regularizer_constraint", RegularizesTwice),
    PlantedBug("regularizer_constraint", IgnoresConstraint),
    PlantedBug("activity_regularizer", RegularizesActivityTwice),
    PlantedBug("activity_regularizer", IgnoresActivity),
    PlantedBug("activity_regularizer", RegularizesHistory),
]
