"""What a check is given: layers, inputs and ways to run them, always fresh."""

import copy
from collections.abc import Callable
from typing import Any

import numpy as np

from keras_seqext.testing import backends
from keras_seqext.testing.core.case import LayerCase, Sample, Traits
from keras_seqext.testing.core.failure import NotApplicable, require_close, require_finite
from keras_seqext.testing.core.tensors import accepts, flat_outputs, to_tensors

NOISE = 0.2  # zero biases and unit gammas hide bugs


class Context:
    """One case, one sample, one seed.

    Args:
        case: What is under test.
        sample: What it is fed.
        traits: Its traits, with those found out by trying filled in.
        seed: Of inputs and weights.
        check_name: The running check, for tolerances.
        cache: What the checks of one case share; see `cached`.

    Attributes:
        shape: Shape of the first input, or of the first of a list.
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
        """A generator in the same state each time it is asked for."""
        return np.random.default_rng(self.seed + 1_000)

    @property
    def backend(self) -> str:
        """Name of the running backend."""
        import keras

        return str(keras.backend.backend())

    @property
    def shape(self) -> tuple[int, ...]:
        """Shape of the first input."""
        first = self.inputs()[0]
        return tuple((first[0] if isinstance(first, (list, tuple)) else first).shape)

    def tolerance(self, standard: float) -> float:
        """The case's tolerance for this check, or the standard one."""
        return self.case.tolerances.get(self.check_name, standard)

    def cached(self, key: str, make: Callable[[], Any]) -> Any:
        """`make()` the first time a check of this case asks for `key`, then the same object.

        For what is costly and only read, such as outputs: a recurrent layer is compiled anew by
        each call on JAX.
        """
        if key not in self.cache:
            self.cache[key] = make()
        return self.cache[key]

    # --- making -----------------------------------------------------------------------------

    def make(self, **changes: Any) -> Any:
        """A new, unbuilt layer; `changes` replace entries of its config, as `dtype="float64"`."""
        layer = self.case.new()
        if not changes:
            return layer
        return type(layer).from_config({**layer.get_config(), **changes})

    def inputs(self) -> tuple[Any, ...]:
        """Fresh NumPy arguments of the call."""
        return self.sample.make(self.seed)

    def single_input(self) -> Any:
        """The one array that the layer takes; not applicable if it takes more."""
        arguments = self.inputs()
        if len(arguments) != 1 or isinstance(arguments[0], (list, tuple)):
            raise NotApplicable("the layer takes more than one input")
        return arguments[0]

    def sequence_input(self) -> Any:
        """A float array `(batch, steps, ...)`; not applicable if the layer takes none."""
        x = self.single_input()
        if x.ndim < 2 or self.traits.has_time is False or self.traits.time_axis != 1:
            raise NotApplicable("the input has no time axis at axis 1")
        return x

    def built(self, arguments: tuple[Any, ...] | None = None, **changes: Any) -> Any:
        """A new layer, built by a call, with random weights that depend on the seed alone."""
        import keras

        keras.utils.set_random_seed(self.seed)
        layer = self.make(**changes)
        self.run(layer, *(self.inputs() if arguments is None else arguments))
        self.randomise(layer)
        return layer

    def randomise(self, layer: Any) -> None:
        """Moves every float weight by N(0, 0.2), the same for the same shapes and seed."""
        rng = np.random.default_rng(self.seed + 7)
        for weight in layer.weights:
            if "float" not in str(weight.dtype):
                continue
            value = np.asarray(flat_outputs(weight.value)[0], np.float64)
            noise = NOISE * rng.normal(size=value.shape)
            positive = "variance" in weight.path or "count" in weight.path
            weight.assign((value * np.exp(noise)) if positive else value + noise)

    def copy_of(self, layer: Any, arguments: tuple[Any, ...] | None = None, **changes: Any) -> Any:
        """Another new layer, built by a call, with the weights of `layer`."""
        other = self.built(arguments, **changes)
        other.set_weights(layer.get_weights())
        return other

    # --- running ----------------------------------------------------------------------------

    def call(self, layer: Any, *arguments: Any, mask: Any = None, training: Any = False) -> Any:
        """Calls the layer on tensors; returns what it returns."""
        kwargs = dict(self.sample.call_kwargs)
        if mask is not None:
            kwargs["mask"] = to_tensors((mask,))[0]
        if training is not None and accepts(layer, "training"):
            kwargs["training"] = training
        return layer(*to_tensors(arguments), **kwargs)

    def run(self, layer: Any, *arguments: Any, mask: Any = None, training: Any = False) -> Any:
        """Calls the layer on NumPy arrays; returns a list of NumPy arrays."""
        return flat_outputs(self.call(layer, *arguments, mask=mask, training=training))

    def output(self, layer: Any, *arguments: Any, mask: Any = None, training: Any = False) -> Any:
        """The first output as a NumPy array."""
        return self.run(layer, *arguments, mask=mask, training=training)[0]

    def cotangents(self, outputs: list[Any]) -> list[Any]:
        """Random arrays like the float outputs: a sum would hide errors (softmax)."""
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
        """Loss, gradients by the float inputs and by `layer.trainable_variables`.

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

        module = backends.current()
        return module.gradients(  # type: ignore[no-any-return]
            loss, [flat[i] for i in places], list(layer.trainable_variables)
        )

    # --- masks ------------------------------------------------------------------------------

    def lengths(self) -> Any:
        """A length for each row: the full one, then shorter ones, none empty."""
        batch, steps = self.shape[0], self.shape[1]
        wanted = [steps, max(steps - 2, 1), min(3, steps), 1]
        wanted = [max(length, self.traits.min_length) for length in wanted]
        return np.array([wanted[i % 4] for i in range(batch)])

    def masks(self) -> dict[str, Any]:
        """Three masks `(batch, steps)`: padded right, padded left, with holes; none empty."""
        steps, lengths = self.shape[1], self.lengths()
        right = np.arange(steps) < lengths[:, None]
        holes = self.rng.random((len(lengths), steps)) < 0.6
        holes[:, 0] = True
        return {"right": right, "left": right[:, ::-1].copy(), "holes": holes}

    # --- judging ----------------------------------------------------------------------------

    def close(self, actual: Any, expected: Any, tolerance: float, what: str) -> None:
        """Fails unless equal within the tolerance; see `require_close`."""
        if isinstance(actual, list):
            if len(actual) != len(expected):
                from keras_seqext.testing.core.failure import CheckFailure

                raise CheckFailure(f"{what}: {len(actual)} and {len(expected)} outputs")
            for left, right in zip(actual, expected, strict=True):
                self.close(left, right, tolerance, what)
            return
        require_close(actual, expected, self.tolerance(tolerance), what)

    def finite(self, values: Any, what: str) -> None:
        """Fails if something in the arrays is NaN or infinite."""
        for value in values if isinstance(values, list) else [values]:
            if value is not None:
                require_finite(value, what)

    def not_applicable(self, reason: str) -> NotApplicable:
        """An exception to raise: the check has nothing to say here."""
        return NotApplicable(reason)

    def with_sample(self, sample: Sample) -> "Context":
        """The same case on another sample."""
        other = copy.copy(self)
        other.sample, other.cache = sample, {}
        return other
