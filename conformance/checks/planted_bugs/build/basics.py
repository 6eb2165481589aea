"""Planted bugs for the checks of `build`."""

import keras
import numpy as np
from keras import ops

from conformance.checks.planted_bugs import PlantedBug
from conformance.checks.planted_bugs.construction.basics import registered

UNITS = 3


class Projection(keras.layers.Layer):
    """Base class that projects `(..., features)` to `(..., UNITS)`."""

    def build(self, input_shape):
        self.kernel = self.add_weight(shape=(input_shape[-1], UNITS), name="kernel")

    def call(self, inputs):
        return ops.matmul(inputs, self.kernel)

    def compute_output_shape(self, input_shape):
        return (*input_shape[:-1], UNITS)


@registered
class ForgetsSublayer(Projection):
    """Builds its own weight, but not its sublayer."""

    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self.inner = keras.layers.Dense(UNITS, dtype=self.dtype_policy)

    def build(self, input_shape):
        self.scale = self.add_weight(shape=(UNITS,), name="scale", initializer="ones")

    def call(self, inputs):
        return self.inner(inputs) * self.scale


@registered
class BuildsNothing(ForgetsSublayer):
    """Sets `built` without building its sublayer."""

    def build(self, input_shape):
        self.built = True

    def call(self, inputs):
        return self.inner(inputs)


@registered
class WeightPerLength(Projection):
    """Creates a weight per length in `call`, where Keras does not track it."""

    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self.kernels = Hidden()

    def call(self, inputs):
        steps = inputs.shape[1]
        known = vars(self.kernels)
        if f"for_{steps}" not in known:
            known[f"for_{steps}"] = keras.Variable(np.ones(UNITS), dtype="float32")
        return ops.matmul(inputs, self.kernel) * known[f"for_{steps}"]


class Hidden:
    """An object that Keras does not inspect."""


@registered
class SecondBuildResets(Projection):
    """Resets its weights in a second `build`."""

    def build(self, input_shape):
        if self.built:
            self.kernel.assign(np.ones(self.kernel.shape))
            return
        super().build(input_shape)


@registered
class ForgetsOnNewBatch(Projection):
    """Resets its weight for another batch size."""

    def build(self, input_shape):
        super().build(input_shape)
        self.rows = input_shape[0]

    def call(self, inputs):
        if isinstance(inputs.shape[0], int) and inputs.shape[0] != self.rows:
            self.rows = inputs.shape[0]
            self.kernel.assign(np.zeros(self.kernel.shape))
        return super().call(inputs)


@registered
class TensorInBuild(Projection):
    """Stores a tensor that `build` creates."""

    def build(self, input_shape):
        super().build(input_shape)
        self.scale = ops.ones((UNITS,)) * 3.0

    def call(self, inputs):
        return ops.matmul(inputs, self.kernel) * self.scale


@registered
class AssignsInBuild(Projection):
    """Sets a weight in `build` by `assign`, which a trace discards."""

    def build(self, input_shape):
        super().build(input_shape)
        self.scale = self.add_weight(
            shape=(UNITS,), name="scale", initializer="zeros", trainable=False
        )
        self.scale.assign(np.arange(UNITS, dtype="float32"))

    def call(self, inputs):
        return ops.matmul(inputs, self.kernel) * self.scale


@registered
class TrainingTensorInBuild(Projection):
    """Stores a tensor that `build` creates and only training uses."""

    def build(self, input_shape):
        super().build(input_shape)
        self.scale = ops.ones((UNITS,)) * 3.0

    def call(self, inputs, training=False):
        outputs = ops.matmul(inputs, self.kernel)
        return outputs * self.scale if training else outputs


@registered
class AcceptsTuplesOnly(Projection):
    """Handles a shape that is a list, as from JSON, incorrectly."""

    def build(self, input_shape):
        width = input_shape[-1] if isinstance(input_shape, tuple) else 1
        self.kernel = self.add_weight(shape=(width, UNITS), name="kernel")


@registered
class BuildConfigWithoutShape(Projection):
    """Returns a build config with another shape."""

    def get_build_config(self):
        return {"input_shape": (1, 1)}


@registered
class SetInBuildConfig(Projection):
    """Returns a set in its build config, which JSON cannot represent."""

    def get_build_config(self):
        return {"input_shape": {4, 6, 7}}


DTYPES = ("float64", "bfloat16", "mixed_bfloat16", "mixed_float16", "param_dtype")
SAVED = ("save_load", "save_load_subclassed", "save_cross_backend", "load_in_fresh_process")
SIZES = ("batch_one", "dynamic_batch", "dynamic_time", "length_change")
# If `build` does not create all weights, every check that sets the weights of a built layer fails.
BUILT = (
    *SAVED,
    *SIZES,
    *DTYPES,
    "build_config_roundtrip",
    "build_symbolic",
    "build_explicit",
    "symbolic_then_eager",
)
TENSOR = (
    *SAVED,
    *DTYPES,
    "symbolic_then_eager",
    "no_tensor_attributes",
    "jit_parity",
    "stateless_call",
    "in_subclassed",
    "seed_tracked",
)
PLANTED_BUGS = [
    PlantedBug("build_explicit", ForgetsSublayer, also_fails=BUILT),
    PlantedBug("build_explicit", BuildsNothing, also_fails=BUILT),
    PlantedBug("build_idempotent", WeightPerLength, also_fails=("weight_counts", *BUILT)),
    PlantedBug("build_idempotent", SecondBuildResets),
    PlantedBug(
        "build_idempotent",
        ForgetsOnNewBatch,
        also_fails=("inference_pure", "export_savedmodel", *BUILT),
    ),
    PlantedBug("build_symbolic", TensorInBuild, also_fails=TENSOR),
    PlantedBug("build_symbolic", AssignsInBuild, also_fails=TENSOR),
    PlantedBug("build_symbolic", TrainingTensorInBuild, also_fails=TENSOR),
    PlantedBug(
        "build_config_roundtrip", AcceptsTuplesOnly, also_fails=("config_roundtrip", *SAVED)
    ),
    PlantedBug(
        "build_config_roundtrip", BuildConfigWithoutShape, also_fails=("config_roundtrip", *SAVED)
    ),
    PlantedBug("build_config_roundtrip", SetInBuildConfig, also_fails=("config_json", *SAVED)),
]
