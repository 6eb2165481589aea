"""Objects that are reachable from a layer, whether Keras tracks them or not."""

import types
from collections import deque
from collections.abc import Iterator
from functools import cache, partial
from typing import Any

MOST_OBJECTS = 20_000


def iterate_reachable(layer: Any) -> Iterator[tuple[str, Any]]:
    """Yield every object that is reachable from a layer, with the path to it, once each.

    Layers, containers, plain objects, closures and class attributes of the layer are searched;
    variables, tensors, modules and private attributes of Keras are not.
    """
    import keras

    leaves = (keras.Variable, str, bytes, int, float, complex, bool, type(None))
    queue: deque[tuple[str, Any]] = deque([("", layer)])
    seen = {id(layer)}
    while queue and len(seen) < MOST_OBJECTS:
        path, value = queue.popleft()
        if value is not layer:
            yield path, value
        if isinstance(value, leaves) or keras.ops.is_tensor(value):
            continue
        for name, part in _parts(value):
            if id(part) not in seen:
                seen.add(id(part))
                queue.append((path + name if path else name.lstrip("."), part))


def reachable_variables(layer: Any) -> dict[str, Any]:
    """Return the Keras variables that are reachable from a layer, by path."""
    import keras

    return {
        path: value for path, value in iterate_reachable(layer) if isinstance(value, keras.Variable)
    }


def reachable_backend_variables(layer: Any) -> list[str]:
    """Return the paths of variables of the backend, which Keras does not track."""
    classes = {("tensorflow", "Variable"), ("torch", "Parameter")}
    return [
        path
        for path, value in iterate_reachable(layer)
        if classes & {(cls.__module__.split(".")[0], cls.__name__) for cls in type(value).__mro__}
    ]


def all_variables(layer: Any) -> list[Any]:
    """Return the variables that Keras tracks, followed by untracked ones."""
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
            for cls in type(value).__mro__
            for name in _names(vars(cls).get("__slots__", ()))
            if not name.startswith("__") and hasattr(value, name)
        )


def _attributes(layer: Any) -> Iterator[tuple[str, Any]]:
    of_every_layer = _attributes_of_every_layer()
    for name, part in vars(layer).items():
        # torch stores sublayers and parameters in dicts of their own.
        if name == "_modules" and isinstance(part, dict):
            yield from ((f".{key}", sub) for key, sub in part.items() if key != "_torch_params")
        elif name == "_parameters" and isinstance(part, dict):
            yield from ((f".{key}", parameter) for key, parameter in part.items())
        elif name not in of_every_layer:
            yield f".{name}", part
    for cls in type(layer).__mro__:
        if cls.__module__.split(".")[0] in ("keras", "tensorflow", "torch", "builtins"):
            continue
        for name, part in vars(cls).items():
            if not name.startswith("__") and not isinstance(
                part, (types.FunctionType, classmethod, staticmethod, property)
            ):
                yield f".{name}", part


@cache
def _attributes_of_every_layer() -> frozenset[str]:
    import keras

    layer = keras.layers.Layer()
    layer.build((1, 1))
    # TensorFlow adds these with the first variable of a layer.
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
    """Return whether an object may hold a variable: not a class, a module or part of a library."""
    import keras

    # Objects that configure a layer have no state of the layer.
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
    hidden = {"_tracker", "tracker"}  # tracked containers of Keras refer back to the layer
    found = getattr(value, "__dict__", {})
    return {k: v for k, v in found.items() if k not in hidden} if isinstance(found, dict) else {}


def _names(slots: Any) -> tuple[str, ...]:
    return (slots,) if isinstance(slots, str) else tuple(slots)


def _content(cell: Any) -> Any:
    try:
        return cell.cell_contents
    except ValueError:  # the cell is empty
        return None
