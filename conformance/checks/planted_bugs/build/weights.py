"""Planted bugs for the checks of weights."""

import functools

import keras
import numpy as np
from keras import ops

from conformance.checks.planted_bugs import PlantedBug
from conformance.checks.planted_bugs.construction.basics import registered

from .basics import BUILT, DTYPES, UNITS, Hidden, Projection


@registered
class HiddenWeight(Projection):
    """Stores a variable in a plain object."""

    def build(self, input_shape):
        super().build(input_shape)
        self.hidden = Hidden()
        self.hidden.scale = keras.Variable(np.ones(UNITS), dtype=self.variable_dtype)

    def call(self, inputs):
        return super().call(inputs) * self.hidden.scale


@registered
class HiddenSublayer(Projection):
    """Stores a sublayer in the closure of a function."""

    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        inner = keras.layers.Dense(UNITS, dtype=self.dtype_policy)
        self.after = lambda inputs: inner(inputs)

    def call(self, inputs):
        return self.after(super().call(inputs))


@registered
class PartialSublayer(Projection):
    """Stores a sublayer in a `functools.partial`."""

    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        inner = keras.layers.Dense(UNITS, dtype=self.dtype_policy)
        self.after = functools.partial(inner)

    def call(self, inputs):
        return self.after(super().call(inputs))


@registered
class HiddenSeed(Projection):
    """Stores its seed generator in a plain object."""

    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self.hidden = Hidden()
        self.hidden.seed = keras.random.SeedGenerator(1)

    def call(self, inputs, training=False):
        outputs = super().call(inputs)
        return keras.random.dropout(outputs, 0.3, seed=self.hidden.seed) if training else outputs


SHARED = keras.layers.Dense(UNITS, name="shared")


@registered
class SharedByAll(Projection):
    """Uses a sublayer of the module for all instances."""

    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self.inner = SHARED

    def build(self, input_shape):
        if not self.inner.built:
            self.inner.build(input_shape)

    def call(self, inputs):
        return self.inner(inputs)


@registered
class BackendVariable(Projection):
    """Stores a variable of the backend."""

    def build(self, input_shape):
        super().build(input_shape)
        if keras.backend.backend() == "tensorflow":
            import tensorflow as tf

            self.scale = tf.Variable(np.ones(UNITS, "float32"))
        else:
            import torch

            self.scale = torch.nn.Parameter(torch.ones(UNITS))

    def call(self, inputs):
        return super().call(inputs) * ops.cast(self.scale, inputs.dtype)


@registered
class TwoOfOneName(Projection):
    """Creates two weights with the same name."""

    def build(self, input_shape):
        super().build(input_shape)
        self.scale = self.add_weight(shape=(UNITS,), name="kernel", initializer="ones")

    def call(self, inputs):
        return super().call(inputs) * self.scale


@registered
class NumberedName(Projection):
    """Includes the number of the instance in the name of its weight."""

    made = 0

    def build(self, input_shape):
        NumberedName.made += 1
        self.kernel = self.add_weight(
            shape=(input_shape[-1], UNITS), name=f"kernel_{NumberedName.made}"
        )


@registered
class Renamed(Projection):
    """Has a weight whose name differs from the snapshot."""


@registered
class SublayerWithoutPolicy(Projection):
    """Creates a sublayer without its dtype."""

    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self.inner = keras.layers.Dense(UNITS)

    def build(self, input_shape):
        self.inner.build(input_shape)

    def call(self, inputs):
        return ops.cast(self.inner(inputs), self.compute_dtype)


@registered
class FixedDtype(Projection):
    """Creates its weight in float32 for every dtype."""

    def build(self, input_shape):
        self.kernel = self.add_weight(
            shape=(input_shape[-1], UNITS), name="kernel", dtype="float32"
        )

    def call(self, inputs):
        return ops.matmul(inputs, ops.cast(self.kernel, inputs.dtype))


@registered
class VariableWithoutDtype(Projection):
    """Creates a variable in the global dtype."""

    def build(self, input_shape):
        super().build(input_shape)
        self.scale = keras.Variable(np.ones(UNITS), name="scale")

    def call(self, inputs):
        return super().call(inputs) * ops.cast(self.scale, inputs.dtype)


@registered
class ValueOfAnotherDtype(Projection):
    """Sets the value of its weight without `assign`, in another dtype."""

    def build(self, input_shape):
        super().build(input_shape)
        if self.kernel._value is not None:  # a trace sets the value later
            self.kernel._value = ops.cast(self.kernel.value, "float16")

    def call(self, inputs):
        return ops.matmul(inputs, ops.cast(self.kernel.value, inputs.dtype))


@registered
class NeverFrozen(Projection):
    """Overrides `trainable_weights` without checking `trainable`."""

    @property
    def trainable_weights(self):
        return [self.kernel] if self.built else []


@registered
class IgnoresTrainable(Projection):
    """Ignores `trainable`."""

    @property
    def trainable(self):
        return True

    @trainable.setter
    def trainable(self, value):
        pass


@registered
class AssignsInCall(Projection):
    """Changes its weight in `call`, even if it is frozen."""

    def call(self, inputs, training=False):
        if training:
            self.kernel.assign(self.kernel * 0.9)
        return super().call(inputs)


@registered
class NeverUnfreezes(Projection):
    """Cannot be unfrozen."""

    @property
    def trainable(self):
        return self._trainable

    @trainable.setter
    def trainable(self, value):
        self._trainable = self._trainable and value


SNAPSHOT = {"weights": [("scale", (6, UNITS), "float32", True)]}
LOST = (
    *BUILT,
    "config_roundtrip",
    "stateless_call",
    "jit_parity",
    "inference_pure",
    "build_idempotent",
    "deepcopy",
    "pickle_layer",
    "clone_model",
)
NAMES = ("config_roundtrip", "build_explicit", "build_config_roundtrip", "build_symbolic")
FROZEN = ("config_roundtrip", "stateless_call")
PLANTED_BUGS = [
    PlantedBug("weight_counts", HiddenWeight, also_fails=LOST),
    PlantedBug("weight_counts", HiddenSublayer, also_fails=LOST),
    PlantedBug("weight_counts", PartialSublayer, also_fails=LOST),
    PlantedBug("weight_counts", HiddenSeed, also_fails=(*LOST, "seed_tracked")),
    PlantedBug("weight_counts", SharedByAll, also_fails=LOST),
    PlantedBug("weight_counts", BackendVariable, also_fails=LOST, backends=("tensorflow", "torch")),
    PlantedBug("weight_paths_unique", TwoOfOneName),
    PlantedBug("weight_paths_unique", NumberedName, also_fails=NAMES),
    PlantedBug("weight_names_stable", Renamed, options=SNAPSHOT),
    PlantedBug("param_dtype", SublayerWithoutPolicy, also_fails=DTYPES),
    PlantedBug("param_dtype", FixedDtype, also_fails=DTYPES),
    PlantedBug("param_dtype", VariableWithoutDtype, also_fails=(*DTYPES, "build_symbolic")),
    PlantedBug(
        "weight_value_dtype",
        ValueOfAnotherDtype,
        also_fails=("trainable_false",),
        backends=("jax", "torch"),
    ),
    PlantedBug("trainable_false", NeverFrozen),
    PlantedBug("trainable_false", IgnoresTrainable, also_fails=FROZEN),
    PlantedBug("trainable_false", AssignsInCall, also_fails=("grad_all_weights",)),
    PlantedBug("trainable_false", NeverUnfreezes),
]
