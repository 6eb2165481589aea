"""Checks of declared shapes and dtypes, compared with those of an eager call."""

import inspect
import operator
from typing import Any

from keras_seqext.testing.contexts.layer import Context
from keras_seqext.testing.core.failure import CheckFailure, NotApplicable, require
from keras_seqext.testing.core.registry import layer_check
from keras_seqext.testing.helpers.resized_inputs import attempt, first_line, one_layer, steps
from keras_seqext.testing.helpers.symbolic import (
    sizes_shape,
    symbolic,
    symbolic_inputs,
    symbolic_layer,
)
from keras_seqext.testing.helpers.tensor_specs import Spec, SymbolicShape, fits, require_fits, specs


@layer_check("core")
def symbolic_shape(ctx: Context) -> None:
    """A symbolic call and an eager call have the same output shape, also with unknown batch size.

    Why it matters: `keras.Input`, `Sequential` and `model.summary()` use the symbolic shape; with a
    wrong shape, the next layers get weights of the wrong size.
    Usual causes: `compute_output_shape` does not depend on an argument such as `padding`,
    `return_sequences` or `keepdims`; `call` squeezes or adds an axis.
    Reference: keras #19261, #22044, #22518
    """
    eager = _eager(ctx)
    require_fits(symbolic(ctx).get("a symbolic call"), eager, "a symbolic call")
    for any_batch, any_length in _unknown(ctx):
        # dynamic_batch and dynamic_time report such a call if it fails.
        found = symbolic(ctx, any_batch, any_length)
        if found.error is None:
            who = f"a symbolic call with unknown {_sizes(any_batch, any_length)}"
            require_fits(found.value, eager, who)
            _require_unknown(ctx, who, [spec.shape for spec in found.value], any_length)


@layer_check("core")
def symbolic_dtype(ctx: Context) -> None:
    """A symbolic call and an eager call have the same output dtype.

    Why it matters: a functional model casts to the declared dtype and saves it; an integer declared
    as a float reaches the next layer as a float.
    Usual causes: with a custom `compute_output_shape`, Keras assumes that the output has the
    compute dtype: a layer that returns another dtype needs `compute_output_spec`.
    Reference: keras #22525, #22527
    """
    declared, eager = symbolic(ctx).get("a symbolic call"), _eager(ctx)
    if len(declared) != len(eager):
        raise NotApplicable("the number of outputs differs, which symbolic_shape reports")
    for spec, real in zip(declared, eager, strict=True):
        require(
            spec.dtype == real.dtype,
            f"{real.name} is {real.dtype} in an eager call, but {spec.dtype} in a symbolic call",
        )


@layer_check("core")
def compute_output_shape(ctx: Context) -> None:
    """`compute_output_shape` returns the eager shape as a tuple and does not create weights.

    An unknown batch size or length remains unknown. Not applicable if the layer does not define the
    method.

    Why it matters: wrappers and models call it before the layer is built, often with `None` in the
    shape.
    Usual causes: it was not changed together with `call`; it multiplies a size that may be `None`;
    it builds a sublayer to determine its shape.
    Reference: keras #19261
    """
    import keras

    if type(ctx.make()).compute_output_shape is keras.layers.Layer.compute_output_shape:
        raise NotApplicable("the layer does not define compute_output_shape")
    eager, layer = _eager(ctx), one_layer(ctx).layer
    who = "compute_output_shape"
    _compare(who, _declared(ctx, layer, False, False), eager)
    for any_batch, any_length in _unknown(ctx):
        where = f"{who} with unknown {_sizes(any_batch, any_length)}"
        shapes = _declared(ctx, layer, any_batch, any_length)
        _compare(where, shapes, eager)
        _require_unknown(ctx, where, shapes, any_length)
    unbuilt = ctx.make()
    before = len(unbuilt.weights)
    early = attempt(unbuilt, lambda: _declared(ctx, unbuilt, False, False))
    made = len(unbuilt.weights) - before
    require(not made, f"{who} created {made} weights in an unbuilt layer")
    if early.error is None:
        _compare(f"{who} of an unbuilt layer", early.value, eager)


@layer_check("strict", after=("compute_output_shape",))
def compute_output_shape_unbuilt(ctx: Context) -> None:
    """`compute_output_shape` works before the layer is built.

    Why it matters: a layer that contains other layers calls it in its own `build`.
    Usual causes: it reads an attribute that only `build` sets.
    """
    layer = ctx.make()
    outcome = attempt(layer, lambda: _declared(ctx, layer, False, False))
    require(
        outcome.error is None,
        f"compute_output_shape of an unbuilt layer raised {first_line(outcome.error)}",
    )


