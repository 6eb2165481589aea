"""RNN cells, good and broken."""

import keras
import numpy as np
from keras import ops


@keras.saving.register_keras_serializable(package="cells")
class Bare(keras.layers.Layer):
    """A leaky sum with what a cell must have, and nothing of Keras' own cells."""

    def __init__(self, units=3, **kwargs):
        super().__init__(**kwargs)
        self.units = self.state_size = units

    def build(self, input_shape):
        self.kernel = self.add_weight(shape=(input_shape[-1], self.units), name="kernel")
        self.leak = self.add_weight(shape=(self.units,), name="leak")

    def call(self, inputs, states, training=False):
        state = states[0] if isinstance(states, (list, tuple)) else states
        new = self.new_state(inputs, state)
        return new, [new] if isinstance(states, (list, tuple)) else new

    def new_state(self, inputs, state):
        return ops.tanh(ops.matmul(inputs, self.kernel)) + ops.sigmoid(self.leak) * state

    def get_config(self):
        return {**super().get_config(), "units": self.units}


@keras.saving.register_keras_serializable(package="cells")
class Good(Bare):
    """The same with an initial state and the size of its output."""

    def __init__(self, units=3, **kwargs):
        super().__init__(units, **kwargs)
        self.output_size = units

    def get_initial_state(self, batch_size=None):
        return [ops.zeros((batch_size, self.units), dtype=self.compute_dtype)]


@keras.saving.register_keras_serializable(package="cells")
class Projected(Bare):
    """An output of another size than the state."""

    def __init__(self, units=3, **kwargs):
        super().__init__(units, **kwargs)
        self.output_size = 2

    def build(self, input_shape):
        super().build(input_shape)
        self.projection = self.add_weight(shape=(self.units, 2), name="projection")

    def call(self, inputs, states, training=False):
        new, states = super().call(inputs, states)
        return ops.matmul(new, self.projection), states


@keras.saving.register_keras_serializable(package="cells")
class TwoStates(Good):
    """Two states of different sizes."""

    def __init__(self, units=3, **kwargs):
        super().__init__(units, **kwargs)
        self.state_size = [units, 2]

    def call(self, inputs, states, training=False):
        new = self.new_state(inputs, states[0])
        return new + ops.sum(states[1], axis=-1, keepdims=True), [new, 0.5 * states[1] + new[:, :2]]

    def get_initial_state(self, batch_size=None):
        return [ops.ones((batch_size, size), dtype=self.compute_dtype) for size in self.state_size]


class NoStates(Good):
    """`call` has no argument for the states."""

    def call(self, inputs):
        return inputs


class NoStateSize(Good):
    """Knows its state size after it is built."""

    def __init__(self, units=3, **kwargs):
        keras.layers.Layer.__init__(self, **kwargs)
        self.units = units

    def build(self, input_shape):
        super().build(input_shape)
        self.state_size = self.units


class ReturnsOutputAlone(Good):
    """No new state."""

    def call(self, inputs, states, training=False):
        return super().call(inputs, states)[0]


class GrowingState(Good):
    """The state becomes longer each step."""

    def call(self, inputs, states, training=False):
        output, (new,) = super().call(inputs, states)
        return output, [ops.concatenate([new, new], axis=-1)]


@keras.saving.register_keras_serializable(package="cells")
class OutputOfAnotherSize(Projected):
    """Forgets that its output is projected."""

    def __init__(self, units=3, **kwargs):
        super().__init__(units, **kwargs)
        self.output_size = units


class InitialStateOfOneBatch(Good):
    """Has an initial state for four rows."""

    def get_initial_state(self, batch_size=None):
        return [ops.zeros((4, self.units))]


class InitialStateByAnotherName(Good):
    """Takes its batch size under a name that Keras does not use."""

    def get_initial_state(self, rows):
        return [ops.zeros((rows, self.units))]


class TakesTheFirstRow(Good):
    """Of a state given as a tensor it takes the first row."""

    def call(self, inputs, states, training=False):
        new = self.new_state(inputs, states[0])
        return new, [new]


@keras.saving.register_keras_serializable(package="cells")
class KeepsItsState(Good):
    """Adds a tenth of what it gave last, which it keeps for itself."""

    last = 0.0

    def new_state(self, inputs, state):
        new = super().new_state(inputs, state) + 0.1 * self.last
        if not isinstance(inputs, keras.KerasTensor):
            self.last = float(ops.mean(new))
        return new


@keras.saving.register_keras_serializable(package="cells")
class BatchMean(Good):
    """Subtracts the mean of the batch."""

    def new_state(self, inputs, state):
        return super().new_state(inputs - ops.mean(inputs, axis=0, keepdims=True), state)


@keras.saving.register_keras_serializable(package="cells")
class Forgets(Good):
    """Never looks at its state."""

    def new_state(self, inputs, state):
        return super().new_state(inputs, state * 0)


@keras.saving.register_keras_serializable(package="cells")
class DeadWeight(Good):
    """A weight that nothing depends on."""

    def build(self, input_shape):
        super().build(input_shape)
        self.unused = self.add_weight(shape=(self.units,), name="unused")


