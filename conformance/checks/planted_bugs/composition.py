"""Planted bugs for the checks of models and wrappers."""

import keras
from keras import ops

from conformance.checks.planted_bugs.gradients.basics import Scaled
from conformance.checks.planted_bugs.purity.basics import Plain, registered

from . import PlantedBug

SHARED = {}


@registered
class NeedsBatchSize(keras.layers.Layer):
    """Computes with the batch size, which is unknown in a model."""

    def build(self, input_shape):
        self.built = True

    def call(self, inputs):
        rows, steps, features = inputs.shape
        flat = ops.reshape(inputs, (rows * steps, features))
        return ops.reshape(flat * 2.0, (rows, steps, features))


@registered
class HidesWeight(Scaled):
    """Omits one of its weights from `weights`."""

    def build(self, input_shape):
        super().build(input_shape)
        self.offset = self.add_weight(shape=(input_shape[-1],), name="offset")

    @property
    def weights(self):
        return super().weights[:1]

    def call(self, inputs):
        return inputs * self.factor + self.offset


@registered
class SharesSublayer(keras.layers.Layer):
    """Uses a single sublayer for all of its instances."""

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


@registered
class EverySecondCall(Plain):
    """Returns other values in every second call on tensors."""

    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self.odd = False

    def call(self, inputs):
        if isinstance(inputs, keras.KerasTensor):
            return inputs * 2.0
        self.odd = not self.odd
        return inputs * (2.0 if self.odd else 3.0)


@registered
class StoresFirstMean(Plain):
    """Scales by the mean of the tensor in its first call."""

    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self.scale = None

    def call(self, inputs):
        if isinstance(inputs, keras.KerasTensor):
            return inputs * 2.0
        if self.scale is None:
            self.scale = float(ops.convert_to_numpy(ops.mean(inputs)))
        return inputs * self.scale


@registered
class FlipsOutputTwice(keras.layers.SimpleRNN):
    """Returns its outputs in the order of the input with `go_backwards`."""

    def call(self, sequences, initial_state=None, mask=None, training=False):
        outputs = super().call(sequences, initial_state, mask, training)
        if self.go_backwards and self.return_sequences:
            return ops.flip(outputs, axis=1)
        return outputs


@registered
class ForwardsAlways(keras.layers.SimpleRNN):
    """Ignores `go_backwards`."""

    def call(self, sequences, initial_state=None, mask=None, training=False):
        backwards, self.go_backwards = self.go_backwards, False
        try:
            return super().call(sequences, initial_state, mask, training)
        finally:
            self.go_backwards = backwards


def flips_output_twice():
    return FlipsOutputTwice(3, return_sequences=True)


def forwards_always():
    return ForwardsAlways(3)


MODELS = ("in_functional", "in_sequential", "in_subclassed", "clone_model", "shared_twice")
PLANTED_BUGS = [
    PlantedBug("in_functional", NeedsBatchSize, backends=("tensorflow",)),
    PlantedBug("in_sequential", HidesWeight, also_fails=MODELS),
    PlantedBug("in_subclassed", HidesWeight, also_fails=MODELS),
    PlantedBug("clone_model", SharesSublayer),
    PlantedBug("shared_twice", StoresFirstMean, also_fails=MODELS),
    PlantedBug("in_time_distributed", EverySecondCall, also_fails=MODELS),
    PlantedBug("in_bidirectional", flips_output_twice, also_fails=("go_backwards",)),
    PlantedBug("in_bidirectional", forwards_always, also_fails=("go_backwards",)),
]
