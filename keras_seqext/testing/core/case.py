"""What is under test: a way to make the layer, what to feed it, and what it claims."""

import inspect
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, fields
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

from .usage_error import UsageError

Shape = tuple[int, ...]


@dataclass(frozen=True)
class Sample:
    """One set of inputs, the same on every backend.

    Args:
        name: Shown in messages.
        shape: `(batch, ...)` of the input; a list of shapes for a layer that takes a list.
        dtype: A float dtype gives N(0, 1); an integer one gives integers in `[0, high)`;
            `"bool"` and `"string"` are known too.
        high: Upper bound of integer inputs.
        arguments: Shapes of further positional arguments, as `value` of an attention layer.
        values: The inputs themselves, a tuple of arrays (or lists of arrays) one a
            positional argument; then no shape is needed.
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
                    "a tuple with one entry a positional argument",
                    "Pass e.g. (array,).",
                )
            return
        checked_integer("high", self.high, 1)
        shapes = self.shape if isinstance(self.shape, list) else [self.shape]
        further = isinstance(self.arguments, (list, tuple))
        if (
            not shapes
            or not further
            or not all(_is_shape(shape) for shape in [*shapes, *self.arguments])
        ):
            raise UsageError(
                "a shape (`shape`, `arguments`) must be a tuple of whole numbers, batch included, "
                "such as (4, 7, 6), or a list of such tuples for a layer that takes a list. "
                f"Received: shape={format_value(self.shape)}, "
                f"arguments={format_value(self.arguments)}."
            )
        try:
            known = self.dtype == "string" or np.dtype(self.dtype).kind in "biuf"
        except TypeError:
            known = False
        if not known:
            raise UsageError(
                "`dtype` must be 'bool', 'string' or that of integers or floats in NumPy. "
                f"Received: dtype={self.dtype!r}. Pass e.g. 'float32'."
            )

    def make(self, seed: int) -> tuple[Any, ...]:
        """Fresh NumPy arrays, one a positional argument of the call."""
        if self.values is not None:
            return tuple(_copied(value) for value in self.values)
        rng = np.random.default_rng(seed)
        if isinstance(self.shape, list):
            first: Any = [self._array(tuple(shape), rng) for shape in self.shape]
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
    return np.array(value, copy=True)


@dataclass(frozen=True)
class Traits:
    """What a layer can and cannot do.

    `None` means that it is found out by trying. What excuses a failure has no `None`: it has to
    be declared, and the report says that it was.

    Args:
        takes_mask: `call` has a `mask` argument.
        keeps_time: The first output has the time axis of the input, at `time_axis`.
        has_time: The input has a time axis, so that its length may change.
        random_training: `call(training=True)` draws random numbers.
        stateful: Calls change non-trainable variables at inference.
        per_example: Rows of a batch do not see each other at inference. Declare `False` to excuse.
        shared_noise: All rows of a batch get the same noise in training. Declare `True` to excuse.
        random_inference: Random even at inference. Declare `True` to excuse.
        fixed_length: Works for the length it was built for alone. Declare `True` to excuse.
        surrogate_gradient: Its gradient is not the derivative, on purpose. Declare to excuse.
        nondifferentiable: It has no gradient with respect to its inputs. Declare to excuse.
        sees_padding: A mask does not hide the content of masked steps. Declare to excuse.
        host_only: It runs outside compiled graphs alone. Declare to excuse.
        input_independent: The output does not depend on the values of the input.
        causal: An output step depends on no later input step. Declare to have it checked.
        position_aware: A row moved by padding on the left gives another result, on purpose.
        unbiased: The mean of its outputs in training is its output at inference, as with dropout.
            Declare to have it checked.
        dtype_exempt: Float outputs keep a dtype of their own, whatever the policy. Declare to
            excuse.
        min_length: Fewest time steps it accepts.
        time_axis: The axis of time in the input.
        time_exponent: Cost grows no faster than `steps ** time_exponent`.
        zero_gradients: Parts of weight paths that may have no gradient.
        own_dtype: Parts of weight paths that keep a dtype of their own, on purpose.
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
            "Pass 1.0 for a cost that grows with the steps, 2.0 with their square.",
        )

    def __repr__(self) -> str:
        return changed_fields(self)

    def declared(self) -> dict[str, Any]:
        """The traits that differ from the defaults: what the author said."""
        return {
            f.name: getattr(self, f.name)
            for f in fields(self)
            if getattr(self, f.name) != f.default
        }


