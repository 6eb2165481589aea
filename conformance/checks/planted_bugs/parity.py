"""Planted bugs for the checks of parity. `peer` is the layer on the first backend."""

import keras
from keras import ops

from keras_seqext.testing.helpers import backend_exchange

from . import PlantedBug

registered = keras.saving.register_keras_serializable(package="planted_bugs")


@registered
class TwoPercentMore(keras.layers.Layer):
    """Scales by 1.02; its peer scales by 1."""

    factor = 1.02

    def call(self, inputs):
        return inputs * self.factor


@registered
class RightScale(TwoPercentMore):
    factor = 1.0


@registered
class RightPaddingOnly(keras.layers.Layer):
    """Returns the mean of the first steps, as many as the mask has valid steps."""

    def call(self, inputs, mask=None):
        if mask is None:
            return ops.mean(inputs, axis=1)
        count = ops.sum(ops.cast(mask, "int32"), axis=1, keepdims=True)
        keep = self.keep(ops.cast(mask, "bool"), count)[..., None]
        count = ops.maximum(count, 1)
        return ops.sum(ops.where(keep, inputs, 0), axis=1) / ops.cast(count, inputs.dtype)

    def keep(self, mask, count):
        return ops.arange(mask.shape[1])[None, :] < count

    def compute_mask(self, inputs, mask=None):
        return None


@registered
class AnySide(RightPaddingOnly):
    def keep(self, mask, count):
        return mask


@registered
class NoGradientInOneTerm(keras.layers.Layer):
    """Returns the same values as its peer, with another derivative."""

    def call(self, inputs):
        return inputs * ops.stop_gradient(inputs)


@registered
class Squares(NoGradientInOneTerm):
    def call(self, inputs):
        return inputs * inputs


@registered
class CoarseInHalf(keras.layers.Layer):
    """Rounds its input in half precision."""

    def call(self, inputs):
        coarse = ops.round(inputs) if self.compute_dtype != "float32" else inputs
        return ops.tanh(coarse)


@registered
class FineInHalf(CoarseInHalf):
    def call(self, inputs):
        return ops.tanh(inputs)


def here():
    """Return which of the two simulated backends is running."""
    exchange = backend_exchange.current()
    return "first" if exchange and exchange.first == keras.backend.backend() else "second"


@registered
class BackendInConfig(keras.layers.Layer):
    """Writes the backend to its config and behaves differently on another backend."""

    def __init__(self, where=None, **kwargs):
        super().__init__(**kwargs)
        self.where = where or here()

    def call(self, inputs):
        return inputs * (1.0 if self.where == here() else 2.0)

    def get_config(self):
        return {**super().get_config(), "where": self.where}


@registered
class TensorFlowInCall(keras.layers.Layer):
    """Uses TensorFlow in `call` on every backend."""

    def call(self, inputs):
        from tensorflow import constant

        return inputs * float(constant(2.0))


PLANTED_BUGS = [
    PlantedBug("parity_forward", TwoPercentMore, peer=RightScale),
    PlantedBug(
        "parity_masked",
        RightPaddingOnly,
        also_fails=("mask_values", "mask_grad", "mask_nan", "pad_left", "pool_respects_mask"),
        peer=AnySide,
    ),
    PlantedBug("parity_grad", NoGradientInOneTerm, peer=Squares),
    PlantedBug(
        "parity_lowprec",
        CoarseInHalf,
        also_fails=("second_order", "mixed_bfloat16", "mixed_float16", "bfloat16"),
        peer=FineInHalf,
    ),
    PlantedBug("save_cross_backend", BackendInConfig, peer=BackendInConfig),
    PlantedBug(
        "no_backend_import", TensorFlowInCall, backends=("jax", "torch"), needs="tensorflow"
    ),
]
