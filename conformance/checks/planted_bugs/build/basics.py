"""Broken layers for `build`: weights that depend on how, and how often, a layer is built."""

import keras
import numpy as np
from keras import ops

from conformance.checks.planted_bugs import PlantedBug
from conformance.checks.planted_bugs.construction.basics import planted

UNITS = 3


class Projection(keras.layers.Layer):
    """What the broken layers share: `(..., features)` to `(..., UNITS)`."""

    def build(self, input_shape):
        self.kernel = self.add_weight(shape=(input_shape[-1], UNITS), name="kernel")

    def call(self, inputs):
        return ops.matmul(inputs, self.kernel)

    def compute_output_shape(self, input_shape):
        return (*input_shape[:-1], UNITS)


@planted
class ForgetsSublayer(Projection):
    """Builds its own weight and leaves the sublayer to the first call."""

    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self.inner = keras.layers.Dense(UNITS, dtype=self.dtype_policy)

    def build(self, input_shape):
        self.scale = self.add_weight(shape=(UNITS,), name="scale", initializer="ones")

    def call(self, inputs):
        return self.inner(inputs) * self.scale


@planted
class BuildsNothing(ForgetsSublayer):
    """Says that it is built, and is not."""

    def build(self, input_shape):
        self.built = True

    def call(self, inputs):
        return self.inner(inputs)


@planted
class OneSetALength(Projection):
    """Makes a new weight for each length that it meets, where Keras does not look."""

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
    """An object that Keras does not look into."""


@planted
class BuildStartsAnew(Projection):
    """A second `build` throws away what was learnt."""

    def build(self, input_shape):
        if self.built:
            self.kernel.assign(np.ones(self.kernel.shape))
            return
        super().build(input_shape)


@planted
class ForgetsOnNewBatch(Projection):
    """Another batch size resets the weight."""

    def build(self, input_shape):
        super().build(input_shape)
        self.rows = input_shape[0]

    def call(self, inputs):
        if isinstance(inputs.shape[0], int) and inputs.shape[0] != self.rows:
            self.rows = inputs.shape[0]
            self.kernel.assign(np.zeros(self.kernel.shape))
        return super().call(inputs)


@planted
class TensorInBuild(Projection):
    """Keeps a tensor that `build` made."""

    def build(self, input_shape):
        super().build(input_shape)
        self.scale = ops.ones((UNITS,)) * 3.0

    def call(self, inputs):
        return ops.matmul(inputs, self.kernel) * self.scale


@planted
class AssignsInBuild(Projection):
    """Fills a weight in `build` by `assign`, which a trace drops."""

    def build(self, input_shape):
        super().build(input_shape)
        self.scale = self.add_weight(
            shape=(UNITS,), name="scale", initializer="zeros", trainable=False
        )
        self.scale.assign(np.arange(UNITS, dtype="float32"))

    def call(self, inputs):
        return ops.matmul(inputs, self.kernel) * self.scale


@planted
class TrainingTensorInBuild(Projection):
    """Keeps a tensor that `build` made and only training needs."""

    def build(self, input_shape):
        super().build(input_shape)
        self.scale = ops.ones((UNITS,)) * 3.0

    def call(self, inputs, training=False):
        outputs = ops.matmul(inputs, self.kernel)
        return outputs * self.scale if training else outputs


@planted
class TakesTuplesOnly(Projection):
    """Looks at a shape as JSON cannot give it."""

    def build(self, input_shape):
        width = input_shape[-1] if isinstance(input_shape, tuple) else 1
        self.kernel = self.add_weight(shape=(width, UNITS), name="kernel")


@planted
class ForgetsItsShape(Projection):
    """Its build config lacks what `build` needs."""

    def get_build_config(self):
        return {"input_shape": (1, 1)}


@planted
class SetInBuildConfig(Projection):
    """Its build config is no JSON."""

    def get_build_config(self):
        return {"input_shape": {4, 6, 7}}


DTYPES = ("float64", "bfloat16", "mixed_bfloat16", "mixed_float16", "param_dtype")
SAVED = ("save_load", "save_load_subclassed", "save_cross_backend", "load_in_fresh_process")
SIZES = ("batch_one", "dynamic_batch", "dynamic_time", "length_change")
# Without all weights after `build`, nothing that puts weights into a built layer works.
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
    PlantedBug("build_idempotent", OneSetALength, also_fails=("weight_counts", *BUILT)),
    PlantedBug("build_idempotent", BuildStartsAnew),
    PlantedBug(
        "build_idempotent", ForgetsOnNewBatch, also_fails=("inference_pure", "export_savedmodel", *BUILT)
    ),
    PlantedBug("build_symbolic", TensorInBuild, also_fails=TENSOR),
    PlantedBug("build_symbolic", AssignsInBuild, also_fails=TENSOR),
    PlantedBug("build_symbolic", TrainingTensorInBuild, also_fails=TENSOR),
    PlantedBug("build_config_roundtrip", TakesTuplesOnly, also_fails=("config_roundtrip", *SAVED)),
    PlantedBug("build_config_roundtrip", ForgetsItsShape, also_fails=("config_roundtrip", *SAVED)),
    PlantedBug("build_config_roundtrip", SetInBuildConfig, also_fails=("config_json", *SAVED)),
]
