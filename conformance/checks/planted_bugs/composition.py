"""Broken layers for `composition`: layers that work alone."""

import keras
from keras import ops

from conformance.checks.planted_bugs.gradients.basics import Scaled
from conformance.checks.planted_bugs.purity.basics import Plain, planted

from . import PlantedBug

SHARED = {}


@planted
class NeedsBatchSize(keras.layers.Layer):
    """Computes with a batch size that a model does not know."""

    def build(self, input_shape):
        self.built = True

    def call(self, inputs):
        rows, steps, features = inputs.shape
        flat = ops.reshape(inputs, (rows * steps, features))
        return ops.reshape(flat * 2.0, (rows, steps, features))


@planted
class HidesWeight(Scaled):
    """Does not list one of its weights."""

    def build(self, input_shape):
        super().build(input_shape)
        self.offset = self.add_weight(shape=(input_shape[-1],), name="offset")

    @property
    def weights(self):
        return super().weights[:1]

    def call(self, inputs):
        return inputs * self.factor + self.offset


@planted
class SharesSublayer(keras.layers.Layer):
    """Takes one sublayer for all of its instances."""

    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self.dense = SHARED.setdefault("dense", keras.layers.Dense(6))

    def build(self, input_shape):
        if not self.dense.built:
            self.dense.build(input_shape)
        self.built = True

    def call(self, inputs):
        return self.dense(inputs)

    def compute_output_shape(self, input_shape):
        return (*input_shape[:-1], 6)


@planted
class EverySecondCall(Plain):
    """Gives something else in every second call on tensors."""

    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self.odd = False

    def call(self, inputs):
        if isinstance(inputs, keras.KerasTensor):
            return inputs * 2.0
        self.odd = not self.odd
        return inputs * (2.0 if self.odd else 3.0)


@planted
class KeepsFirst(Plain):
    """Scales by the mean of the first tensor it was ever given."""

    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self.scale = None

    def call(self, inputs):
        if isinstance(inputs, keras.KerasTensor):
            return inputs * 2.0
        if self.scale is None:
            self.scale = float(ops.convert_to_numpy(ops.mean(inputs)))
        return inputs * self.scale


@planted
class TurnedTwice(keras.layers.SimpleRNN):
    """Going backwards, it returns its outputs in the order of the input."""

    def call(self, sequences, initial_state=None, mask=None, training=False):
        outputs = super().call(sequences, initial_state, mask, training)
        if self.go_backwards and self.return_sequences:
            return ops.flip(outputs, axis=1)
        return outputs


@planted
class ForwardsAlways(keras.layers.SimpleRNN):
    """Ignores `go_backwards`."""

    def call(self, sequences, initial_state=None, mask=None, training=False):
        backwards, self.go_backwards = self.go_backwards, False
        try:
            return super().call(sequences, initial_state, mask, training)
        finally:
            self.go_backwards = backwards


def turned_twice():
    return TurnedTwice(3, return_sequences=True)


def forwards_always():
    return ForwardsAlways(3)


MODELS = ("in_functional", "in_sequential", "in_subclassed", "clone_model", "shared_twice")
PLANTED_BUGS = [
    PlantedBug("in_functional", NeedsBatchSize, backends=("tensorflow",)),
    PlantedBug("in_sequential", HidesWeight, also_fails=MODELS),
    PlantedBug("in_subclassed", HidesWeight, also_fails=MODELS),
    PlantedBug("clone_model", SharesSublayer),
    PlantedBug("shared_twice", KeepsFirst, also_fails=MODELS),
    PlantedBug("in_time_distributed", EverySecondCall, also_fails=MODELS),
    PlantedBug("in_bidirectional", turned_twice, also_fails=("go_backwards",)),
    PlantedBug("in_bidirectional", forwards_always, also_fails=("go_backwards",)),
]
