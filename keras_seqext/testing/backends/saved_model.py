"""Export to a TensorFlow SavedModel, which TensorFlow and JAX both support."""

from collections.abc import Callable, Sequence
from typing import Any

from keras_seqext.testing.core.failure import Skipped


def exported(model: Any, folder: str, arguments: Sequence[Any]) -> Callable[..., Any]:
    """Write a model as a SavedModel, load it, and return it as a function of NumPy arrays."""
    try:
        import tensorflow as tf
    except ImportError:
        raise Skipped("writing a SavedModel needs tensorflow") from None

    model.export(folder, format="tf_saved_model", verbose=False)
    served = tf.saved_model.load(folder)

    def run(*arrays: Any) -> list[Any]:
        tensors = [tf.convert_to_tensor(value) for value in arrays]
        outputs = served.serve(tensors[0] if len(tensors) == 1 else tensors)
        return [output.numpy() for output in tf.nest.flatten(outputs)]

    run.served = served  # type: ignore[attr-defined] # its variables are deleted with it
    return run
