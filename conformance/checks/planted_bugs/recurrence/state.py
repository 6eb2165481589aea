"""Planted bugs for the checks of recurrent state."""

import keras
from keras import ops

from conformance.checks.planted_bugs import PlantedBug

CARRIED = ("initial_state", "return_state", "streaming", "stateful_carries", "stateful_fit")


@keras.saving.register_keras_serializable(package="planted_bugs")
class IgnoresInitialState(keras.layers.GRU):
    """Accepts an initial state and starts from zero."""

    def call(self, sequences, initial_state=None, mask=None, training=False):
        return super().call(sequences, None, mask=mask, training=training)


@keras.saving.register_keras_serializable(package="planted_bugs")
class SwapsStates(keras.layers.LSTM):
    """Returns its two states in the wrong order."""

    def call(self, sequences, initial_state=None, mask=None, training=False):
        outputs = super().call(sequences, initial_state, mask=mask, training=training)
        if self.return_state:
            output, hidden, carry = outputs
            return output, carry, hidden
        return outputs


@keras.saving.register_keras_serializable(package="planted_bugs")
class StateChangesOutput(keras.layers.SimpleRNN):
    """Returns another output with `return_state`."""

    def call(self, sequences, initial_state=None, mask=None, training=False):
        outputs = super().call(sequences, initial_state, mask, training)
        return (outputs[0] * 1.01, *outputs[1:]) if self.return_state else outputs


@keras.saving.register_keras_serializable(package="planted_bugs")
class StateIncludesPadding(keras.layers.SimpleRNN):
    """Updates the state, but not the output, at masked steps."""

    def call(self, sequences, initial_state=None, mask=None, training=False):
        outputs = super().call(sequences, initial_state, mask, training)
        if not self.return_state or mask is None:
            return outputs
        return (outputs[0], *super().call(sequences, initial_state, None, training)[1:])


@keras.saving.register_keras_serializable(package="planted_bugs")
class NeverCarries(keras.layers.SimpleRNN):
    """Accepts `stateful` and resets its state before each call."""

    def call(self, sequences, initial_state=None, mask=None, training=False):
        if self.stateful and self.states is not None:
            for state in self.states:
                state.assign(ops.zeros_like(state.value))
        return super().call(sequences, initial_state, mask, training)


@keras.saving.register_keras_serializable(package="planted_bugs")
class BroadcastsLastBatch(keras.layers.SimpleRNN):
    """Broadcasts a last batch of one row to the rows of its state."""

    def call(self, sequences, initial_state=None, mask=None, training=False):
        if self.stateful and self.states is not None:
            sequences = sequences + ops.zeros((self.states[0].shape[0], 1, 1), sequences.dtype)
        return super().call(sequences, initial_state, mask, training)


@keras.saving.register_keras_serializable(package="planted_bugs")
class HalfReset(keras.layers.LSTM):
    """Resets only one of its two states."""

    def reset_state(self):
        if self.states is not None:
            self.states[0].assign(ops.zeros_like(self.states[0].value))


PLANTED_BUGS = [
    PlantedBug("initial_state", lambda: IgnoresInitialState(3), also_fails=CARRIED),
    PlantedBug("initial_state", lambda: SwapsStates(3), also_fails=CARRIED),
    PlantedBug(
        "return_state", lambda: StateChangesOutput(3), also_fails=("initial_state", "streaming")
    ),
    PlantedBug("return_state", lambda: StateIncludesPadding(3)),
    PlantedBug(
        "stateful_carries", lambda: NeverCarries(3), also_fails=("reset_state", "stateful_fit")
    ),
    PlantedBug("stateful_batch_size", lambda: BroadcastsLastBatch(3)),
    PlantedBug(
        "reset_state", lambda: HalfReset(3), also_fails=("stateful_carries", "stateful_fit")
    ),
]
