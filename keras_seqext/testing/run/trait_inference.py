"""Inference of the traits of a layer that are not declared."""

from dataclasses import replace
from typing import Any

import numpy as np

from keras_seqext.testing.contexts.layer import Context
from keras_seqext.testing.core.case import LayerCase, Sample, Traits
from keras_seqext.testing.core.tensors import accepts
from keras_seqext.testing.helpers.hidden_state import takes_training
from keras_seqext.testing.helpers.states import reset

from .documented_traits import documented_traits


def infer_traits(case: LayerCase, sample: Sample, seed: int) -> Traits:
    """Return the traits of the case with every `None` replaced by an inferred value.

    Only capabilities are inferred; see `Traits`. A trait that would excuse a failure is taken
    from the documentation of built-in Keras layers, never from calls.
    """
    traits = case.traits
    layer: Any = None
    try:
        layer = case.new()
    except Exception:
        return _unknown_as_false(traits)
    for name, value in documented_traits(layer).items():
        if getattr(traits, name) == getattr(Traits(), name):
            traits = replace(traits, **{name: value})
    if traits.takes_mask is None:
        traits = replace(traits, takes_mask=accepts(layer, "mask"))
    first = sample.make(seed)[0]
    plain = isinstance(first, np.ndarray)
    if traits.has_time is None:
        # Two axes of floats are (batch, features); of integers or strings, (batch, steps).
        least = 3 if plain and first.dtype.kind == "f" else 2
        traits = replace(traits, has_time=plain and first.ndim >= least)
    if traits.stateful is None:
        traits = replace(traits, stateful=bool(getattr(layer, "stateful", False)))
    context = Context(case, sample, traits, seed)
    outputs = _outputs(context)
    if traits.keeps_time is None:
        axis = traits.time_axis
        keeps_time = bool(
            plain
            and traits.has_time
            and outputs
            and outputs[0].ndim > axis
            and first.ndim > axis
            and outputs[0].shape[: axis + 1] == first.shape[: axis + 1]
        )
        traits = replace(traits, keeps_time=keeps_time)
    if traits.random_training is None:
        traits = replace(traits, random_training=_random_in_training(context))
    return traits


def _outputs(context: Context) -> list[Any]:
    try:
        return context.run(context.make(), *context.inputs())  # type: ignore[no-any-return]
    except Exception:  # reported by the core checks
        return []


def _random_in_training(context: Context) -> bool:
    try:
        layer = context.built()
        if not takes_training(layer):
            return False
        reset(layer)
        first = context.run(layer, *context.inputs(), training=True)
        reset(layer)
        second = context.run(layer, *context.inputs(), training=True)
    except Exception:
        return False
    return any(not np.array_equal(a, b, equal_nan=True) for a, b in zip(first, second, strict=True))


def _unknown_as_false(traits: Traits) -> Traits:
    return replace(
        traits,
        takes_mask=bool(traits.takes_mask),
        keeps_time=bool(traits.keeps_time),
        has_time=bool(traits.has_time),
        random_training=bool(traits.random_training),
        stateful=bool(traits.stateful),
    )
