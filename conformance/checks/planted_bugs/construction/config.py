"""Planted bugs for the checks of configs."""

import keras
import numpy as np
from keras import ops

from conformance.checks.planted_bugs import PlantedBug

from .basics import Times, registered


@registered
class SetInConfig(Times):
    """Returns a set in its config, which JSON cannot represent."""

    def get_config(self):
        return {**super().get_config(), "factor": {self.factor}}

    @classmethod
    def from_config(cls, config):
        return cls(**{**config, "factor": next(iter(config["factor"]))})


@registered
class ObjectInConfig(Times):
    """Returns an object of a custom class in its config."""

    class Settings:
        """A class without `get_config`."""

    def __init__(self, settings=None, **kwargs):
        super().__init__(**kwargs)
        self.settings = settings or self.Settings()

    def get_config(self):
        return {**super().get_config(), "settings": self.settings}


@registered
class ComplexAfterBuild(Times):
    """Returns a complex number in its config after `build`."""

    def build(self, input_shape):
        self.phase = complex(input_shape[-1], 1)
        self.built = True

    def get_config(self):
        config = super().get_config()
        return {**config, "phase": self.phase} if self.built else config


@registered
class ForgetsFactor(Times):
    """Omits the factor from its config."""

    def get_config(self):
        config = super().get_config()
        del config["factor"]
        return config


@registered
class RenamesFactor(Times):
    """Stores the factor under another name in its config."""

    def get_config(self):
        config = super().get_config()
        return {**config, "scale": config.pop("factor")}


@registered
class ConfigWithoutBase(keras.layers.Layer):
    """Omits the name, the dtype and the other entries of the base class."""

    def __init__(self, units=3, **kwargs):
        super().__init__(**kwargs)
        self.units = units

    def build(self, input_shape):
        self.kernel = self.add_weight(shape=(input_shape[-1], self.units), name="kernel")

    def call(self, inputs):
        return ops.matmul(inputs, self.kernel)

    def compute_output_shape(self, input_shape):
        return (*input_shape[:-1], self.units)

    def get_config(self):
        return {"units": self.units}


@registered
class DoublesFactor(Times):
    """Doubles the factor in each round trip."""

    def __init__(self, factor=2.0, **kwargs):
        super().__init__(2 * factor, **kwargs)


@registered
class ForgetsRate(Times):
    """Restores another dropout rate, which affects only training."""

    def __init__(self, rate=0.2, **kwargs):
        super().__init__(**kwargs)
        self.rate = rate
        self.seed_generator = keras.random.SeedGenerator(3)

    def call(self, inputs, training=False):
        if not training:
            return inputs
        return keras.random.dropout(inputs, self.rate, seed=self.seed_generator)

    @classmethod
    def from_config(cls, config):
        return cls(**{**config, "rate": 0.2})

    def get_config(self):
        return {**super().get_config(), "rate": 0.2}


@registered
class NeedsATuple(Times):
    """Treats a tuple and a list differently; JSON restores a list."""

    def __init__(self, factors=(2.0, 3.0), **kwargs):
        super().__init__(**kwargs)
        self.factors = factors

    def call(self, inputs):
        return inputs * (self.factors[1] if isinstance(self.factors, tuple) else self.factors[0])

    def get_config(self):
        return {**super().get_config(), "factors": self.factors}


@registered
class ForgetsOption(Times):
    """Omits an argument with a default value from its config."""

    def __init__(self, factor=2.0, offset=0.0, **kwargs):
        super().__init__(factor, **kwargs)
        self.offset = offset

    def call(self, inputs):
        return inputs * self.factor + self.offset


@registered
class ConstantInConfig(ForgetsOption):
    """Writes a constant to its config in place of the argument."""

    def get_config(self):
        return {**super().get_config(), "offset": 0.0}


@registered
class IgnoresOptionInFromConfig(ForgetsOption):
    """Replaces an argument by its default value in `from_config`."""

    def get_config(self):
        return {**super().get_config(), "offset": self.offset}

    @classmethod
    def from_config(cls, config):
        return cls(**{**config, "offset": 0.0})


