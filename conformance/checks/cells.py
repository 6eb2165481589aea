"""RNN cells, correct and broken."""

import keras
import numpy as np
from keras import ops


@keras.saving.register_keras_serializable(package="cells")
class Minimal(keras.layers.Layer):
    """A leaky sum with the required attributes only, unlike the cells of Keras."""

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
class Correct(Minimal):
    """The same with an initial state and an output size."""

    def __init__(self, units=3, **kwargs):
        super().__init__(units, **kwargs)
        self.output_size = units

    def get_initial_state(self, batch_size=None):
        return [ops.zeros((batch_size, self.units), dtype=self.compute_dtype)]


@keras.saving.register_keras_serializable(package="cells")
class Projected(Minimal):
    """The output has another size than the state."""

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
class TwoStates(Correct):
    """Two states of different sizes."""

    def __init__(self, units=3, **kwargs):
        super().__init__(units, **kwargs)
        self.state_size = [units, 2]

    def call(self, inputs, states, training=False):
        new = self.new_state(inputs, states[0])
        return new + ops.sum(states[1], axis=-1, keepdims=True), [new, 0.5 * states[1] + new[:, :2]]

    def get_initial_state(self, batch_size=None):
        return [ops.ones((batch_size, size), dtype=self.compute_dtype) for size in self.state_size]


class NoStates(Correct):
    """`call` has no argument for states."""

    def call(self, inputs):
        return inputs


class NoStateSize(Correct):
    """The state size is only set in `build`."""

    def __init__(self, units=3, **kwargs):
        keras.layers.Layer.__init__(self, **kwargs)
        self.units = units

    def build(self, input_shape):
        super().build(input_shape)
        self.state_size = self.units


class ReturnsOnlyOutput(Correct):
    """Does not return the new state."""

    def call(self, inputs, states, training=False):
        return super().call(inputs, states)[0]


class GrowingState(Correct):
    """The state becomes larger at each step."""

    def call(self, inputs, states, training=False):
        output, (new,) = super().call(inputs, states)
        return output, [ops.concatenate([new, new], axis=-1)]


@keras.saving.register_keras_serializable(package="cells")
class WrongOutputSize(Projected):
    """The output size does not account for the projection."""

    def __init__(self, units=3, **kwargs):
        super().__init__(units, **kwargs)
        self.output_size = units


class InitialStateOfFixedBatch(Correct):
    """The initial state always has four rows."""

    def get_initial_state(self, batch_size=None):
        return [ops.zeros((4, self.units))]


class InitialStateByAnotherName(Correct):
    """The batch size has a name that Keras does not use."""

    def get_initial_state(self, rows):
        return [ops.zeros((rows, self.units))]


class UsesFirstRow(Correct):
    """Uses the first row of a state that is a tensor."""

    def call(self, inputs, states, training=False):
        new = self.new_state(inputs, states[0])
        return new, [new]


@keras.saving.register_keras_serializable(package="cells")
class HiddenState(Correct):
    """Adds a tenth of its last result, which is stored outside of the state."""

    last = 0.0

    def new_state(self, inputs, state):
        new = super().new_state(inputs, state) + 0.1 * self.last
        if not isinstance(inputs, keras.KerasTensor):
            self.last = float(ops.mean(new))
        return new


@keras.saving.register_keras_serializable(package="cells")
class BatchMean(Correct):
    """Subtracts the mean over the batch."""

    def new_state(self, inputs, state):
        return super().new_state(inputs - ops.mean(inputs, axis=0, keepdims=True), state)


@keras.saving.register_keras_serializable(package="cells")
class IgnoresState(Correct):
    """Multiplies its state by zero."""

    def new_state(self, inputs, state):
        return super().new_state(inputs, state * 0)


@keras.saving.register_keras_serializable(package="cells")
class UnusedWeight(Correct):
    """Has a weight without effect."""

    def build(self, input_shape):
        super().build(input_shape)
        self.unused = self.add_weight(shape=(self.units,), name="unused")


@keras.saving.register_keras_serializable(package="cells")
class WrongUnitsInConfig(IgnoresState):
    """The config has another number of units, and the state has no effect."""

    def get_config(self):
        return {**super().get_config(), "units": self.units + 1}


class Unregistered(Correct):
    """Not registered with Keras."""