@keras.saving.register_keras_serializable(package="cells")
class ForgetsUnits(Forgets):
    """Is another one after its config; and never looks at its state."""

    def get_config(self):
        return {**super().get_config(), "units": self.units + 1}


class Unregistered(Good):
    """Registered under no name."""


@keras.saving.register_keras_serializable(package="cells")
class BuildsForABatch(Good):
    """Makes one of its weights only if it is built by a call."""

    def build(self, input_shape):
        super().build(input_shape)
        if input_shape[0] is not None:
            self.gain = self.add_weight(shape=(self.units,), name="gain")


@keras.saving.register_keras_serializable(package="cells")
class Float32Inside(Good):
    """Works in float32 whatever its policy."""

    def new_state(self, inputs, state):
        return ops.cast(super().new_state(inputs, state), "float32")


@keras.saving.register_keras_serializable(package="cells")
class CountsInPython(Good):
    """Adds how often it was called, which a compiled loop does once."""

    calls = 0

    def new_state(self, inputs, state):
        self.calls += 1
        return super().new_state(inputs, state) + 0.1 * self.calls


@keras.saving.register_keras_serializable(package="cells")
class NeedsItsBatch(Good):
    """Uses the batch size as a number."""

    def new_state(self, inputs, state):
        if inputs.shape[0] is None:
            raise ValueError("the batch size must be known")
        return super().new_state(inputs, state)


@keras.saving.register_keras_serializable(package="cells")
class NestedStates(Good):
    """A state within a list of lists, which a stateful layer cannot keep."""

    def __init__(self, units=3, **kwargs):
        super().__init__(units, **kwargs)
        self.state_size = [[units]]

    def call(self, inputs, states, training=False):
        new = self.new_state(inputs, states[0][0])
        return new, [[new]]

    def get_initial_state(self, batch_size=None):
        return [super().get_initial_state(batch_size)]


@keras.saving.register_keras_serializable(package="cells")
class SavesNothing(Good):
    """Writes no weights, and reads none."""

    def save_own_variables(self, store):
        store["0"] = np.zeros(1)

    def load_own_variables(self, store):
        return None


@keras.saving.register_keras_serializable(package="cells")
class OneForAll(Good):
    """Every copy is one and the same cell."""

    copy = None

    @classmethod
    def from_config(cls, config):
        if cls.copy is None:
            cls.copy = cls(**config)
        return cls.copy


@keras.saving.register_keras_serializable(package="cells")
class SixFeatures(Good):
    """Takes six features, whatever it is told."""

    def build(self, input_shape):
        super().build((None, 6))


@keras.saving.register_keras_serializable(package="cells")
class Dropping(Good):
    """Drops a part of its inputs, drawn for each step."""

    def __init__(self, units=3, dropout=0.0, **kwargs):
        super().__init__(units, **kwargs)
        self.dropout = dropout
        self.seeds = keras.random.SeedGenerator(1)

    def call(self, inputs, states, training=False):
        return super().call(self.dropped(inputs, training), states)

    def dropped(self, inputs, training):
        if not training or not self.dropout:
            return inputs
        return keras.random.dropout(inputs, self.dropout, seed=self.seeds)

    def get_config(self):
        return {**super().get_config(), "dropout": self.dropout}


@keras.saving.register_keras_serializable(package="cells")
class DropsInPredictions(Dropping):
    """Does not ask whether it is in training."""

    def dropped(self, inputs, training):
        return super().dropped(inputs, True)


@keras.saving.register_keras_serializable(package="cells")
class DropsNothing(Dropping):
    """Takes a rate and has no use for it."""

    def dropped(self, inputs, training):
        return inputs


@keras.saving.register_keras_serializable(package="cells")
class DropsTheSame(Dropping):
    """Drops the same inputs in every sequence."""

    def dropped(self, inputs, training):
        if not training or not self.dropout:
            return inputs
        return keras.random.dropout(inputs, self.dropout, seed=7)


BAD = [
    (NoStates, "construct"),
    (NoStateSize, "state_size"),
    (ReturnsOutputAlone, "step"),
    (GrowingState, "step"),
    (OutputOfAnotherSize, "output_size"),
    (InitialStateOfOneBatch, "initial_state"),
    (InitialStateByAnotherName, "initial_state"),
    (TakesTheFirstRow, "state_structure"),
    (KeepsItsState, "step_pure"),
    (BatchMean, "step_pure"),
    (Forgets, "state_matters"),
    (DeadWeight, "step_gradients"),
    (ForgetsUnits, "config_roundtrip"),
    (Unregistered, "registered_name"),
    (BuildsForABatch, "build_explicit"),
    (Float32Inside, "mixed_precision"),
    (CountsInPython, "in_rnn"),
    (BatchMean, "in_rnn_masked"),
    (NeedsItsBatch, "in_model"),
    (NestedStates, "in_stateful_rnn"),
    (SavesNothing, "save_load"),
    (OneForAll, "in_bidirectional"),
    (SixFeatures, "in_stacked_cells"),
    (DropsInPredictions, "dropout_inference"),
    (DropsNothing, "dropout_trains"),
    (Dropping, "dropout_constant"),
    (DropsTheSame, "dropout_differs"),
]
