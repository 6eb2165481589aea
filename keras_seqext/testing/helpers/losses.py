"""Scalar loss of the outputs of a layer, and its gradients."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from keras_seqext.testing import backends
from keras_seqext.testing.contexts.layer import Context
from keras_seqext.testing.core.failure import NotApplicable
from keras_seqext.testing.core.tensors import to_numpy, to_tensors

from .models import plain_outputs


@dataclass
class Gradients:
    """Result of `LayerLoss.gradients`.

    Args:
        loss: Value of the loss.
        by_inputs: One array (or `None`) per float input.
        by_weights: One array (or `None`) per trainable weight.
    """

    loss: float
    by_inputs: list[Any]
    by_weights: list[Any]


class LayerLoss:
    """Sum of the float outputs of a layer times random numbers.

    A plain sum would hide errors: that of a softmax is constant.

    Args:
        ctx: Context of the check.
        layer: A built layer.
        mask: Mask of the call.
        training: Argument `training` of the call.
        arguments: Arguments of the call; by default those of the sample.
    """

    def __init__(
        self,
        ctx: Context,
        layer: Any,
        *,
        mask: Any = None,
        training: Any = False,
        arguments: tuple[Any, ...] | None = None,
    ) -> None:
        import keras

        self.ctx, self.layer, self.mask, self.training = ctx, layer, mask, training
        self.arguments = list(ctx.inputs() if arguments is None else arguments)
        self.flat = keras.tree.flatten(self.arguments)
        self.places = [i for i, v in enumerate(self.flat) if np.asarray(v).dtype.kind == "f"]
        self.cotangents = cotangents(ctx)
        self._gradients = backends.current().repeated_gradients(self._value, layer)
        self._loss: Any = None

    @property
    def inputs(self) -> list[Any]:
        """Float inputs as a flat list."""
        return [self.flat[place] for place in self.places]

    def _value(self, inputs: list[Any], rest: list[Any]) -> Any:
        import keras

        packed = self.packed(inputs)
        outputs = self.ctx.call(self.layer, *packed, mask=self.mask, training=self.training)
        total: Any = 0.0
        for output, weight in zip(keras.tree.flatten(outputs), rest, strict=True):
            if "float" in str(keras.backend.standardize_dtype(output.dtype)):
                total = total + keras.ops.sum(output * keras.ops.cast(weight, output.dtype))
        return total

    def gradients(self, inputs: list[Any] | None = None) -> Gradients:
        """Return value and gradients, at the inputs of the sample or at other float inputs."""
        tensors = list(to_tensors(tuple(self.inputs if inputs is None else inputs)))
        return Gradients(*self._gradients(tensors, list(to_tensors(tuple(self.cotangents)))))

    def packed(self, inputs: list[Any]) -> list[Any]:
        """Return the arguments of the call with other float inputs."""
        import keras

        parts = list(self.flat)
        for place, value in zip(self.places, inputs, strict=True):
            parts[place] = value
        return list(keras.tree.pack_sequence_as(self.arguments, parts))

    def value(self, inputs: list[Any]) -> float:
        """Return the loss at other float inputs, in the precision of the outputs."""
        if self._loss is None:

            def loss(*tensors: Any) -> Any:
                count = len(self.places)
                return self._value(list(tensors[:count]), list(tensors[count:]))

            self._loss = backends.current().repeated(loss, self.layer)
        tensors = to_tensors((*inputs, *self.cotangents))
        return float(to_numpy(self._loss(*tensors)))


def cotangents(ctx: Context) -> list[Any]:
    """Return random arrays like the outputs; not applicable if there is no gradient."""
    if ctx.traits.host_only:
        raise NotApplicable("declared: host_only=True, so there is no gradient")
    outputs = plain_outputs(ctx)
    if not any(output.dtype.kind == "f" for output in outputs):
        raise NotApplicable("no output is a float, so there is no gradient")
    return ctx.cotangents(outputs)
