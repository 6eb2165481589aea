"""Checks of low precision: mixed policies, half precision and policies of sublayers."""

import re
from functools import partial
from typing import Any

import numpy as np

from keras_seqext.testing.contexts.layer import Context
from keras_seqext.testing.core.failure import CheckFailure, NotApplicable, Skipped, require
from keras_seqext.testing.core.registry import layer_check
from keras_seqext.testing.helpers.dtype_policies import (
    float_weights,
    global_policy,
    policy_weights,
    rounded,
    sublayers,
    with_policy,
)
from keras_seqext.testing.helpers.resized_inputs import (
    Attempt,
    attempt,
    first_line,
    one_layer,
    with_weights,
)
from keras_seqext.testing.helpers.symbolic import symbolic_inputs
from keras_seqext.testing.helpers.tensor_specs import Spec, specs

AFTER = ("call_finite", "inference_pure", "symbolic_shape", "symbolic_dtype")
OTHER_POLICY = "mixed_bfloat16"  # differs from the global policy during the check


@layer_check("core", after=AFTER, cost="medium")
def mixed_bfloat16(ctx: Context) -> None:
    """Under `mixed_bfloat16` the output is bfloat16, close to that in float32; weights are float32.

    Why it matters: models are trained with this policy on TPUs and recent GPUs.
    Usual causes: a sublayer without `dtype=self.dtype_policy`; a float32 constant that promotes the
    other values.
    Reference: keras-hub #326
    """
    _require_policy(ctx, "mixed_bfloat16", 6e-2)


@layer_check("core", after=AFTER, cost="medium")
def mixed_float16(ctx: Context) -> None:
    """Under `mixed_float16` the output is float16, finite and close to that in float32.

    Why it matters: the largest number in float16 is 65504; larger values become infinite, and then
    NaN.
    Usual causes: -1e9 for a masked score; a square or sum of large values; an epsilon below 6e-8,
    which float16 rounds to 0.
    Reference: flax #982
    """
    layer = _require_policy(ctx, "mixed_float16", 2e-2)
    _finite_at_zero(ctx, layer)


@layer_check("core", after=AFTER, cost="medium")
def bfloat16(ctx: Context) -> None:
    """With `dtype="bfloat16"`, weights and output are bfloat16, and close to those in float32.

    Why it matters: large models are served in bfloat16, which halves their memory.
    Usual causes: a sublayer or weight that does not receive the dtype.
    """
    _require_policy(ctx, "bfloat16", 6e-2)


@layer_check("core", after=("call_finite", "symbolic_shape"))
def sublayer_policies(ctx: Context) -> None:
    """Every sublayer receives a dtype policy, so none uses the global policy.

    Why it matters: otherwise `MyBlock(dtype="mixed_float16")` silently computes half of its
    operations in float32.
    Usual causes: `keras.layers.Dense(units)` in `__init__` without `dtype=self.dtype_policy`.
    Reference: keras-hub #326
    """
    import keras

    with global_policy("float16"):
        layer = with_policy(ctx, OTHER_POLICY)
        built = attempt(layer, lambda: ctx.call(layer, *symbolic_inputs(ctx, False, False)))
        built.get(f"a symbolic call with dtype={OTHER_POLICY!r}")
        inside = sublayers(layer)
        forgotten = [
            f"{way} ({type(part).__name__})"
            for way, part in inside.items()
            if part.dtype_policy.name == "float16"
            and not isinstance(part, (keras.Model, keras.layers.InputLayer))
        ]
    if not inside:
        raise NotApplicable("the layer contains no other layers")
    require(
        not forgotten,
        f"made with dtype={OTHER_POLICY!r}, these sublayers use the global policy: "
        f"{', '.join(forgotten)}",
    )


@layer_check("strict", after=("sublayer_policies",))
def dtype_policy_map(ctx: Context) -> None:
    """A `DTypePolicyMap` reaches the sublayer that it names.

    Why it matters: a policy map sets another precision for a part of a model, or quantises it.
    Usual causes: a sublayer receives `self.dtype_policy.name` or `self.compute_dtype`.
    """
    import keras

    plain = one_layer(ctx).layer
    held = {way: part for way, part in sublayers(plain).items() if float_weights(part)}
    named = {w: p for w, p in held.items() if p.path and p.path.startswith(plain.path + "/")}
    if not named:
        raise NotApplicable("the layer contains no other layers with weights")
    policy = keras.DTypePolicy("bfloat16")
    for way, part in named.items():
        below = part.path[len(plain.path) :]
        policies = keras.dtype_policies.DTypePolicyMap("float32", {plain.path + below: policy})
        layer = type(plain).from_config({**plain.get_config(), "dtype": policies})
        inputs = symbolic_inputs(ctx, False, False)
        _skip_if_unsupported(ctx, attempt(layer, partial(ctx.call, layer, *inputs))).get(
            "a symbolic call"
        )
        found = sublayers(layer).get(way)
        if found is None or found.path != part.path:
            continue
        if not isinstance(found.dtype_policy, keras.dtype_policies.DTypePolicyMap):
            if found.name in str(plain.get_config()):
                raise NotApplicable("the sublayers set their own policies")
            raise CheckFailure(
                f"{way} has the policy {found.dtype_policy.name!r}; expected the DTypePolicyMap"
            )
        require(
            found.compute_dtype == "bfloat16",
            f"{way} computes in {found.compute_dtype}; expected bfloat16 from the map entry "
            f"{part.path!r}",
        )
        return
    raise NotApplicable("the sublayers have another name in each instance")


