"""Broken layers for `build_weights`: weights lost, misnamed, of the wrong dtype or not frozen."""

import functools

import keras
import numpy as np
from keras import ops

from conformance.checks.planted_bugs import PlantedBug
from .basics import BUILT, DTYPES, UNITS, Hidden, Projection
from conformance.checks.planted_bugs.construction.basics import planted


@planted
class HiddenWeight(Projection):
    """Keeps a variable in an object of its own."""

    def build(self, input_shape):
        super().build(input_shape)
        self.hidden = Hidden()
        self.hidden.scale = keras.Variable(np.ones(UNITS), dtype=self.variable_dtype)

    def call(self, inputs):
        return super().call(inputs) * self.hidden.scale


@planted
class HiddenSublayer(Projection):
    """Keeps a sublayer in the closure of a function."""

    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        inner = keras.layers.Dense(UNITS, dtype=self.dtype_policy)
        self.after = lambda inputs: inner(inputs)

    def call(self, inputs):
        return self.after(super().call(inputs))


@planted
class PartialSublayer(Projection):
    """Keeps a sublayer in a `functools.partial`."""

    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        inner = keras.layers.Dense(UNITS, dtype=self.dtype_policy)
        self.after = functools.partial(inner)

    def call(self, inputs):
        return self.after(super().call(inputs))


@planted
class HiddenSeed(Projection):
    """Keeps its seed where Keras does not look."""

    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self.hidden = Hidden()
        self.hidden.seed = keras.random.SeedGenerator(1)

    def call(self, inputs, training=False):
        outputs = super().call(inputs)
        return keras.random.dropout(outputs, 0.3, seed=self.hidden.seed) if training else outputs


SHARED = keras.layers.Dense(UNITS, name="shared")


@planted
class SharedByAll(Projection):
    """All instances have one sublayer, that of the module."""

    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self.inner = SHARED

    def build(self, input_shape):
        if not self.inner.built:
            self.inner.build(input_shape)

    def call(self, inputs):
        return self.inner(inputs)


@planted
class BackendVariable(Projection):
    """Keeps a variable of the backend."""

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


@planted
class TwoOfOneName(Projection):
    """Two weights of one name."""

    def build(self, input_shape):
        super().build(input_shape)
        self.scale = self.add_weight(shape=(UNITS,), name="kernel", initializer="ones")

    def call(self, inputs):
        return super().call(inputs) * self.scale


@planted
class NumberedName(Projection):
    """The name of the weight counts instances."""

    made = 0

    def build(self, input_shape):
        NumberedName.made += 1
        self.kernel = self.add_weight(
            shape=(input_shape[-1], UNITS), name=f"kernel_{NumberedName.made}"
        )


@planted
class Renamed(Projection):
    """Its weight had another name when the snapshot was taken."""


@planted
class SublayerWithoutPolicy(Projection):
    """Makes a sublayer without its dtype."""

    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self.inner = keras.layers.Dense(UNITS)

    def build(self, input_shape):
        self.inner.build(input_shape)

    def call(self, inputs):
        return ops.cast(self.inner(inputs), self.compute_dtype)


@planted
class FixedDtype(Projection):
    """Asks for float32 whatever it is told."""

    def build(self, input_shape):
        self.kernel = self.add_weight(
            shape=(input_shape[-1], UNITS), name="kernel", dtype="float32"
        )

    def call(self, inputs):
        return ops.matmul(inputs, ops.cast(self.kernel, inputs.dtype))


@planted
class HandMadeVariable(Projection):
    """Makes a variable by hand, in the dtype of the process."""

    def build(self, input_shape):
        super().build(input_shape)
        self.scale = keras.Variable(np.ones(UNITS), name="scale")

    def call(self, inputs):
        return super().call(inputs) * ops.cast(self.scale, inputs.dtype)


@planted
class ValueOfAnotherDtype(Projection):
    """Sets the value past `assign`."""

    def build(self, input_shape):
        super().build(input_shape)
        if self.kernel._value is not None:  # a trace gives it later
            self.kernel._value = ops.cast(self.kernel.value, "float16")

    def call(self, inputs):
        return ops.matmul(inputs, ops.cast(self.kernel.value, inputs.dtype))


@planted
class NeverFrozen(Projection):
    """Has a list of trainable weights of its own."""

    @property
    def trainable_weights(self):
        return [self.kernel] if self.built else []


@planted
class FreezesInName(Projection):
    """Does not listen to `trainable`."""

    @property
    def trainable(self):
        return True

    @trainable.setter
    def trainable(self, value):
        pass


@planted
class LearnsByItself(Projection):
    """Changes its weight in the call, frozen or not."""

    def call(self, inputs, training=False):
        if training:
            self.kernel.assign(self.kernel * 0.9)
        return super().call(inputs)


@planted
class NeverThaws(Projection):
    """Once frozen, it stays so."""

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
    PlantedBug("param_dtype", HandMadeVariable, also_fails=(*DTYPES, "build_symbolic")),
    PlantedBug(
        "weight_value_dtype",
        ValueOfAnotherDtype,
        also_fails=("trainable_false",),
        backends=("jax", "torch"),
    ),
    PlantedBug("trainable_false", NeverFrozen),
    PlantedBug("trainable_false", FreezesInName, also_fails=FROZEN),
    PlantedBug("trainable_false", LearnsByItself, also_fails=("grad_all_weights",)),
    PlantedBug("trainable_false", NeverThaws),
]
