"""Planted bugs for the checks of constructors."""

import keras
import numpy as np
from keras import ops

from conformance.checks.planted_bugs import PlantedBug
from keras_seqext.testing import ErrorSample


def registered(cls):
    """Register the class, so that only the planted bug is detected."""
    return keras.saving.register_keras_serializable(package="planted_bugs")(cls)


@registered
class Times(keras.layers.Layer):
    """A correct layer that multiplies its input by a number."""

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


@registered
class SharedDefault(Times):
    """Appends to a default value that all instances share."""

    def __init__(self, factor=2.0, seen=[], **kwargs):  # noqa: B006 - the planted bug
        super().__init__(factor, **kwargs)
        seen.append(factor)
        self.seen = seen

    def get_config(self):
        return {**super().get_config(), "seen": list(self.seen)}


SIZES = [3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20]


@registered
class PopsFromArgument(Times):
    """Removes an entry from the list in its arguments."""

    def __init__(self, sizes, **kwargs):
        super().__init__(**kwargs)
        self.last = sizes.pop()
        self.sizes = tuple(sizes)

    def get_config(self):
        config = super().get_config()
        del config["factor"]
        return {**config, "sizes": [*self.sizes, self.last]}


@registered
class ListsInstances(Times):
    """Stores a list of all instances in the class and in the config."""

    names: list = []

    def __init__(self, names=None, **kwargs):
        super().__init__(**kwargs)
        type(self).names.append(self.name)

    def get_config(self):
        return {**super().get_config(), "names": list(type(self).names)}


@registered
class NotANumber(Times):
    """Divides by a sum that is zero."""

    def call(self, inputs):
        return inputs / ops.sum(inputs * 0.0)


@registered
class NeedsMore(Times):
    """Has a second argument of `call` without a default."""

    def call(self, inputs, other):
        return inputs + other


@registered
class WeightInInit(Times):
    """Creates its weight in the constructor."""

    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self.offset = self.add_weight(shape=(1,), initializer="ones", name="offset")

    def call(self, inputs):
        return inputs + self.offset


@registered
class TensorInInit(Times):
    """Creates a tensor in the constructor."""

    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self.table = ops.ones((1,))

    def call(self, inputs):
        return inputs + ops.cast(self.table, inputs.dtype)


@registered
class SeedsNumPy(Times):
    """Seeds the global generator of NumPy."""

    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        np.random.seed(0)


@registered
class DrawsFromNumPy(Times):
    """Draws from the global generator of NumPy."""

    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self.noise = float(np.random.normal())


@registered
class SetsEverySeed(Times):
    """Sets all global seeds in the constructor."""

    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        keras.utils.set_random_seed(7)


@registered
class IgnoresUnknownArguments(Times):
    """Ignores unknown arguments and passes the known ones on."""

    def __init__(self, factor=2.0, **kwargs):
        known = ("name", "dtype", "trainable", "activity_regularizer")
        super().__init__(factor, **{key: kwargs[key] for key in known if key in kwargs})


@registered
class IgnoresInFromConfig(Times):
    """Ignores unknown arguments, with a custom `from_config`."""

    def __init__(self, factor=2.0, name=None, dtype=None, trainable=True, **kwargs):
        super().__init__(factor, name=name, dtype=dtype, trainable=trainable)

    @classmethod
    def from_config(cls, config):
        return cls(**config)


@registered
class AnyUnits(Times):
    """Accepts a negative number of units."""

    def __init__(self, units=3, **kwargs):
        super().__init__(**kwargs)
        self.units = units

    def call(self, inputs):
        return inputs[..., : self.units]

    def compute_output_shape(self, input_shape):
        return (*input_shape[:-1], self.units)

    def get_config(self):
        return {**super().get_config(), "units": self.units}


@registered
class AcceptsAnyRate(Times):
    """Accepts a rate above 1, which its case lists as an error."""

    def __init__(self, rate=0.5, **kwargs):
        super().__init__(**kwargs)
        self.rate = rate

    def get_config(self):
        return {**super().get_config(), "rate": self.rate}


@registered
class UnclearError(AcceptsAnyRate):
    """Rejects a rate above 1 with an error message that does not name it."""

    def __init__(self, rate=0.5, **kwargs):
        if rate > 1:
            raise ValueError("no")
        super().__init__(rate, **kwargs)


@registered
class LongRepr(Times):
    """Has a `repr` of several pages."""

    def __repr__(self):
        return "LongRepr " + "0.123 " * 2_000


@registered
class ReprNeedsCall(Times):
    """Has a `repr` that fails before the first call."""

    def call(self, inputs):
        self.last_rank = len(inputs.shape)
        return inputs * self.factor

    def __repr__(self):
        return f"<ReprNeedsCall rank={self.last_rank}>"


@registered
class NoDocstring(Times):
    pass


NoDocstring.__doc__ = None


@registered
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
    PlantedBug("construct", lambda: PopsFromArgument(SIZES), also_fails=CONFIG),
    PlantedBug("construct", ListsInstances, also_fails=CONFIG),
    PlantedBug("call_finite", NotANumber),
    PlantedBug("call_finite", NeedsMore),
    PlantedBug("init_no_state", WeightInInit),
    PlantedBug("init_no_state", TensorInInit, also_fails=("no_tensor_attributes",)),
    PlantedBug("init_no_state", SeedsNumPy, also_fails=("no_global_state",)),
    PlantedBug("init_no_state", DrawsFromNumPy, also_fails=("no_global_state",)),
    PlantedBug("init_no_state", SetsEverySeed, also_fails=("no_global_state",)),
    PlantedBug("unknown_kwarg", IgnoresUnknownArguments),
    PlantedBug("unknown_kwarg", IgnoresInFromConfig),
    PlantedBug("bad_argument", AnyUnits),
    PlantedBug("bad_argument", AcceptsAnyRate, options={"errors": [rate_of(AcceptsAnyRate)]}),
    PlantedBug("bad_argument", UnclearError, options={"errors": [rate_of(UnclearError)]}),
    PlantedBug("repr_str", LongRepr),
    PlantedBug("repr_str", ReprNeedsCall),
    PlantedBug("docstring", NoDocstring),
    PlantedBug("docstring", MissesAnArgument),
]
