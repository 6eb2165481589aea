"""Checks of integer inputs, float64 and automatic casts."""

import inspect
import re
from typing import Any

import numpy as np

from keras_seqext.testing.contexts.layer import Context
from keras_seqext.testing.core.failure import CheckFailure, NotApplicable, require
from keras_seqext.testing.core.registry import layer_check
from keras_seqext.testing.helpers.dtype_policies import policy_weights, with_policy
from keras_seqext.testing.helpers.recorded_calls import recorded_float32_results
from keras_seqext.testing.helpers.resized_inputs import attempt, first_line, one_layer, with_weights
from keras_seqext.testing.helpers.symbolic import built_symbolically
from keras_seqext.testing.helpers.tensor_specs import has_float64

AFTER = ("call_finite", "inference_pure", "symbolic_shape", "symbolic_dtype")
SMALL, LARGE = 1e-9, 1e-6  # float64 resolves both shifts; float32 does not resolve the smaller


@layer_check("recommended", after=("call_finite", "inference_pure"))
def int_input(ctx: Context) -> None:
    """Integer inputs give the output of equal floats, or an error that names their dtype.

    Why it matters: counts and categories are integers; a result that is truncated to integers is
    not noticed.
    Usual causes: the input is not cast to `self.compute_dtype`; a weight is cast to the dtype of
    the input.
    """
    import keras

    arguments = ctx.inputs()
    if all(np.asarray(v).dtype.kind != "f" for v in keras.tree.flatten(arguments)):
        raise NotApplicable("the sample has no float inputs")
    one = one_layer(ctx)
    whole = keras.tree.map_structure(_whole, arguments)
    outcome = one.outputs_for(keras.tree.map_structure(_integers, whole))
    if isinstance(outcome.error, (TypeError, ValueError)) or _names_integers(outcome.error):
        return
    found = outcome.get("calling the layer on integers").arrays
    if ctx.traits.random_inference:
        return
    expected = one.outputs_for(whole).get("calling the layer on whole numbers").arrays
    for got, wanted in zip(found, expected, strict=True):
        ctx.close(got, wanted, 1e-5, "for integer inputs, for equal floats")


@layer_check("core", after=AFTER)
def float64(ctx: Context) -> None:
    """With `dtype="float64"`, weights and output are float64, and close to those in float32.

    Not applicable on JAX without `JAX_ENABLE_X64`.

    Why it matters: gradients are verified in float64, and many scientific computations need it.
    Usual causes: a cast to `"float32"`; a sublayer without `dtype=self.dtype_policy`.
    """
    layer, one = _in_float64(ctx), one_layer(ctx)
    symbolic = built_symbolically(ctx, layer, _doubles(ctx), "a symbolic call in float64")
    wrong = [f"{w.path} ({w.dtype})" for w in policy_weights(ctx, layer) if w.dtype != "float64"]
    require(not wrong, f"with dtype='float64' these weights have another dtype: {', '.join(wrong)}")
    outputs = with_weights(ctx, layer, one.weights, _doubles(ctx)).get(
        "calling the layer with dtype='float64'"
    )
    usual = one.outputs().get("calling the layer in float32")
    for spec, early, before in zip(outputs.specs, symbolic, usual.specs, strict=True):
        if before.dtype != "float32" or ctx.traits.dtype_exempt:
            continue
        require(
            spec.dtype == "float64",
            f"{spec.name} is {spec.dtype} with dtype='float64'{_fault_of_keras(ctx, layer, one)}",
        )
        require(
            early.dtype == "float64",
            f"{spec.name} of a symbolic call is {early.dtype} with dtype='float64'",
        )
    if not ctx.traits.random_inference:
        ctx.close(outputs.arrays, usual.arrays, 1e-3, "in float64, in float32")


@layer_check("core", after=("float64",), backends=("tensorflow", "jax"))
def float64_precision(ctx: Context) -> None:
    """In float64 no intermediate result is rounded to float32.

    Inputs and weights are shifted by 1e-6 and by 1e-9 in one direction. The output has to change in
    proportion, which float32 cannot represent for the smaller shift. If the case has a reference,
    the output has to agree with it to 1e-10. Does not run on torch, where Keras itself computes
    some operations in float32.

    Why it matters: a layer that is float64 outside and float32 inside returns eight digits fewer
    than declared, and makes finite differences useless.
    Usual causes: `keras.ops.cast(x, "float32")`; a table or constant created in float32.
    """
    if ctx.traits.random_inference:
        raise NotApplicable("random_inference is declared")
    layer = _in_float64(ctx)
    built_symbolically(ctx, layer, _doubles(ctx), "a symbolic call in float64")
    ctx.randomise(layer)
    weights = layer.get_weights()
    floats = [w.dtype.kind == "f" and w.dtype == np.float64 for w in weights]
    base = _run_shifted(ctx, layer, weights, floats, 0.0)
    if not any(array.dtype == np.float64 for array in base):
        raise NotApplicable("the layer has no float outputs")
    near = _run_shifted(ctx, layer, weights, floats, SMALL)
    far = _run_shifted(ctx, layer, weights, floats, LARGE)
    for number, (at, small, large) in enumerate(zip(base, near, far, strict=True)):
        if at.dtype != np.float64:
            continue
        slope, wanted = (small - at) / SMALL, (large - at) / LARGE
        size = np.abs(wanted).max(initial=0.0)
        # Rounding of the output in float64, divided by the smaller shift.
        rounding = 64 * np.finfo(np.float64).eps * np.abs(at).max(initial=0.0) / SMALL
        wrong = ~(np.abs(slope - wanted) <= 1e-2 * size + rounding)
        if wrong.any():
            place = tuple(int(i) for i in np.argwhere(wrong)[0])
            raise CheckFailure(
                f"shifting inputs and weights by {LARGE:g} changes output {number} at {place} by "
                f"{(large - at)[place]:.6g}, but shifting by {SMALL:g} changes it by "
                f"{(small - at)[place]:.6g}; expected about {wanted[place] * SMALL:.6g} "
                f"({int(wrong.sum())} of {wrong.size} values): an intermediate result is rounded "
                "to float32"
            )
    _near_reference(ctx, layer, weights)


