"""Broken layers for `construction`."""

import keras

from . import Plant


class FunctionInConfig(keras.layers.Layer):
    """Hands out a function in its config."""

    def build(self, input_shape):
        self.built = True

    def call(self, inputs):
        return inputs * 2.0

    def get_config(self):
        return {**super().get_config(), "factor": object}


PLANTS = [Plant("config_json", FunctionInConfig, kin=("config_roundtrip", "config_complete"))]
