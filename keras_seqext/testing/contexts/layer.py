"""Context of a layer check: new layers and inputs, and functions to run and compare them."""

import copy
from collections.abc import Callable
from typing import Any

import numpy as np

from keras_seqext.testing import backends
from keras_seqext.testing.core.case import LayerCase, Sample, Traits
from keras_seqext.testing.core.failure import (
    CheckFailure,
    NotApplicable,
    require_close,
    require_finite,
)
from keras_seqext.testing.core.tensors import flat_outputs, is_nested, to_tensors

from .weight_noise import add_noise


class Context:
    """One case, one sample, one seed.

    Args:
        case: Layer under test.
        sample: Inputs of the layer.
        traits: Traits of the layer, including inferred ones.
        seed: Seed of inputs and weights.
        check_name: Name of the running check, for tolerances.
        cache: Objects that the checks of one case share; see `cached`.
    """

    def __init__(
        self,
        case: LayerCase,
        sample: Sample,
        traits: Traits,
        seed: int,
        check_name: str = "",
        cache: dict[str, Any] | None = None,
    ) -> None:
        self.case, self.sample, self.traits, self.seed = case, sample, traits, seed
        self.check_name = check_name
        self.cache: dict[str, Any] = {} if cache is None else cache

    @property
    def rng(self) -> np.random.Generator:
        """New random generator, always in the same state."""
        return np.random.default_rng(self.seed + 1_000)

    @property
    def backend(self) -> str:
        """Name of the running backend."""
        import keras

        return str(keras.backend.backend())

    @property
    def shape(self) -> tuple[int, ...]:
        """Shape of the first input, or of its first array if it is a list or a dict."""
        import keras

        return tuple(keras.tree.flatten(self.inputs()[0])[0].shape)

    def tolerance(self, standard: float) -> float:
        """Return the tolerance of the case for this check, or `standard`."""
        return self.case.tolerances.get(self.check_name, standard)

    def cached(self, key: str, make: Callable[[], Any]) -> Any:
        """Return `make()` for a new `key`, and the same object for later calls with that key.

        For costly objects that are only read, such as outputs: JAX compiles a recurrent layer in
        every eager call.
        """
        if key not in self.cache:
            self.cache[key] = make()
        return self.cache[key]

    # --- making -----------------------------------------------------------------------------

    def make(self, **changes: Any) -> Any:
        """Return a new, unbuilt layer; `changes` replace config entries, e.g. `dtype="float64"`."""
        layer = self.case.new()
        if not changes:
            return layer
        return type(layer).from_config({**layer.get_config(), **changes})

    def inputs(self) -> tuple[Any, ...]:
        """Return new NumPy arguments of the call."""
        return self.sample.make(self.seed)

    def single_input(self) -> Any:
        """Return the only input array; the check is not applicable if there are more."""
        arguments = self.inputs()
        if len(arguments) != 1 or is_nested(arguments[0]):
            raise NotApplicable("the layer takes more than one input")
        return arguments[0]

    def sequence_input(self) -> Any:
        """Return the input `(batch, steps, ...)`; not applicable if the time axis is not axis 1."""
        x = self.single_input()
        if x.ndim < 2 or self.traits.has_time is False or self.traits.time_axis != 1:
            raise NotApplicable("the input has no time axis at axis 1")
        return x

    def built(self, arguments: tuple[Any, ...] | None = None, **changes: Any) -> Any:
        """Return a new layer, built by a call, with random weights that depend only on the seed."""
        import keras

        keras.utils.set_random_seed(self.seed)
        layer = self.make(**changes)
        self.run(layer, *(self.inputs() if arguments is None else arguments))
        self.randomise(layer)
        return layer

    def randomise(self, layer: Any) -> None:
        """Add noise to every float weight, the same for the same shapes and seed."""
        add_noise(layer.weights, self.seed)

    def copy_of(self, layer: Any, arguments: tuple[Any, ...] | None = None, **changes: Any) -> Any:
        """Return another new layer, built by a call, with the weights of `layer`."""
        other = self.built(arguments, **changes)
        other.set_weights(layer.get_weights())
        return other

    # --- running ----------------------------------------------------------------------------

    def call(self, layer: Any, *arguments: Any, mask: Any = None, training: Any = False) -> Any:
        """Call the layer on tensors and return its result.

        Keras passes `training` on to the sublayers even if `call` has no such argument.
        """
        kwargs = dict(self.sample.call_kwargs)
        if mask is not None:
            kwargs["mask"] = to_tensors((mask,))[0]
        if training is not None:
            kwargs["training"] = training
        return layer(*to_tensors(arguments), **kwargs)

    def run(self, layer: Any, *arguments: Any, mask: Any = None, training: Any = False) -> Any:
        """Call the layer on NumPy arrays and return a list of NumPy arrays."""
        return flat_outputs(self.call(layer, *arguments, mask=mask, training=training))

    def output(self, layer: Any, *arguments: Any, mask: Any = None, training: Any = False) -> Any:
        """Call the layer and return its first output as a NumPy array."""
        return self.run(layer, *arguments, mask=mask, training=training)[0]

    def cotangents(self, outputs: list[Any]) -> list[Any]:
        """Return random arrays like the outputs: a plain sum hides errors, as with a softmax."""
        rng = np.random.default_rng(self.seed + 13)
        return [rng.normal(size=o.shape).astype("float32") for o in outputs]

    def gradients(
        self,
        layer: Any,
        *arguments: Any,
        mask: Any = None,
        training: Any = False,
        cotangents: list[Any] | None = None,
    ) -> tuple[float, list[Any], list[Any]]:
        """Return the loss and its gradients by float inputs and `layer.trainable_variables`.

        The loss is the sum of the float outputs times `cotangents`.
        """
        import keras

        if cotangents is None:
            cotangents = self.cotangents(self.run(layer, *arguments, mask=mask, training=training))
        flat = keras.tree.flatten(list(arguments))
        places = [i for i, v in enumerate(flat) if np.asarray(v).dtype.kind == "f"]

        def loss(*values: Any) -> Any:
            parts = list(flat)
            for place, value in zip(places, values, strict=True):
                parts[place] = value
            packed = keras.tree.pack_sequence_as(list(arguments), parts)
            outputs = self.call(layer, *packed, mask=mask, training=training)
            total: Any = 0.0
            for output, weight in zip(keras.tree.flatten(outputs), cotangents, strict=False):
                if "float" in str(keras.backend.standardize_dtype(output.dtype)):
                    weight = keras.ops.cast(weight, output.dtype)
                    total = total + keras.ops.sum(output * weight)
            return total

        return backends.current().gradients(
            loss, [flat[i] for i in places], list(layer.trainable_variables)
        )

    # --- masks ------------------------------------------------------------------------------

    def lengths(self) -> Any:
        """Return a length for each row: the full length, then shorter ones, none empty."""
        batch, steps = self.shape[0], self.shape[1]
        cycle = [steps, max(steps - 2, 1), min(3, steps), 1]
        cycle = [max(length, self.traits.min_length) for length in cycle]
        return np.array([cycle[i % 4] for i in range(batch)])

    def masks(self) -> dict[str, Any]:
        """Return masks `(batch, steps)`: padded right, padded left, with holes; no row is empty."""
        steps, lengths = self.shape[1], self.lengths()
        right = np.arange(steps) < lengths[:, None]
        holes = self.rng.random((len(lengths), steps)) < 0.6
        holes[:, 0] = True
        return {"right": right, "left": right[:, ::-1].copy(), "holes": holes}

    # --- comparing ----------------------------------------------------------------------------

    def close(self, actual: Any, expected: Any, tolerance: float, what: str) -> None:
        """Fail unless the arrays are equal within the tolerance; see `require_close`."""
        if isinstance(actual, list):
            if len(actual) != len(expected):
                raise CheckFailure(f"{what}: {len(actual)} and {len(expected)} outputs")
            for left, right in zip(actual, expected, strict=True):
                self.close(left, right, tolerance, what)
            return
        require_close(actual, expected, self.tolerance(tolerance), what)

    def finite(self, values: Any, what: str) -> None:
        """Fail if a value is NaN or infinite."""
        for value in values if isinstance(values, list) else [values]:
            if value is not None:
                require_finite(value, what)

    def not_applicable(self, reason: str) -> NotApplicable:
        """Return an exception to raise if the check does not apply."""
        return NotApplicable(reason)

    def with_sample(self, sample: Sample) -> "Context":
        """Return the context of the same case on another sample."""
        other = copy.copy(self)
        other.sample, other.cache = sample, {}
        return other
