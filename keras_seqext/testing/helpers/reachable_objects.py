"""Everything a layer holds, tracked by Keras or not."""

import types
from collections import deque
from collections.abc import Iterator
from functools import cache, partial
from typing import Any

MOST_OBJECTS = 20_000


def iterate_reachable(layer: Any) -> Iterator[tuple[str, Any]]:
    """Every object reachable from the attributes of a layer, with the way to it, once each.

    Goes through layers, containers, plain objects, closures and the attributes of the layer's
    own classes; not into variables, tensors, modules, nor into what Keras keeps for itself.
    """
    import keras

    leaves = (keras.Variable, str, bytes, int, float, complex, bool, type(None))
    queue: deque[tuple[str, Any]] = deque([("", layer)])
    seen = {id(layer)}
    while queue and len(seen) < MOST_OBJECTS:
        way, value = queue.popleft()
        if value is not layer:
            yield way, value
        if isinstance(value, leaves) or keras.ops.is_tensor(value):
            continue
        for name, part in _parts(value):
            if id(part) not in seen:
                seen.add(id(part))
                queue.append((way + name if way else name.lstrip("."), part))


def reachable_variables(layer: Any) -> dict[str, Any]:
    """The Keras variables among them, by the way to each."""
    import keras

    return {
        way: value for way, value in iterate_reachable(layer) if isinstance(value, keras.Variable)
    }


def reachable_backend_variables(layer: Any) -> list[str]:
    """The ways to variables of the backend itself, which Keras does not know of."""
    kinds = {("tensorflow", "Variable"), ("torch", "Parameter")}
    return [
        way
        for way, value in iterate_reachable(layer)
        if kinds & {(kind.__module__.split(".")[0], kind.__name__) for kind in type(value).__mro__}
    ]


def all_variables(layer: Any) -> list[Any]:
    """The variables that Keras tracks, then those it does not know of."""
    known = list(layer.variables)
    ids = {id(variable) for variable in known}
    return known + [v for v in reachable_variables(layer).values() if id(v) not in ids]


def _parts(value: Any) -> Iterator[tuple[str, Any]]:
    import keras

    if isinstance(value, (list, tuple, set, frozenset, deque)):
        yield from ((f"[{place}]", part) for place, part in enumerate(value))
    elif isinstance(value, (dict, types.MappingProxyType)):
        yield from ((f"[{key!r}]", part) for key, part in value.items())
    elif isinstance(value, partial):
        yield from ((".func", value.func), (".args", value.args), (".keywords", value.keywords))
    elif isinstance(value, types.MethodType):
        yield ".__self__", value.__self__
    elif isinstance(value, types.FunctionType):
        cells = zip(value.__code__.co_freevars, value.__closure__ or (), strict=True)
        yield from ((f".<closure {name}>", _content(cell)) for name, cell in cells)
        yield from ((f".<default {i}>", part) for i, part in enumerate(value.__defaults__ or ()))
    elif isinstance(value, keras.layers.Layer):
        yield from _attributes(value)
    elif _is_plain(value):
        yield from ((f".{name}", part) for name, part in _dict_of(value).items())
        yield from (
            (f".{name}", getattr(value, name))
            for kind in type(value).__mro__
            for name in _names(vars(kind).get("__slots__", ()))
            if not name.startswith("__") and hasattr(value, name)
        )


def _attributes(layer: Any) -> Iterator[tuple[str, Any]]:
    own = _names_of_a_bare_layer()
    for name, part in vars(layer).items():
        # torch keeps sublayers and parameters apart from the other attributes.
        if name == "_modules" and isinstance(part, dict):
            yield from ((f".{key}", sub) for key, sub in part.items() if key != "_torch_params")
        elif name == "_parameters" and isinstance(part, dict):
            yield from ((f".{key}", own) for key, own in part.items())
        elif name not in own:
            yield f".{name}", part
    for kind in type(layer).__mro__:
        if kind.__module__.split(".")[0] in ("keras", "tensorflow", "torch", "builtins"):
            continue
        for name, part in vars(kind).items():
            if not name.startswith("__") and not isinstance(
                part, (types.FunctionType, classmethod, staticmethod, property)
            ):
                yield f".{name}", part


@cache
def _names_of_a_bare_layer() -> frozenset[str]:
    import keras

    layer = keras.layers.Layer()
    layer.build((1, 1))
    # TensorFlow adds its own when the first variable comes.
    tensorflow = {
        f"_self_{name}"
        for name in (
            "name_based_restores",
            "saveable_object_factories",
            "unconditional_checkpoint_dependencies",
            "unconditional_deferred_dependencies",
            "unconditional_dependency_names",
            "update_uid",
        )
    }
    return frozenset(vars(layer)) | tensorflow | {"_torch_params"}


def _is_plain(value: Any) -> bool:
    """Whether it may hide a variable: not a class, a module or a part of a library."""
    import keras

    # What configures a layer holds no state of it.
    settings = (
        keras.initializers.Initializer,
        keras.regularizers.Regularizer,
        keras.constraints.Constraint,
        keras.layers.InputSpec,
        keras.DTypePolicy,
    )
    if isinstance(value, (type, types.ModuleType, *settings)):
        return False
    if isinstance(value, keras.random.SeedGenerator):
        return True
    home = type(value).__module__.split(".")[0]
    return home not in ("tensorflow", "torch", "jax", "jaxlib", "numpy", "builtins", "inspect")


def _dict_of(value: Any) -> dict[str, Any]:
    hidden = {"_tracker", "tracker"}  # of Keras' tracked containers: back to the layer
    found = getattr(value, "__dict__", {})
    return {k: v for k, v in found.items() if k not in hidden} if isinstance(found, dict) else {}


def _names(slots: Any) -> tuple[str, ...]:
    return (slots,) if isinstance(slots, str) else tuple(slots)


def _content(cell: Any) -> Any:
    try:
        return cell.cell_contents
    except ValueError:  # not yet filled
        return None