@registered
class ForgetsOptionCustomFromConfig(ForgetsOption):
    """Omits an argument, with a custom `from_config` that passes all entries on."""

    @classmethod
    def from_config(cls, config):
        return cls(**config)


@registered
class PopsConfig(Times):
    """Removes an entry from the dict that `from_config` receives."""

    @classmethod
    def from_config(cls, config):
        factor = config.pop("factor")
        return cls(factor, **config)


@registered
class ClearsList(Times):
    """Clears a list in the dict that `from_config` receives."""

    def __init__(self, factors=(3.0, 1.0), **kwargs):
        super().__init__(**kwargs)
        self.factors = tuple(factors)
        if isinstance(factors, list):
            factors.clear()

    def get_config(self):
        return {**super().get_config(), "factors": self.factors}


@registered
class SharesList(Times):
    """Returns its own list in the config, not a copy."""

    def __init__(self, factors=(3.0, 1.0), **kwargs):
        super().__init__(**kwargs)
        self.factors = list(factors)

    def call(self, inputs):
        return inputs * float(np.prod(self.factors))

    def get_config(self):
        return {**super().get_config(), "factors": self.factors}


@registered
class SharesDict(Times):
    """Returns its own dict in the config, not a copy."""

    def __init__(self, factor=2.0, options=None, **kwargs):
        super().__init__(factor, **kwargs)
        self.options = dict(options or {"power": {"at": 1}})

    def get_config(self):
        return {**super().get_config(), "options": {"power": self.options["power"]}}


@registered
class SetsRateToZero(Times):
    """Sets its rate to 0 in a call at inference."""

    def __init__(self, factor=2.0, rate=0.5, **kwargs):
        super().__init__(factor, **kwargs)
        self.rate = rate
        self.generator = keras.random.SeedGenerator(1)

    def call(self, inputs, training=False):
        if not training:
            self.rate = 0.0
        return keras.random.dropout(super().call(inputs), self.rate, seed=self.generator)

    def get_config(self):
        return {**super().get_config(), "rate": self.rate}


class Unregistered(Times):
    """Subclass that is not registered itself."""


@keras.saving.register_keras_serializable()
class InDefaultPackage(Times):
    """Registered as `Custom>InDefaultPackage`."""


@keras.saving.register_keras_serializable(package="planted_bugs", name="Twin")
class Overwritten(Times):
    """Registered under a name that the next class overwrites."""


@keras.saving.register_keras_serializable(package="planted_bugs", name="Twin")
class Overwriting(Times):
    """Correct itself; overwrites the name of another class."""


LOAD = ("config_roundtrip", "save_load", "save_load_subclassed", "clone_model")
PLANTED_BUGS = [
    PlantedBug("config_json", SetInConfig),
    PlantedBug("config_json", ObjectInConfig),
    PlantedBug("config_json", ComplexAfterBuild),
    PlantedBug("config_roundtrip", lambda: ForgetsFactor(3.0), also_fails=("config_complete",)),
    PlantedBug("config_roundtrip", RenamesFactor, also_fails=("from_config_pure",)),
    PlantedBug("config_roundtrip", ConfigWithoutBase),
    PlantedBug("config_roundtrip", DoublesFactor, also_fails=("config_complete",)),
    PlantedBug("config_roundtrip", lambda: ForgetsRate(0.6), also_fails=("config_complete",)),
    PlantedBug("config_roundtrip", NeedsATuple),
    PlantedBug("config_complete", ForgetsOption),
    PlantedBug("config_complete", ForgetsOptionCustomFromConfig),
    PlantedBug("config_complete", ConstantInConfig),
    PlantedBug("config_complete", IgnoresOptionInFromConfig),
    PlantedBug("from_config_pure", PopsConfig),
    PlantedBug("from_config_pure", ClearsList),
    PlantedBug("get_config_fresh", SharesList),
    PlantedBug("get_config_fresh", SharesDict),
    PlantedBug(
        "get_config_fresh", SetsRateToZero, also_fails=("config_roundtrip", "seed_not_consumed")
    ),
    PlantedBug("registered_name", Unregistered, also_fails=LOAD),
    PlantedBug("registered_name", InDefaultPackage),
    PlantedBug("registered_name", Overwritten, also_fails=LOAD),
]
