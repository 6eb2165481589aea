"""Functions that create cases of Keras' layers."""

from typing import Any

import keras

from keras_seqext.testing import LayerCase, Sample, Traits

STEPS = Sample(shape=(4, 7, 6))
PAIR = Sample(shape=[(4, 7, 6), (4, 7, 6)])
IDS = Sample(shape=(4, 7), dtype="int32")


def case(
    name: str,
    options: dict[str, Any] | None = None,
    suffix: str = "",
    sample: Sample = STEPS,
    **traits: Any,
) -> LayerCase:
    """Return a case of `keras.layers.<name>(**options)` with the name `<name>-<suffix>`."""
    return LayerCase(
        lambda: getattr(keras.layers, name)(**(options or {})),
        name=f"{name}-{suffix}" if suffix else name,
        samples=[sample],
        traits=Traits(**traits),
    )


def made(name: str, make: Any, sample: Sample = STEPS, **traits: Any) -> LayerCase:
    """Return a case of a layer that contains other layers, created by the function `make`.

    The inner layers cannot be shared between the instances that the checks create.
    """
    return LayerCase(make, name=name, samples=[sample], traits=Traits(**traits))
