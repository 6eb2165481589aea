"""Validation of layer arguments that Keras or the backend would reject less clearly."""

from collections.abc import Callable, Mapping
from typing import Any

import keras

from .typing import Shape
from .validation import format_value, unknown_argument, wrong_type, wrong_value

_LAYER_OPTIONS = ("activity_regularizer", "autocast", "dtype", "name", "trainable")
# Code for Keras 2 passes these to the first layer of a `Sequential`; Keras 3 still accepts them.
_INPUT_OPTIONS = ("batch_input_shape", "batch_shape", "input_dim", "input_shape")


def checked_options(
    layer: type, options: Mapping[str, Any], arguments: tuple[str, ...] = ()
) -> None:
    """Check the keyword arguments that a layer passes on to `keras.layers.Layer`.

    Args:
        layer: Class of the layer, for the message.
        options: The `**kwargs` of its constructor.
        arguments: Names of its other arguments, for the suggestion in the message.

    Raises:
        TypeError: If an argument is unknown or of the wrong type.
        ValueError: If Keras does not accept the value of an argument.
    """
    for option, value in options.items():
        if option not in (*_LAYER_OPTIONS, *_INPUT_OPTIONS):
            raise unknown_argument(layer.__name__, option, value, (*_LAYER_OPTIONS, *arguments))
    name = options.get("name")
    if name is not None and (not isinstance(name, str) or "/" in name):
        error = wrong_value if isinstance(name, str) else wrong_type
        raise error("name", name, "a string without '/'", "Leave it out to use a default name.")
    if options.get("dtype") is not None:
        keras_object("dtype", keras.dtype_policies.get, options["dtype"], "'float32'")
    if "activity_regularizer" in options:
        checked_regularizer("activity_regularizer", options["activity_regularizer"])


def keras_object(name: str, get: Callable[[Any], Any], value: Any, example: str) -> Any:
    """Return `get(value)`, and replace an error of Keras by one that names the argument.

    Args:
        name: Name of the argument, for the message.
        get: A getter of Keras, such as `keras.initializers.get`.
        value: The value passed.
        example: A valid value as source text, for the message.
    """
    try:
        return get(value)
    except (TypeError, ValueError, AttributeError, KeyError):
        raise wrong_value(
            name,
            value,
            "a name, a config, an object or a function that Keras accepts",
            f"Pass e.g. {name}={example}; a custom class must be registered with "
            "`keras.saving.register_keras_serializable`.",
        ) from None


def checked_initializer(name: str, value: Any) -> Any:
    """Return `value` as a Keras initializer."""
    return keras_object(name, keras.initializers.get, value, "'glorot_uniform'")


def checked_regularizer(name: str, value: Any) -> Any:
    """Return `value` as a Keras regularizer."""
    return keras_object(name, keras.regularizers.get, value, "'l2'")


def checked_constraint(name: str, value: Any) -> Any:
    """Return `value` as a Keras constraint."""
    return keras_object(name, keras.constraints.get, value, "'non_neg'")


def checked_activation(name: str, value: Any) -> Any:
    """Return `value` as a Keras activation function."""
    return keras_object(name, keras.activations.get, value, "'tanh'")


def checked_tensor(name: str, value: Any, layout: str) -> None:
    """Check that the backend can convert `value` to a tensor of numbers.

    Args:
        name: Name of the argument.
        value: The value passed: a tensor of any backend or an array is valid.
        layout: The expected shape, for the message.

    Raises:
        TypeError: If `value` is not a tensor or an array of numbers.
    """
    if isinstance(value, keras.KerasTensor) or keras.ops.is_tensor(value):
        return
    expected = f"a tensor or array of numbers, {layout}"
    remedy = "Convert it, e.g. with `numpy.asarray(..., dtype='float32')`."
    if not hasattr(value, "__array__"):
        raise wrong_type(name, value, expected, remedy)
    kind = getattr(getattr(value, "dtype", None), "kind", None)
    if kind in ("O", "U", "S", "M", "m", "T"):
        raise wrong_type(name, value, expected, remedy)


def checked_shape(layer: str, name: str, shape: Any, layout: str) -> Shape:
    """Return `shape` as a tuple, and check that it has as many axes as `layout`.

    Args:
        layer: Name of the layer, for the message.
        name: Name of the argument, for the message.
        shape: The shape passed.
        layout: The expected axes as text, such as `"(batch, steps)"`.
    """
    try:
        axes: Shape | None = tuple(shape)
    except (TypeError, ValueError):  # not a shape, or a TensorFlow shape of unknown rank
        axes = None
    if axes is None or len(axes) != layout.count(",") + 1:
        raise ValueError(
            f"`{name}` of `{layer}` must have the shape `{layout}`. Received: {name} of shape "
            f"{format_value(shape if axes is None else axes)}. Add the missing axis, or reshape."
        )
    return axes
