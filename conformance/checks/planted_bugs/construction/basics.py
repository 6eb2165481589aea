"""Broken layers for `construction`: what their constructors do to themselves and to the world."""

import keras
import numpy as np
from keras import ops

from conformance.checks.planted_bugs import PlantedBug
from keras_seqext.testing import ErrorSample


def planted(cls):
    """Registered, so that nothing but the planted bug is found."""
    return keras.saving.register_keras_serializable(package="plants")(cls)


@planted
class Times(keras.layers.Layer):
    """A good layer: inputs times a number."""

    def __init__(self, factor=2.0, **kwargs):
        super().__init__(**kwargs)
        self.factor = factor

    def build(self, input_shape):
        self.built = True

    def call(self, inputs):
        return inputs * self.factor

    def compute_output_shape(self, input_shape):
        return input_shape

    def get_config(self):
        return {**super().get_config(), "factor": self.factor}


@planted
class SharedDefault(Times):
    """Appends to a default that all instances share."""

    def __init__(self, factor=2.0, seen=[], **kwargs):  # noqa: B006 - the planted bug
        super().__init__(factor, **kwargs)
        seen.append(factor)
        self.seen = seen

    def get_config(self):
        return {**super().get_config(), "seen": list(self.seen)}


SIZES = [3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20]


@planted
class TakesFromItsArgument(Times):
    """Shortens the list that it is given."""

    def __init__(self, sizes, **kwargs):
        super().__init__(**kwargs)
        self.last = sizes.pop()
        self.sizes = tuple(sizes)

    def get_config(self):
        config = super().get_config()
        del config["factor"]
        return {**config, "sizes": [*self.sizes, self.last]}


@planted
class CountsInstances(Times):
    """Keeps a list of all instances on the class and in the config."""

    names: list = []

    def __init__(self, names=None, **kwargs):
        super().__init__(**kwargs)
        type(self).names.append(self.name)

    def get_config(self):
        return {**super().get_config(), "names": list(type(self).names)}


@planted
class NotANumber(Times):
    """Divides by a sum that is zero."""

    def call(self, inputs):
        return inputs / ops.sum(inputs * 0.0)


@planted
class NeedsMore(Times):
    """Has an argument that nobody gives it."""

    def call(self, inputs, other):
        return inputs + other


@planted
class WeightInInit(Times):
    """Makes its weight before it knows any shape."""

    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self.offset = self.add_weight(shape=(1,), initializer="ones", name="offset")

    def call(self, inputs):
        return inputs + self.offset


@planted
class TensorInInit(Times):
    """Makes a tensor before it knows where it will run."""

    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self.table = ops.ones((1,))

    def call(self, inputs):
        return inputs + ops.cast(self.table, inputs.dtype)


@planted
class SeedsNumPy(Times):
    """Sets the seed of everybody else."""

    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        np.random.seed(0)


@planted
class DrawsFromNumPy(Times):
    """Draws from the generator of everybody else."""

    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self.noise = float(np.random.normal())


@planted
class SetsEverySeed(Times):
    """Makes its own results reproducible at the cost of all others."""

    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        keras.utils.set_random_seed(7)


@planted
class SwallowsArguments(Times):
    """Ignores what it does not know, and passes on what it does."""

    def __init__(self, factor=2.0, **kwargs):
        known = ("name", "dtype", "trainable", "activity_regularizer")
        super().__init__(factor, **{key: kwargs[key] for key in known if key in kwargs})


@planted
class SwallowsInFromConfig(Times):
    """The same, with a `from_config` of its own."""

    def __init__(self, factor=2.0, name=None, dtype=None, trainable=True, **kwargs):
        super().__init__(factor, name=name, dtype=dtype, trainable=trainable)

    @classmethod
    def from_config(cls, config):
        return cls(**config)


@planted
class AnyUnits(Times):
    """Takes a negative number of units and makes nothing of it."""

    def __init__(self, units=3, **kwargs):
        super().__init__(**kwargs)
        self.units = units

    def call(self, inputs):
        return inputs[..., : self.units]

    def compute_output_shape(self, input_shape):
        return (*input_shape[:-1], self.units)

    def get_config(self):
        return {**super().get_config(), "units": self.units}


@planted
class SilentAboutRate(Times):
    """Should refuse a rate above 1, as its case says."""

    def __init__(self, rate=0.5, **kwargs):
        super().__init__(**kwargs)
        self.rate = rate

    def get_config(self):
        return {**super().get_config(), "rate": self.rate}


@planted
class VagueAboutRate(SilentAboutRate):
    """Refuses it without a word that helps."""

    def __init__(self, rate=0.5, **kwargs):
        if rate > 1:
            raise ValueError("no")
        super().__init__(rate, **kwargs)


@planted
class LongRepr(Times):
    """Prints a page."""

    def __repr__(self):
        return "LongRepr " + "0.123 " * 2_000


@planted
class ReprNeedsCall(Times):
    """Cannot be printed before it is called."""

    def call(self, inputs):
        self.last_rank = len(inputs.shape)
        return inputs * self.factor

    def __repr__(self):
        return f"<ReprNeedsCall rank={self.last_rank}>"


@planted
class NoDocstring(Times):
    pass


NoDocstring.__doc__ = None


@planted
class MissesAnArgument(Times):
    """Inputs times a number.

    Args:
        power: Taken before the product.
    """

    def __init__(self, factor=2.0, power=1, **kwargs):
        super().__init__(factor, **kwargs)
        self.power = power

    def get_config(self):
        return {**super().get_config(), "power": self.power}


def rate_of(kind):
    return ErrorSample("rate=2", lambda: kind(2.0), match="rate")


CONFIG = ("config_roundtrip", "config_complete", "get_config_fresh", "from_config_pure")
PLANTED_BUGS = [
    PlantedBug("construct", SharedDefault, also_fails=CONFIG),
    PlantedBug("construct", lambda: TakesFromItsArgument(SIZES), also_fails=CONFIG),
    PlantedBug("construct", CountsInstances, also_fails=CONFIG),
    PlantedBug("call_finite", NotANumber),
    PlantedBug("call_finite", NeedsMore),
    PlantedBug("init_no_state", WeightInInit),
    PlantedBug("init_no_state", TensorInInit, also_fails=("no_tensor_attributes",)),
    PlantedBug("init_no_state", SeedsNumPy, also_fails=("no_global_state",)),
    PlantedBug("init_no_state", DrawsFromNumPy, also_fails=("no_global_state",)),
    PlantedBug("init_no_state", SetsEverySeed, also_fails=("no_global_state",)),
    PlantedBug("unknown_kwarg", SwallowsArguments),
    PlantedBug("unknown_kwarg", SwallowsInFromConfig),
    PlantedBug("bad_argument", AnyUnits),
    PlantedBug("bad_argument", SilentAboutRate, options={"errors": [rate_of(SilentAboutRate)]}),
    PlantedBug("bad_argument", VagueAboutRate, options={"errors": [rate_of(VagueAboutRate)]}),
    PlantedBug("repr_str", LongRepr),
    PlantedBug("repr_str", ReprNeedsCall),
    PlantedBug("docstring", NoDocstring),
    PlantedBug("docstring", MissesAnArgument),
]
