"""A layer that wraps another layer."""

from typing import Any

import keras


class WrapperLayer(keras.layers.Layer):
    """A layer that calls another; without `build`, so that Keras builds the other in a trace."""

    def __init__(self, layer: Any, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.layer = layer

    def call(self, *args: Any, **kwargs: Any) -> Any:
        return self.layer(*args, **kwargs)