@dataclass(frozen=True)
class ErrorSample:
    """A wrong use that must be refused.

    Args:
        name: Shown in messages.
        make: Makes the layer, or fails to.
        call: Positional arguments of the call that must fail; `None` if `make` must.
        error: The kinds of error that will do.
        match: A regular expression that the message must contain.
    """

    name: str
    make: Callable[[], Any]
    call: tuple[Any, ...] | None = None
    error: tuple[type[Exception], ...] = (ValueError, TypeError)
    match: str = ""

    def __post_init__(self) -> None:
        require_maker(self.make, "make")
        kinds = self.error if isinstance(self.error, tuple) else (self.error,)
        if not all(isinstance(kind, type) and issubclass(kind, Exception) for kind in kinds):
            raise wrong_type(
                "error", self.error, "a tuple of kinds of errors", "Pass e.g. (ValueError,)."
            )
        try:
            re.compile(self.match)
        except (TypeError, re.error):
            raise wrong_value(
                "match", self.match, "a regular expression", "Escape plain text with `re.escape`."
            ) from None


def require_samples(samples: Any) -> None:
    """Fails unless it is a list of samples."""
    listed = isinstance(samples, Sequence)
    if not listed or not all(isinstance(sample, Sample) for sample in samples):
        raise wrong_type(
            "samples", samples, "a list of Sample", "Pass e.g. [Sample(shape=(4, 7, 6))]."
        )


def checked_reasons(expected_failures: Any) -> dict[str, str]:
    """By check, the reason why it fails."""
    remedy = "Pass a dict such as {'mask_values': 'pads by design'}."
    if not isinstance(expected_failures, Mapping):
        raise wrong_type("expected_failures", expected_failures, "a dict", remedy)
    empty = [name for name, reason in expected_failures.items() if not str(reason).strip()]
    if empty:
        raise ValueError(
            f"`expected_failures` needs a reason for each check. Received none for: {empty}. "
            f"{remedy}"
        )
    return dict(expected_failures)


def checked_names(names: Any) -> None:
    """Fails unless it is a list of names of checks."""
    if isinstance(names, (str, bytes)) or not isinstance(names, Sequence) or not names:
        raise ValueError(
            "`checks` must be a list of names, such as ['config_json'], or None for all of the "
            f"level. Received: checks={format_value(names)}."
        )


def require_maker(target: Any, argument: str) -> None:
    """Fails unless it is a layer or makes one."""
    if not callable(target):
        raise wrong_type(
            argument,
            target,
            "an unbuilt layer, a layer class, a function that returns a new layer, or a LayerCase",
            "Pass e.g. `lambda: MyLayer(3)`.",
        )


@dataclass(frozen=True)
class LayerCase:
    """One layer under test.

    Args:
        make: A function that returns a new, unbuilt layer each time; a layer class; or an unbuilt
            layer, which is copied through its config.
        name: Shown in messages; the name of the class by default.
        samples: What to feed it. The first is used by most checks.
        traits: What it can do.
        reference: A function of the NumPy inputs (and `weights`, a list) that gives the output.
        tolerances: By check, instead of the standard one.
        expected_failures: By check, the reason why it fails. A check that then passes counts as
            failed, so that the list stays true.
        errors: Wrong uses that must be refused.
        weights: A snapshot of its weights, in order: path below the layer, shape, dtype and
            whether it is trainable. The check `weight_names_stable` prints it where it lacks.
        target: Where the command line finds it, as `package.module:NAME`, for repro lines.
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
        """The name of the case."""
        if self.name:
            return self.name
        if inspect.isclass(self.make):
            return self.make.__name__
        return getattr(self.make, "__name__", type(self.make).__name__)

    def new(self) -> Any:
        """A new, unbuilt layer."""
        import keras

        if isinstance(self.make, keras.layers.Layer):
            if self.make.built and self.make.weights:
                raise ValueError(
                    f"`target` must be an unbuilt layer. Received: {self.make.name}, which is "
                    "built. Pass a function that makes a new one."
                )
            return type(self.make).from_config(self.make.get_config())
        layer = self.make()
        if not isinstance(layer, keras.layers.Layer):
            raise TypeError(
                f"`make` must return a keras.layers.Layer. {self.label} returned: {layer!r}."
            )
        return layer
