"""A layer around another."""

from typing import Any

import keras


class WrapperLayer(keras.layers.Layer):
    """Calls one other layer and has no `build`, so that Keras builds that one inside a trace."""

    def __init__(self, layer: Any, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.layer = layer

    def call(self, *args: Any, **kwargs: Any) -> Any:
        return self.layer(*args, **kwargs)
