"""TensorFlow SavedModels, which TensorFlow and JAX both write."""

from collections.abc import Callable
from typing import Any

from keras_seqext.testing.core.failure import Skipped


def exported(model: Any, folder: str) -> Callable[..., Any]:
    """The model written as a SavedModel and read again, a function of NumPy arrays."""
    try:
        import tensorflow as tf
    except ImportError:
        raise Skipped("writing a SavedModel needs tensorflow") from None

    model.export(folder, format="tf_saved_model", verbose=False)
    served = tf.saved_model.load(folder)

    def run(*arguments: Any) -> list[Any]:
        tensors = [tf.convert_to_tensor(value) for value in arguments]
        outputs = served.serve(tensors[0] if len(tensors) == 1 else tensors)
        return [output.numpy() for output in tf.nest.flatten(outputs)]

    run.served = served  # type: ignore[attr-defined] # its variables die with it
    return run