@layer_check("recommended", after=("symbolic_shape", "symbolic_dtype"))
def compute_output_spec(ctx: Context) -> None:
    """`compute_output_spec` returns all known sizes, the dtype and the sparseness of the output.

    Why it matters: a layer with weights cannot follow a layer that returns `None` for a fixed size.
    Usual causes: `compute_output_shape` always returns `None` for the batch or the features; a
    sparse output is declared as dense.
    """
    layer, eager = symbolic_layer(ctx), _eager(ctx)
    arguments = symbolic_inputs(ctx, False, False)
    declared = specs(layer.compute_output_spec(*arguments, **ctx.sample.call_kwargs))
    require_fits(declared, eager, "compute_output_spec")
    floats = all("float" in str(tensor.dtype) for tensor in _flat(arguments))
    for spec, real in zip(declared, eager, strict=True):
        require(
            spec.dtype == real.dtype,
            f"{real.name} is {real.dtype}, but compute_output_spec returns {spec.dtype}",
        )
        require(
            spec.sparse == real.sparse,
            f"{real.name} has sparse={real.sparse}, but compute_output_spec returns "
            f"sparse={spec.sparse}",
        )
        require(
            None not in spec.shape or not floats or ctx.traits.host_only,
            f"{real.name} has shape {real.shape}, but compute_output_spec returns {spec.shape}, "
            "although all sizes of the inputs are known",
        )


def _eager(ctx: Context) -> list[Spec]:
    return list(one_layer(ctx).outputs().get("an eager call").specs)


def _unknown(ctx: Context) -> list[tuple[bool, bool]]:
    """Return the combinations of (batch size, length) to leave unknown."""
    cases = []
    if not ctx.traits.stateful:
        cases.append((True, False))
    if not ctx.traits.fixed_length:
        try:
            steps(ctx)
        except NotApplicable:
            return cases
        cases.append((not ctx.traits.stateful, True))
    return cases


def _sizes(any_batch: bool, any_length: bool) -> str:
    return " and ".join(["batch size"] * any_batch + ["length"] * any_length)


def _flat(structure: Any) -> list[Any]:
    import keras

    return list(keras.tree.flatten(structure))


def _declared(ctx: Context, layer: Any, any_batch: bool, any_length: bool) -> list[SymbolicShape]:
    """Return the shapes from `compute_output_shape`, as a flat list of tuples."""
    shapes = [_input_shape(ctx, value, any_batch, any_length) for value in ctx.inputs()]
    accepted = list(inspect.signature(layer.compute_output_shape).parameters)
    if len(shapes) == 1 or len(accepted) == 1:
        keywords: dict[str, Any] = {}
        shapes = shapes[:1]
    else:
        names = list(inspect.signature(layer.call).parameters)
        by_name = {f"{n}_shape": s for n, s in zip(names, shapes, strict=False)}
        keywords = {name: shape for name, shape in by_name.items() if name in accepted}
        if len(keywords) < len(shapes):
            raise NotApplicable(
                f"the arguments of compute_output_shape, {accepted}, do not match those of call, "
                f"{names[: len(shapes)]}"
            )
        shapes = []
    unknown = _sizes(any_batch, any_length)
    try:
        result = layer.compute_output_shape(*shapes, **keywords)
    except NotImplementedError as error:
        raise NotApplicable("the layer does not define compute_output_shape") from error
    except Exception as error:
        where = f" with unknown {unknown}" if unknown else ""
        raise CheckFailure(f"compute_output_shape{where} raised {first_line(error)}") from error
    return _flat_shapes(result)


def _input_shape(ctx: Context, value: Any, any_batch: bool, any_length: bool) -> Any:
    if isinstance(value, dict):
        return {k: _input_shape(ctx, part, any_batch, any_length) for k, part in value.items()}
    if isinstance(value, (list, tuple)):
        return [_input_shape(ctx, part, any_batch, any_length) for part in value]
    return sizes_shape(ctx, value, None if any_batch else False, None if any_length else False)


def _flat_shapes(result: Any) -> list[SymbolicShape]:
    if isinstance(result, tuple) and all(_is_size(size) for size in result):
        return [tuple(None if size is None else operator.index(size) for size in result)]
    if isinstance(result, list) and result and all(_is_size(size) for size in result):
        raise CheckFailure(f"compute_output_shape returns a list, {result}; expected a tuple")
    if isinstance(result, dict):
        return [shape for key in sorted(result) for shape in _flat_shapes(result[key])]
    if isinstance(result, (list, tuple)):
        return [shape for part in result if part is not None for shape in _flat_shapes(part)]
    raise CheckFailure(f"compute_output_shape returns {result!r}; expected a tuple")


def _is_size(size: Any) -> bool:
    if size is None:
        return True
    try:
        return operator.index(size) is not None
    except TypeError:
        return False


def _compare(who: str, shapes: list[SymbolicShape], eager: list[Spec]) -> None:
    require(
        len(shapes) == len(eager),
        f"{who} returns {len(shapes)} shapes, but an eager call has {len(eager)} outputs",
    )
    for shape, real in zip(shapes, eager, strict=True):
        require(
            fits(shape, real.shape),
            f"{real.name} has shape {real.shape}, but {who} returns {shape}",
        )


def _require_unknown(ctx: Context, who: str, shapes: list[SymbolicShape], any_length: bool) -> None:
    """Raise if a size that depends on the batch size, or on the length, is declared as a number."""
    one = one_layer(ctx)
    base = one.outputs().value.specs
    other = one.outputs(length=steps(ctx) + 2) if any_length else one.outputs(rows=1)
    if other.error is not None:
        return
    for shape, before, after in zip(shapes, base, other.value.specs, strict=True):
        for axis, size in enumerate(shape):
            require(
                size is None or before.shape[axis] == after.shape[axis],
                f"{before.name}: {who} returns {shape}, but axis {axis} has size "
                f"{before.shape[axis]} or {after.shape[axis]}, depending on the input",
            )
