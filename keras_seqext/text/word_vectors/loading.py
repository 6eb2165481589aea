"""Detection of a running `keras.saving.load_model`."""

import sys

import keras


def is_loading_model() -> bool:
    """Return whether this call is made by `keras.saving.load_model`.

    It then replaces all weights by the saved ones. Keras does not report this to an
    initializer, so the function is looked for among the callers.
    """
    code = getattr(keras.saving.load_model, "__code__", None)
    frame = sys._getframe()
    while frame is not None:
        if frame.f_code is code:
            return True
        frame = frame.f_back  # type: ignore[assignment]
    return False