@keras.saving.register_keras_serializable(package="cells")
class BuildNeedsBatch(Correct):
    """Creates a weight only if the batch size is known in `build`."""

    def build(self, input_shape):
        super().build(input_shape)
        if input_shape[0] is not None:
            self.gain = self.add_weight(shape=(self.units,), name="gain")


@keras.saving.register_keras_serializable(package="cells")
class Float32Inside(Correct):
    """Computes in float32 for every dtype policy."""

    def new_state(self, inputs, state):
        return ops.cast(super().new_state(inputs, state), "float32")


@keras.saving.register_keras_serializable(package="cells")
class CountsInPython(Correct):
    """Adds the number of calls, which a compiled loop traces once."""

    calls = 0

    def new_state(self, inputs, state):
        self.calls += 1
        return super().new_state(inputs, state) + 0.1 * self.calls


@keras.saving.register_keras_serializable(package="cells")
class NeedsBatchSize(Correct):
    """Requires a known batch size."""

    def new_state(self, inputs, state):
        if inputs.shape[0] is None:
            raise ValueError("the batch size must be known")
        return super().new_state(inputs, state)


@keras.saving.register_keras_serializable(package="cells")
class NestedStates(Correct):
    """The state is in a list of lists, which a stateful layer does not support."""

    def __init__(self, units=3, **kwargs):
        super().__init__(units, **kwargs)
        self.state_size = [[units]]

    def call(self, inputs, states, training=False):
        new = self.new_state(inputs, states[0][0])
        return new, [[new]]

    def get_initial_state(self, batch_size=None):
        return [super().get_initial_state(batch_size)]


@keras.saving.register_keras_serializable(package="cells")
class SavesNothing(Correct):
    """Neither saves nor loads its weights."""

    def save_own_variables(self, store):
        store["0"] = np.zeros(1)

    def load_own_variables(self, store):
        return None


@keras.saving.register_keras_serializable(package="cells")
class SharedCopy(Correct):
    """All copies are the same object."""

    copy = None

    @classmethod
    def from_config(cls, config):
        if cls.copy is None:
            cls.copy = cls(**config)
        return cls.copy


@keras.saving.register_keras_serializable(package="cells")
class SixFeatures(Correct):
    """Always builds for six features."""

    def build(self, input_shape):
        super().build((None, 6))


@keras.saving.register_keras_serializable(package="cells")
class Dropping(Correct):
    """Applies a new dropout mask to the inputs at each step."""

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
class DropsAtInference(Dropping):
    """Applies dropout at inference too."""

    def dropped(self, inputs, training):
        return super().dropped(inputs, True)


@keras.saving.register_keras_serializable(package="cells")
class DropsNothing(Dropping):
    """Ignores the dropout rate."""

    def dropped(self, inputs, training):
        return inputs


@keras.saving.register_keras_serializable(package="cells")
class FixedDropout(Dropping):
    """Applies the same dropout mask to every sequence."""

    def dropped(self, inputs, training):
        if not training or not self.dropout:
            return inputs
        return keras.random.dropout(inputs, self.dropout, seed=7)


BROKEN = [
    (NoStates, "construct"),
    (NoStateSize, "state_size"),
    (ReturnsOnlyOutput, "step"),
    (GrowingState, "step"),
    (WrongOutputSize, "output_size"),
    (InitialStateOfFixedBatch, "initial_state"),
    (InitialStateByAnotherName, "initial_state"),
    (UsesFirstRow, "state_structure"),
    (HiddenState, "step_pure"),
    (BatchMean, "step_pure"),
    (IgnoresState, "state_matters"),
    (UnusedWeight, "step_gradients"),
    (WrongUnitsInConfig, "config_roundtrip"),
    (Unregistered, "registered_name"),
    (BuildNeedsBatch, "build_explicit"),
    (Float32Inside, "mixed_precision"),
    (CountsInPython, "in_rnn"),
    (BatchMean, "in_rnn_masked"),
    (NeedsBatchSize, "in_model"),
    (NestedStates, "in_stateful_rnn"),
    (SavesNothing, "save_load"),
    (SharedCopy, "in_bidirectional"),
    (SixFeatures, "in_stacked_cells"),
    (DropsAtInference, "dropout_inference"),
    (DropsNothing, "dropout_trains"),
    (Dropping, "dropout_constant"),
    (FixedDropout, "dropout_differs"),
]