def _require_policy(ctx: Context, policy: str, tolerance: float) -> Any:
    """Return the layer under that policy; raise unless its dtypes and values are right."""
    layer, expected = (
        with_policy(ctx, policy),
        ctx.cached("low precision reference", lambda: _Reference(ctx)),
    )
    inputs = symbolic_inputs(ctx, False, False)
    symbolic = _skip_if_unsupported(
        ctx, attempt(layer, lambda: specs(ctx.call(layer, *inputs)))
    ).get(f"a symbolic call with dtype={policy!r}")
    outputs = _skip_if_unsupported(
        ctx, with_weights(ctx, layer, expected.weights, expected.arguments)
    ).get(f"calling the layer with dtype={policy!r}")
    _require_dtypes(ctx, outputs.specs, expected.specs, layer, "an eager call", policy)
    _require_dtypes(ctx, symbolic, expected.specs, layer, "a symbolic call", policy)
    for weight in policy_weights(ctx, layer):
        require(
            weight.dtype == layer.variable_dtype,
            f"{weight.path} is {weight.dtype} with dtype={policy!r}; expected "
            f"{layer.variable_dtype}",
        )
    ctx.finite(outputs.arrays, f"the output with dtype={policy!r}")
    if ctx.traits.random_inference:
        return layer
    what = f"with dtype={policy!r}, in float32"
    for array, wanted in zip(outputs.arrays, expected.arrays, strict=True):
        if wanted.dtype.kind == "f":
            ctx.close(array, wanted, tolerance, what)
    return layer


def _finite_at_zero(ctx: Context, layer: Any) -> None:
    """Check an input of zeros, as in padding, where a division relies on an epsilon."""
    import keras

    def zeroed(value: Any) -> Any:
        return np.zeros_like(value) if np.asarray(value).dtype.kind == "f" else value

    usual: _Reference = ctx.cached("low precision reference", lambda: _Reference(ctx))
    arguments = keras.tree.map_structure(zeroed, ctx.inputs())
    wide = with_weights(ctx, usual.layer, usual.weights, arguments)
    if wide.error is not None or not all(np.isfinite(o).all() for o in _floats(wide.value)):
        return
    low = with_weights(ctx, layer, usual.weights, arguments)
    if low.error is None:
        what = f"the output for zeros with dtype={layer.dtype_policy.name!r}"
        ctx.finite(_floats(low.value), what)


def _floats(outputs: Any) -> list[Any]:
    return [array for array in outputs.arrays if array.dtype.kind == "f"]


def _skip_if_unsupported(ctx: Context, outcome: Attempt) -> Attempt:
    """Return the outcome; skip if the backend does not support an operation in this dtype."""
    if re.search(
        # The messages of torch, JAX and TensorFlow, in this order.
        r"not implemented for|unsupported dtype|of b?float16 is not in the list of allowed values",
        str(outcome.error),
        flags=re.IGNORECASE,
    ):
        raise Skipped(f"{ctx.backend} does not support an operation: {first_line(outcome.error)}")
    return outcome


class _Reference:
    """The layer in float32, with weights and inputs that bfloat16 and float16 represent exactly."""

    def __init__(self, ctx: Context) -> None:
        import keras

        one = one_layer(ctx)
        self.layer = one.layer
        self.weights = [rounded(value, "bfloat16") for value in one.weights]
        self.arguments = keras.tree.map_structure(lambda v: rounded(v, "bfloat16"), ctx.inputs())
        found = with_weights(ctx, one.layer, self.weights, self.arguments).get("an eager call")
        self.arrays, self.specs = found.arrays, found.specs


def _require_dtypes(
    ctx: Context, found: list[Spec], usual: list[Spec], layer: Any, who: str, policy: str
) -> None:
    if ctx.traits.dtype_exempt:
        return
    expected = layer.compute_dtype
    for spec, before in zip(found, usual, strict=True):
        if before.dtype == "float32":
            require(
                spec.dtype == expected,
                f"{spec.name} of {who} is {spec.dtype} with dtype={policy!r}; expected {expected}",
            )
