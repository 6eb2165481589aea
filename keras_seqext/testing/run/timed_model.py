"""Model around one layer, for timing."""

from typing import Any

import keras
import numpy as np

from keras_seqext.testing.core.case import LayerCase


class Scale(keras.layers.Layer):
    """Multiplication by one weight.

    It makes the model trainable, and the gradient with respect to the input of the next layer
    necessary.
    """

    def build(self, input_shape: Any) -> None:
        self.factor = self.add_weight(name="factor", shape=(), initializer="ones")

    def call(self, inputs: Any) -> Any:
        return inputs * keras.ops.cast(self.factor, inputs.dtype)

    def compute_output_shape(self, input_shape: Any) -> Any:
        return input_shape


class TimedModel:
    """Compiled model of one layer, and its input as tensors.

    A layer with several outputs is trained on the first.

    Args:
        case: Case that makes the layer.
        arguments: NumPy arrays, one per positional argument of the call.
        seed: Seed of the weights.

    Attributes:
        trains: Whether there is a gradient.
    """

    def __init__(self, case: LayerCase, arguments: tuple[Any, ...], seed: int) -> None:
        keras.utils.set_random_seed(seed)
        layer = case.new()
        inputs = keras.tree.map_structure(
            lambda array: keras.Input(batch_shape=array.shape, dtype=str(array.dtype)), arguments
        )
        scaled = keras.tree.map_structure(_scaled, inputs)
        outputs = keras.tree.flatten(layer(*scaled))
        flat = keras.tree.flatten(inputs)
        self.model = keras.Model(flat if len(flat) > 1 else flat[0], outputs[0])
        self.model.compile(optimizer="sgd", loss="mse")
        tensors = [keras.ops.convert_to_tensor(array) for array in keras.tree.flatten(arguments)]
        self.inputs = tensors if len(tensors) > 1 else tensors[0]
        dtype = keras.backend.standardize_dtype(outputs[0].dtype)
        self.trains = "float" in dtype and bool(self.model.trainable_weights)
        self.targets = keras.ops.convert_to_tensor(np.zeros(outputs[0].shape, "float32"))

    def forward(self) -> Any:
        """Run one batch through the compiled model and wait for the result."""
        return self.model.predict_on_batch(self.inputs)

    def step(self) -> float:
        """Run one training step and wait for the loss."""
        return float(self.model.train_on_batch(self.inputs, self.targets))


def _scaled(tensor: Any) -> Any:
    is_float = "float" in keras.backend.standardize_dtype(tensor.dtype)
    return Scale()(tensor) if is_float else tensor
