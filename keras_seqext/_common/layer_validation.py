"""What our layers are told where Keras or the backend would speak in its own words."""

from collections.abc import Callable, Mapping
from typing import Any

import keras

from .typing import Shape
from .validation import format_value, unknown_argument, wrong_type, wrong_value

_LAYER_OPTIONS = ("activity_regularizer", "autocast", "dtype", "name", "trainable")
# Of the first layer of a `Sequential` in code for Keras 2; Keras still reads them.
_INPUT_OPTIONS = ("batch_input_shape", "batch_shape", "input_dim", "input_shape")


def checked_options(layer: type, options: Mapping[str, Any], own: tuple[str, ...] = ()) -> None:
    """Refuses keyword arguments of every Keras layer that Keras would refuse.

    Args:
        layer: The class that is made.
        options: What its `**kwargs` took.
        own: Names of its other arguments, for a suggestion.
    """
    for option, value in options.items():
        if option not in (*_LAYER_OPTIONS, *_INPUT_OPTIONS):
            raise unknown_argument(layer.__name__, option, value, (*_LAYER_OPTIONS, *own))
    name = options.get("name")
    if name is not None and (not isinstance(name, str) or "/" in name):
        raise wrong_type("name", name, "a string without '/'", "Leave it out for a name of Keras.")
    if options.get("dtype") is not None:
        keras_object("dtype", keras.dtype_policies.get, options["dtype"], "'float32'")
    if "activity_regularizer" in options:
        checked_regularizer("activity_regularizer", options["activity_regularizer"])


def keras_object(name: str, get: Callable[[Any], Any], value: Any, example: str) -> Any:
    """What `get` of Keras makes of `value`, or an error in our words."""
    try:
        return get(value)
    except (TypeError, ValueError, AttributeError, KeyError):
        raise wrong_value(
            name,
            value,
            "something Keras knows: a name, a config, an object or a function",
            f"Pass e.g. {name}={example}; a class of your own must be registered with "
            "`keras.saving.register_keras_serializable`.",
        ) from None


def checked_initializer(name: str, value: Any) -> Any:
    """`value` as an initializer of Keras."""
    return keras_object(name, keras.initializers.get, value, "'glorot_uniform'")


def checked_regularizer(name: str, value: Any) -> Any:
    """`value` as a regularizer of Keras."""
    return keras_object(name, keras.regularizers.get, value, "'l2'")


def checked_constraint(name: str, value: Any) -> Any:
    """`value` as a constraint of Keras."""
    return keras_object(name, keras.constraints.get, value, "'non_neg'")


def checked_activation(name: str, value: Any) -> Any:
    """`value` as an activation of Keras."""
    return keras_object(name, keras.activations.get, value, "'tanh'")


def checked_tensor(name: str, value: Any, layout: str) -> None:
    """Refuses what no backend can make a tensor of numbers of.

    Args:
        name: Of the argument.
        value: A tensor of any backend, an array, or a wrong thing.
        layout: The shape expected, for the message.
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
    """`shape` as a tuple, if it has as many axes as `layout`, such as `(batch, steps)`."""
    try:
        axes: Shape | None = tuple(shape)
    except (TypeError, ValueError):  # no shape, or one of TensorFlow of unknown rank
        axes = None
    if axes is None or len(axes) != layout.count(",") + 1:
        raise ValueError(
            f"`{name}` of `{layer}` must have the shape `{layout}`. Received: {name} of shape "
            f"{format_value(shape if axes is None else axes)}. Add the missing axis, or reshape."
        )
    return axes
