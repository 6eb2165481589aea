"""Broken layers for `recurrence_state`."""

import keras
from keras import ops

from conformance.checks.planted_bugs import PlantedBug

CARRIED = ("initial_state", "return_state", "streaming", "stateful_carries", "stateful_fit")


@keras.saving.register_keras_serializable(package="plants")
class ForgetsTheState(keras.layers.GRU):
    """Takes an initial state and begins from zero."""

    def call(self, sequences, initial_state=None, mask=None, training=False):
        return super().call(sequences, None, mask=mask, training=training)


@keras.saving.register_keras_serializable(package="plants")
class SwapsTheStates(keras.layers.LSTM):
    """Hands back the cell state first, which it reads second."""

    def call(self, sequences, initial_state=None, mask=None, training=False):
        outputs = super().call(sequences, initial_state, mask=mask, training=training)
        if self.return_state:
            output, hidden, carry = outputs
            return output, carry, hidden
        return outputs


@keras.saving.register_keras_serializable(package="plants")
class StateChangesOutput(keras.layers.SimpleRNN):
    """With `return_state` the output is another one."""

    def call(self, sequences, initial_state=None, mask=None, training=False):
        outputs = super().call(sequences, initial_state, mask, training)
        return (outputs[0] * 1.01, *outputs[1:]) if self.return_state else outputs


@keras.saving.register_keras_serializable(package="plants")
class StateAfterPadding(keras.layers.SimpleRNN):
    """The state moves on over the padding, the output does not."""

    def call(self, sequences, initial_state=None, mask=None, training=False):
        outputs = super().call(sequences, initial_state, mask, training)
        if not self.return_state or mask is None:
            return outputs
        return (outputs[0], *super().call(sequences, initial_state, None, training)[1:])


@keras.saving.register_keras_serializable(package="plants")
class NeverCarries(keras.layers.SimpleRNN):
    """Takes `stateful` and resets itself before each call."""

    def call(self, sequences, initial_state=None, mask=None, training=False):
        if self.stateful and self.states is not None:
            for state in self.states:
                state.assign(ops.zeros_like(state.value))
        return super().call(sequences, initial_state, mask, training)


@keras.saving.register_keras_serializable(package="plants")
class HalfReset(keras.layers.LSTM):
    """Resets one of its two states."""

    def reset_state(self):
        if self.states is not None:
            self.states[0].assign(ops.zeros_like(self.states[0].value))


PLANTED_BUGS = [
    PlantedBug("initial_state", lambda: ForgetsTheState(3), also_fails=CARRIED),
    PlantedBug("initial_state", lambda: SwapsTheStates(3), also_fails=CARRIED),
    PlantedBug(
        "return_state", lambda: StateChangesOutput(3), also_fails=("initial_state", "streaming")
    ),
    PlantedBug("return_state", lambda: StateAfterPadding(3)),
    PlantedBug(
        "stateful_carries", lambda: NeverCarries(3), also_fails=("reset_state", "stateful_fit")
    ),
    PlantedBug(
        "reset_state", lambda: HalfReset(3), also_fails=("stateful_carries", "stateful_fit")
    ),
]
