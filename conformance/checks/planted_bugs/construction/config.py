"""Broken layers for `construction_config`: configs that lose, share or change something."""

import keras
import numpy as np
from keras import ops

from conformance.checks.planted_bugs import PlantedBug

from .basics import Times, planted


@planted
class SetInConfig(Times):
    """Hands out a set, for which JSON has no word."""

    def get_config(self):
        return {**super().get_config(), "factor": {self.factor}}

    @classmethod
    def from_config(cls, config):
        return cls(**{**config, "factor": next(iter(config["factor"]))})


@planted
class ObjectInConfig(Times):
    """Hands out an object of its own."""

    class Settings:
        """No `get_config`."""

    def __init__(self, settings=None, **kwargs):
        super().__init__(**kwargs)
        self.settings = settings or self.Settings()

    def get_config(self):
        return {**super().get_config(), "settings": self.settings}


@planted
class ComplexAfterBuild(Times):
    """What `build` found out is no JSON."""

    def build(self, input_shape):
        self.phase = complex(input_shape[-1], 1)
        self.built = True

    def get_config(self):
        config = super().get_config()
        return {**config, "phase": self.phase} if self.built else config


@planted
class ForgetsFactor(Times):
    """The factor is not in the config."""

    def get_config(self):
        config = super().get_config()
        del config["factor"]
        return config


@planted
class RenamesFactor(Times):
    """The config knows the factor by another name."""

    def get_config(self):
        config = super().get_config()
        return {**config, "scale": config.pop("factor")}


@planted
class ForgetsItsBase(keras.layers.Layer):
    """The config lacks name, dtype and the rest."""

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


@planted
class Drifts(Times):
    """Each trip doubles the factor."""

    def __init__(self, factor=2.0, **kwargs):
        super().__init__(2 * factor, **kwargs)


@planted
class ForgetsRate(Times):
    """Drops at half the rate when it comes back, which only training shows."""

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


@planted
class NeedsATuple(Times):
    """Takes a tuple for another thing than a list, and gets a list back from the file."""

    def __init__(self, factors=(2.0, 3.0), **kwargs):
        super().__init__(**kwargs)
        self.factors = factors

    def call(self, inputs):
        return inputs * (self.factors[1] if isinstance(self.factors, tuple) else self.factors[0])

    def get_config(self):
        return {**super().get_config(), "factors": self.factors}


@planted
class ForgetsOption(Times):
    """An argument whose default hides that it is lost."""

    def __init__(self, factor=2.0, offset=0.0, **kwargs):
        super().__init__(factor, **kwargs)
        self.offset = offset

    def call(self, inputs):
        return inputs * self.factor + self.offset


@planted
class WritesByHand(ForgetsOption):
    """The config has the default, written by hand."""

    def get_config(self):
        return {**super().get_config(), "offset": 0.0}


@planted
class PicksInFromConfig(ForgetsOption):
    """`from_config` takes the default for what it was given."""

    def get_config(self):
        return {**super().get_config(), "offset": self.offset}

    @classmethod
    def from_config(cls, config):
        return cls(**{**config, "offset": 0.0})


@planted
class ForgetsOptionOfItsOwn(ForgetsOption):
    """The same, with a `from_config` that hands on what it is given."""

    @classmethod
    def from_config(cls, config):
        return cls(**config)


@planted
class PopsConfig(Times):
    """Takes its own part out of the dict of the caller."""

    @classmethod
    def from_config(cls, config):
        factor = config.pop("factor")
        return cls(factor, **config)


@planted
class EmptiesItsList(Times):
    """The constructor changes a list in the dict of the caller."""

    def __init__(self, factors=(3.0, 1.0), **kwargs):
        super().__init__(**kwargs)
        self.factors = tuple(factors)
        if isinstance(factors, list):
            factors.clear()

    def get_config(self):
        return {**super().get_config(), "factors": self.factors}


@planted
class SharesItsList(Times):
    """The config is the list that the layer works with."""

    def __init__(self, factors=(3.0, 1.0), **kwargs):
        super().__init__(**kwargs)
        self.factors = list(factors)

    def call(self, inputs):
        return inputs * float(np.prod(self.factors))

    def get_config(self):
        return {**super().get_config(), "factors": self.factors}


@planted
class SharesItsDict(Times):
    """The config is kept and handed out again."""

    def __init__(self, factor=2.0, options=None, **kwargs):
        super().__init__(factor, **kwargs)
        self.options = dict(options or {"power": {"at": 1}})

    def get_config(self):
        return {**super().get_config(), "options": {"power": self.options["power"]}}


@planted
class SwitchesOff(Times):
    """Sets its rate to 0 at inference, for ever."""

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
    """Inherits, but registration is not inherited."""


@keras.saving.register_keras_serializable()
class InDefaultPackage(Times):
    """Registered as `Custom>InDefaultPackage`."""


@keras.saving.register_keras_serializable(package="plants", name="Twin")
class Overwritten(Times):
    """Loses its name to the next class."""


@keras.saving.register_keras_serializable(package="plants", name="Twin")
class Overwriting(Times):
    """Good itself."""


LOAD = ("config_roundtrip", "save_load", "save_load_subclassed", "clone_model")
PLANTED_BUGS = [
    PlantedBug("config_json", SetInConfig),
    PlantedBug("config_json", ObjectInConfig),
    PlantedBug("config_json", ComplexAfterBuild),
    PlantedBug("config_roundtrip", lambda: ForgetsFactor(3.0), also_fails=("config_complete",)),
    PlantedBug("config_roundtrip", RenamesFactor, also_fails=("from_config_pure",)),
    PlantedBug("config_roundtrip", ForgetsItsBase),
    PlantedBug("config_roundtrip", Drifts, also_fails=("config_complete",)),
    PlantedBug("config_roundtrip", lambda: ForgetsRate(0.6), also_fails=("config_complete",)),
    PlantedBug("config_roundtrip", NeedsATuple),
    PlantedBug("config_complete", ForgetsOption),
    PlantedBug("config_complete", ForgetsOptionOfItsOwn),
    PlantedBug("config_complete", WritesByHand),
    PlantedBug("config_complete", PicksInFromConfig),
    PlantedBug("from_config_pure", PopsConfig),
    PlantedBug("from_config_pure", EmptiesItsList),
    PlantedBug("get_config_fresh", SharesItsList),
    PlantedBug("get_config_fresh", SharesItsDict),
    PlantedBug(
        "get_config_fresh", SwitchesOff, also_fails=("config_roundtrip", "seed_not_consumed")
    ),
    PlantedBug("registered_name", Unregistered, also_fails=LOAD),
    PlantedBug("registered_name", InDefaultPackage),
    PlantedBug("registered_name", Overwritten, also_fails=LOAD),
]
