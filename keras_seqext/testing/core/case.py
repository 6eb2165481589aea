"""Layers under test: how to make the layer, its inputs and its declared traits."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from typing import Any

import numpy as np

from keras_seqext._common.formatting import changed_fields
from keras_seqext._common.validation import (
    checked_flag,
    checked_integer,
    checked_number,
    format_value,
    wrong_type,
    wrong_value,
)

from .maker import copy_unbuilt, name_of, require_maker
from .usage_error import UsageError

Shape = tuple[int, ...]


@dataclass(frozen=True)
class Sample:
    """One set of inputs, the same on every backend.

    Args:
        name: Name of the sample in messages.
        shape: Shape `(batch, ...)` of the input; a list or a dict of shapes for a layer that takes
            a list or a dict.
        dtype: Dtype of the input. Floats are drawn from N(0, 1), integers from `[0, high)`;
            `"bool"` and `"string"` are also supported.
        high: Upper bound of integer inputs (exclusive).
        arguments: Shapes of further positional arguments, such as `value` of an attention layer.
        values: Input values instead of a shape: a tuple with one array, or a list or a dict of
            arrays, per positional argument.
        call_kwargs: Keyword arguments of every call.
    """

    name: str = "input"
    shape: Any = None
    dtype: str = "float32"
    high: int = 5
    arguments: tuple[Shape, ...] = ()
    values: tuple[Any, ...] | None = None
    call_kwargs: Mapping[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if self.values is not None:
            if not isinstance(self.values, (tuple, list)):
                raise wrong_type(
                    "values",
                    self.values,
                    "a tuple with one entry per positional argument",
                    "Pass e.g. (array,).",
                )
            return
        checked_integer("high", self.high, 1)
        shapes = self.shape if isinstance(self.shape, list) else [self.shape]
        if isinstance(self.shape, dict):
            shapes = list(self.shape.values())
        further = isinstance(self.arguments, (list, tuple))
        if (
            not shapes
            or not further
            or not all(_is_shape(shape) for shape in [*shapes, *self.arguments])
        ):
            raise UsageError(
                "a shape (`shape`, `arguments`) must be a tuple of whole numbers, including the "
                "batch, such as (4, 7, 6), or a list or dict of such tuples for a layer that "
                "takes a list or dict. "
                f"Received: shape={format_value(self.shape)}, "
                f"arguments={format_value(self.arguments)}."
            )
        try:
            known = self.dtype == "string" or np.dtype(self.dtype).kind in "biuf"
        except TypeError:
            known = False
        if not known:
            raise UsageError(
                "`dtype` must be 'bool', 'string' or a NumPy dtype of integers or floats. "
                f"Received: dtype={self.dtype!r}. Pass e.g. 'float32'."
            )

    def make(self, seed: int) -> tuple[Any, ...]:
        """Return new NumPy arrays, one per positional argument of the call."""
        if self.values is not None:
            return tuple(_copied(value) for value in self.values)
        rng = np.random.default_rng(seed)
        if isinstance(self.shape, list):
            first: Any = [self._array(tuple(shape), rng) for shape in self.shape]
        elif isinstance(self.shape, dict):
            first = {key: self._array(tuple(s), rng) for key, s in self.shape.items()}
        else:
            first = self._array(tuple(self.shape), rng)
        return (first, *(self._array(tuple(shape), rng) for shape in self.arguments))

    def _array(self, shape: Shape, rng: np.random.Generator) -> Any:
        if self.dtype == "string":
            return np.array([f"w{i}" for i in rng.integers(0, self.high, shape).ravel()]).reshape(
                shape
            )
        if self.dtype == "bool":
            return rng.integers(0, 2, shape).astype(bool)
        if np.issubdtype(np.dtype(self.dtype), np.integer):
            return rng.integers(0, self.high, shape).astype(self.dtype)
        return rng.normal(size=shape).astype(self.dtype)


def _is_shape(shape: Any) -> bool:
    whole = isinstance(shape, (tuple, list)) and all(hasattr(n, "__index__") for n in shape)
    return whole and all(n >= 0 for n in shape)


def _copied(value: Any) -> Any:
    if isinstance(value, (list, tuple)):
        return type(value)(_copied(part) for part in value)
    if isinstance(value, dict):
        return {key: _copied(part) for key, part in value.items()}
    return np.array(value, copy=True)


@dataclass(frozen=True)
class Traits:
    """Properties of a layer that decide which checks apply to it.

    The first five traits are capabilities: `None` means that they are inferred from calls. The
    others change what the checks require. They are never inferred from calls, and a report lists
    the declared ones.

    Args:
        takes_mask: `call` has a `mask` argument.
        keeps_time: The first output has the time axis of the input, at `time_axis`.
        has_time: The input has a time axis, so that its length may change.
        random_training: `call(training=True)` draws random numbers.
        stateful: Calls at inference change non-trainable variables.
        per_example: The rows of a batch do not influence each other at inference. Declare `False`
            to skip the checks that require it.
        shared_noise: All rows of a batch get the same noise in training.
        random_inference: The output is random at inference too.
        fixed_length: The layer accepts only the length that it was built for.
        surrogate_gradient: The gradient is not the derivative, on purpose.
        nondifferentiable: There is no gradient with respect to the inputs.
        sees_padding: A mask does not hide the content of masked steps.
        host_only: The layer runs only outside compiled graphs.
        input_independent: The output does not depend on the values of the input.
        causal: An output step depends on no later input step. Declare it to have it checked.
        position_aware: A row that is moved by padding on the left has another result, on purpose.
        unbiased: The mean of the outputs in training is the output at inference, as with dropout.
            Declare it to have it checked.
        dtype_exempt: Float outputs have a fixed dtype that does not depend on the policy.
        min_length: Smallest number of time steps accepted.
        time_axis: Time axis of the input.
        time_exponent: The cost grows no faster than `steps ** time_exponent`.
        zero_gradients: Parts of the paths of weights that may have no gradient.
        own_dtype: Parts of the paths of weights whose dtype differs from the policy, on purpose.
    """

    takes_mask: bool | None = None
    keeps_time: bool | None = None
    has_time: bool | None = None
    random_training: bool | None = None
    stateful: bool | None = None
    per_example: bool = True
    shared_noise: bool = False
    random_inference: bool = False
    fixed_length: bool = False
    surrogate_gradient: bool = False
    nondifferentiable: bool = False
    sees_padding: bool = False
    host_only: bool = False
    input_independent: bool = False
    causal: bool = False
    position_aware: bool = False
    unbiased: bool = False
    dtype_exempt: bool = False
    min_length: int = 1
    time_axis: int = 1
    time_exponent: float = 1.0
    zero_gradients: tuple[str, ...] = ()
    own_dtype: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        for f in fields(self):
            value = getattr(self, f.name)
            if f.type == "bool" or f.type is bool or (f.default is None and value is not None):
                checked_flag(f.name, value)
        checked_integer("min_length", self.min_length, 0)
        checked_integer("time_axis", self.time_axis, 1)
        checked_number(
            "time_exponent",
            self.time_exponent,
            "a number above 0",
            lambda number: number > 0,
            "Pass 1.0 for a cost that grows with the steps, 2.0 for one with their square.",
        )

    def __repr__(self) -> str:
        return changed_fields(self)

    def declared(self) -> dict[str, Any]:
        """Return the traits that differ from the defaults."""
        return {
            f.name: getattr(self, f.name)
            for f in fields(self)
            if getattr(self, f.name) != f.default
        }


@dataclass(frozen=True)
class ErrorSample:
    """Invalid arguments that must raise an error.

    Args:
        name: Name of the sample in messages.
        make: Function that makes the layer, or raises the error.
        call: Positional arguments of the call that must fail; `None` if `make` must fail.
        error: Accepted exception classes.
        match: Regular expression that the error message must match.
    """

    name: str
    make: Callable[[], Any]
    call: tuple[Any, ...] | None = None
    error: tuple[type[Exception], ...] = (ValueError, TypeError)
    match: str = ""

    def __post_init__(self) -> None:
        require_maker(self.make, "make")
        errors = self.error if isinstance(self.error, tuple) else (self.error,)
        if not all(isinstance(each, type) and issubclass(each, Exception) for each in errors):
            raise wrong_type(
                "error", self.error, "a tuple of exception classes", "Pass e.g. (ValueError,)."
            )
        try:
            re.compile(self.match)
        except (TypeError, re.error):
            raise wrong_value(
                "match", self.match, "a regular expression", "Escape plain text with `re.escape`."
            ) from None


def require_samples(samples: Any) -> None:
    """Raise `TypeError` unless `samples` is a list of `Sample`."""
    listed = isinstance(samples, Sequence)
    if not listed or not all(isinstance(sample, Sample) for sample in samples):
        raise wrong_type(
            "samples", samples, "a list of Sample", "Pass e.g. [Sample(shape=(4, 7, 6))]."
        )


def checked_reasons(expected_failures: Any) -> dict[str, str]:
    """Return the reasons of expected failures by check, or raise an error."""
    remedy = "Pass a dict such as {'mask_values': 'pads by design'}."
    if not isinstance(expected_failures, Mapping):
        raise wrong_type("expected_failures", expected_failures, "a dict", remedy)
    empty = [name for name, reason in expected_failures.items() if not str(reason).strip()]
    if empty:
        raise ValueError(
            "`expected_failures` must have a reason for each check. Received no reason for: "
            f"{empty}. {remedy}"
        )
    return dict(expected_failures)


@dataclass(frozen=True)
class LayerCase:
    """One layer under test.

    Args:
        make: A function that returns a new, unbuilt layer each time; a layer class; or an unbuilt
            layer, which is copied through its config.
        name: Name of the case; by default the name of the class.
        samples: Inputs. Most checks use the first.
        traits: Declared traits.
        reference: A function of the NumPy inputs (and `weights`, a list) that returns the
            expected output.
        tolerances: Tolerance by check, instead of the default.
        expected_failures: Reason by check. An expected failure that passes counts as failed, so
            that the list stays up to date.
        errors: Invalid arguments that must raise an error.
        weights: Snapshot of the weights, in order: path below the layer, shape, dtype and whether
            the weight is trainable. The check `weight_names_stable` prints it if it is missing.
        target: Location for the command line, as `package.module:NAME`, used in the command that
            reproduces a failure.
    """

    make: Any
    name: str | None = None
    samples: Sequence[Sample] = ()
    traits: Traits = field(default_factory=Traits)
    reference: Callable[..., Any] | None = None
    tolerances: Mapping[str, float] = field(default_factory=dict)
    expected_failures: Mapping[str, str] = field(default_factory=dict)
    errors: Sequence[ErrorSample] = ()
    weights: Sequence[tuple[str, Shape, str, bool]] | None = None
    target: str | None = None

    def __repr__(self) -> str:
        return changed_fields(self)

    def __post_init__(self) -> None:
        require_maker(self.make, "make")
        if not isinstance(self.traits, Traits):
            raise wrong_type("traits", self.traits, "Traits", "Pass e.g. Traits(causal=True).")
        require_samples(self.samples)
        checked_reasons(self.expected_failures)
        if self.reference is not None and not callable(self.reference):
            raise wrong_type(
                "reference",
                self.reference,
                "a function of the NumPy inputs",
                "Pass e.g. `lambda x: x.mean(axis=1)`.",
            )

    @property
    def label(self) -> str:
        """Name of the case."""
        return self.name or name_of(self.make)

    def new(self) -> Any:
        """Return a new, unbuilt layer."""
        import keras

        if isinstance(self.make, keras.layers.Layer):
            return copy_unbuilt(self.make, "layer")
        layer = self.make()
        if not isinstance(layer, keras.layers.Layer):
            raise TypeError(
                f"`make` must return a keras.layers.Layer. {self.label} returned: {layer!r}."
            )
        return layer


def with_unique_names(cases: Sequence[LayerCase]) -> list[LayerCase]:
    """Return the cases with a number added to every name that an earlier case has."""
    counts: dict[str, int] = {}
    unique = []
    for case in cases:
        counts[case.label] = count = counts.get(case.label, 0) + 1
        name = case.label if count == 1 else f"{case.label}-{count}"
        unique.append(replace(case, name=name))
    return unique