@layer_check("strict", after=("mixed_bfloat16",))
def autocast_off(ctx: Context) -> None:
    """With `autocast=False` the layer does not cast its inputs.

    Why it matters: positions, losses and time stamps are excluded from low precision in this way.
    Usual causes: the constructor ignores `autocast`, or `call` casts all inputs.
    """
    layer = ctx.make()
    signature = inspect.signature(type(layer).__init__).parameters
    takes_more = any(p.kind is p.VAR_KEYWORD for p in signature.values())
    if not takes_more and "autocast" not in signature:
        raise NotApplicable("the constructor has no argument autocast")
    config = {**layer.get_config(), "dtype": "mixed_bfloat16", "autocast": False}
    outcome = attempt(layer, lambda: type(layer).from_config(config))
    if outcome.error is not None:
        raise NotApplicable(f"the layer rejects autocast: {first_line(outcome.error)}")
    require(
        not outcome.value.autocast,
        "constructed with autocast=False, the layer has autocast=True",
    )


def _fault_of_keras(ctx: Context, layer: Any, one: Any) -> str:
    """Return which function of Keras returns float32 for float64, if the layer calls one."""
    with recorded_float32_results(layer) as found:
        with_weights(ctx, layer, one.weights, _doubles(ctx))
    if not found:
        return ""
    return (
        f": {', '.join(dict.fromkeys(found))} returns float32 for float64 arguments. This is a "
        f"fault of Keras on {ctx.backend}, not of the layer; keras.ops.einsum and the operators of "
        "tensors retain float64"
    )


def _names_integers(error: Exception | None) -> bool:
    return error is not None and bool(re.search(r"\bint(32)?\b", str(error), re.IGNORECASE))


def _in_float64(ctx: Context) -> Any:
    if not has_float64():
        raise NotApplicable("JAX has no float64 unless JAX_ENABLE_X64 is set")
    return with_policy(ctx, "float64")


def _doubles(ctx: Context) -> Any:
    import keras

    return keras.tree.map_structure(
        lambda v: v.astype("float64") if np.asarray(v).dtype.kind == "f" else v, ctx.inputs()
    )


def _run_shifted(
    ctx: Context, layer: Any, weights: list[Any], floats: list[bool], by: float
) -> list[Any]:
    """Return the outputs with all floats shifted by `by` in a fixed random direction."""
    import keras

    rng = np.random.default_rng(ctx.seed + 31)

    def shifted(value: Any) -> Any:
        return value + by * rng.uniform(0.5, 1.5, value.shape) * rng.choice([-1, 1], value.shape)

    near = [shifted(w) if is_float else w for w, is_float in zip(weights, floats, strict=True)]
    arguments = keras.tree.map_structure(
        lambda v: shifted(v) if np.asarray(v).dtype == np.float64 else v, _doubles(ctx)
    )
    return list(
        with_weights(ctx, layer, near, arguments).get("calling the layer in float64").arrays
    )


def _near_reference(ctx: Context, layer: Any, weights: list[Any]) -> None:
    if ctx.case.reference is None:
        return
    arguments = _doubles(ctx)
    found = with_weights(ctx, layer, weights, arguments).get("calling the layer in float64").arrays
    keywords = (
        {"weights": weights}
        if "weights" in inspect.signature(ctx.case.reference).parameters
        else {}
    )
    expected = ctx.case.reference(*arguments, **keywords)
    expected = list(expected) if isinstance(expected, (list, tuple)) else [expected]
    for got, wanted in zip(found, expected, strict=False):
        wanted = np.asarray(wanted)
        if wanted.dtype == np.float64:
            ctx.close(got, wanted, 1e-10, "in float64, reference")


def _whole(value: Any) -> Any:
    return np.round(3 * value) if value.dtype.kind == "f" else value


def _integers(value: Any) -> Any:
    return value.astype("int32") if value.dtype.kind == "f" else value
