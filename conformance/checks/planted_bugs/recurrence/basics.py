"""Planted bugs for the checks of causality, direction and streaming."""

import keras
from keras import ops

from conformance.checks.planted_bugs import PlantedBug
from keras_seqext.testing import Traits

CAUSAL = Traits(causal=True)


@keras.saving.register_keras_serializable(package="planted_bugs")
class SameConvolution(keras.layers.Layer):
    """Is declared as causal, and reads one step ahead."""

    def build(self, input_shape):
        self.kernel = self.add_weight(shape=(3, input_shape[-1], 4), name="kernel")

    def call(self, inputs):
        return ops.conv(inputs, ops.cast(self.kernel, inputs.dtype), padding="same")


@keras.saving.register_keras_serializable(package="planted_bugs")
class CentredBySequence(keras.layers.Layer):
    """Subtracts the mean of the whole sequence from each step."""

    def build(self, input_shape):
        self.built = True

    def call(self, inputs):
        return inputs - ops.mean(inputs, axis=1, keepdims=True)

    def compute_output_shape(self, input_shape):
        return input_shape


@keras.saving.register_keras_serializable(package="planted_bugs")
class DividesByFullLength(CentredBySequence):
    """Divides a running sum by the length of the whole sequence."""

    def call(self, inputs):
        return ops.cumsum(inputs, axis=1) / ops.cast(ops.shape(inputs)[1], inputs.dtype)


@keras.saving.register_keras_serializable(package="planted_bugs")
class GradientFromTheFuture(keras.layers.Layer):
    """Returns correct values, with the gradient of a sum over all steps."""

    def build(self, input_shape):
        self.built = True

    def call(self, inputs):
        total = ops.mean(inputs, axis=1, keepdims=True)
        return ops.cumsum(inputs, axis=1) + (total - ops.stop_gradient(total))

    def compute_output_shape(self, input_shape):
        return input_shape


@keras.saving.register_keras_serializable(package="planted_bugs")
class FlipsOutput(keras.layers.SimpleRNN):
    """Reverses the outputs with `go_backwards`, which `Bidirectional` does again."""

    def call(self, sequences, initial_state=None, mask=None, training=False):
        outputs = super().call(sequences, initial_state, mask, training)
        if self.go_backwards and self.return_sequences:
            return ops.flip(outputs, axis=1)
        return outputs


@keras.saving.register_keras_serializable(package="planted_bugs")
class MaskNotReversed(keras.layers.SimpleRNN):
    """Reads the sequence from its end, and the mask from its start."""

    def call(self, sequences, initial_state=None, mask=None, training=False):
        if self.go_backwards and mask is not None:
            mask = ops.flip(mask, axis=1)
        return super().call(sequences, initial_state, mask, training)


@keras.saving.register_keras_serializable(package="planted_bugs")
class ZeroesPaddedRows(keras.layers.SimpleRNN):
    """Sets a row with any padding to 0 with `zero_output_for_mask`."""

    def call(self, sequences, initial_state=None, mask=None, training=False):
        outputs = super().call(sequences, initial_state, mask, training)
        if mask is None or not (self.zero_output_for_mask and self.return_sequences):
            return outputs
        full = ops.all(ops.cast(mask, "bool"), axis=1)
        return ops.where(ops.reshape(full, (-1, 1, 1)), outputs, 0)


@keras.saving.register_keras_serializable(package="planted_bugs")
class ScalesFirstStep(keras.layers.SimpleRNN):
    """Doubles the first step of every call."""

    def call(self, sequences, initial_state=None, mask=None, training=False):
        first = 2 * sequences[:, :1]
        sequences = ops.concatenate([first, sequences[:, 1:]], axis=1)
        return super().call(sequences, initial_state, mask, training)


@keras.saving.register_keras_serializable(package="planted_bugs")
class IgnoresStateForOneStep(keras.layers.SimpleRNN):
    """Ignores the initial state in a call on a single step."""

    def call(self, sequences, initial_state=None, mask=None, training=False):
        if sequences.shape[1] == 1:
            initial_state = None
        return super().call(sequences, initial_state, mask, training)


WRAPPED = ("in_bidirectional",)

PLANTED_BUGS = [
    PlantedBug("causality", SameConvolution, traits=CAUSAL, also_fails=("compute_output_shape",)),
    PlantedBug("causality", CentredBySequence, traits=CAUSAL),
    PlantedBug("causality", DividesByFullLength, traits=CAUSAL),
    PlantedBug("causality", GradientFromTheFuture, traits=CAUSAL, also_fails=("fd_gradient",)),
    PlantedBug("go_backwards", lambda: FlipsOutput(3, return_sequences=True), also_fails=WRAPPED),
    PlantedBug("go_backwards", lambda: MaskNotReversed(3), also_fails=WRAPPED),
    PlantedBug(
        "zero_output_for_mask",
        lambda: ZeroesPaddedRows(3, return_sequences=True),
        also_fails=("all_masked",),
    ),
    PlantedBug(
        "streaming", lambda: ScalesFirstStep(3), also_fails=("initial_state", "stateful_carries")
    ),
    PlantedBug("streaming", lambda: IgnoresStateForOneStep(3)),
]
