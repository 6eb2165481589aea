"""Callback that stops training at the first NaN or infinite loss and reports the cause."""

from collections.abc import Iterator, Sequence
from typing import Any

import keras
import numpy as np


class NonFinite(ArithmeticError):
    """A loss is NaN or infinite. Further training would silently destroy the weights."""


class StopAtNonFinite(keras.callbacks.Callback):
    """Callback that raises `NonFinite` with the batch and its values that are not finite.

    `TerminateOnNaN` of Keras does not report the epoch or the cause, and ignores validation.

    Args:
        train: Training batches, read with `shuffle=False`, so batch `i` of `fit` is `train[i]`.
        validation: Validation batches, if any.
        features: Names for the last axis of the inputs. Defaults to numbers.
    """

    def __init__(self, train: Any, validation: Any = None, features: Sequence[str] = ()) -> None:
        super().__init__()
        self._train, self._validation, self._features = train, validation, features
        self._epoch = 0

    def on_epoch_begin(self, epoch, logs=None):
        self._epoch = epoch

    def on_train_batch_end(self, batch, logs=None):
        self._check("training", self._train, batch, logs)

    def on_test_batch_end(self, batch, logs=None):
        self._check("validation", self._validation, batch, logs)

    def _check(self, part: str, data: Any, batch: int, logs: Any) -> None:
        loss = float(logs["loss"])
        if np.isfinite(loss):
            return
        where = (
            f"the loss is {loss} at {part} batch {batch} of {len(data)} (counted from 0), in "
            f"epoch {self._epoch + 1}"
        )
        texts = [self._describe(name, array) for name, array in _arrays(data[batch])]
        if any(texts):
            raise NonFinite(
                f"{where}. That batch contains {'; '.join(filter(None, texts))}. Fix these values "
                "in the data, or skip the rows with them."
            )
        rate = float(keras.ops.convert_to_numpy(self.model.optimizer.learning_rate))
        raise NonFinite(
            f"{where}. Its inputs and targets are finite{self._largest(data[batch])}, so the model "
            f"is the cause: {_describe_weights(self.model)}. Lower the learning rate (now "
            f"{rate:g}), or clip the gradients with `clipnorm` of the optimizer."
        )

    def _describe(self, name: str, array: Any) -> str:
        """Return the number and position of values that are not finite, or an empty string."""
        bad = ~np.isfinite(array)
        if not bad.any():
            return ""
        first = tuple(int(index[0]) for index in np.nonzero(bad))
        kinds = " and ".join(k for k, f in (("NaN", np.isnan), ("inf", np.isinf)) if f(array).any())
        column = f" of feature {self._feature(first[-1])}" if name == "inputs" else ""
        others = sorted({*np.nonzero(bad)[-1].tolist()} - {first[-1]}) if column else []
        also = f" (and of {', '.join(map(self._feature, others[:5]))})" if others else ""
        return (
            f"{kinds} in the {name}{column}{also}: {int(bad.sum()):,} of {bad.size:,} values, the "
            f"first at {list(first)}"
        )

    def _largest(self, batch: Any) -> str:
        inputs = [np.abs(array) for name, array in _arrays(batch) if name == "inputs"]
        peak = max(inputs, key=np.max)
        column = int(np.unravel_index(np.argmax(peak), peak.shape)[-1])
        return f" (the largest input is {peak.max():.3g}, of feature {self._feature(column)})"

    def _feature(self, column: int) -> str:
        return repr(self._features[column]) if self._features else str(column)


def _arrays(batch: Any) -> Iterator[tuple[str, Any]]:
    """Yield every array in `(x, y)` or `(x, y, sample_weight)` with its role."""
    for name, part in zip(("inputs", "targets", "sample weights"), batch, strict=False):
        for array in keras.tree.flatten(part):
            yield name, np.asarray(array, np.float64)


def _describe_weights(model: keras.Model) -> str:
    bad = [
        weight.path
        for weight in model.weights
        if not np.isfinite(keras.ops.convert_to_numpy(weight)).all()
    ]
    if not bad:
        return "its weights are finite, but its outputs are too large"
    return f"{len(bad)} of its {len(model.weights)} weights are not finite, the first is {bad[0]}"
