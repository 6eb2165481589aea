"""Checks of accepted masks: dtype, shape and propagation."""

import warnings
from typing import Any

import numpy as np

from keras_seqext.testing.contexts.layer import Context
from keras_seqext.testing.core.failure import CheckFailure, NotApplicable, naming, require
from keras_seqext.testing.core.registry import layer_check
from keras_seqext.testing.core.tensors import flat_outputs, is_nested, to_tensors
from keras_seqext.testing.helpers.masking.mask_layers import MaskRecorder
from keras_seqext.testing.helpers.masking.masked_outputs import Masked, masked, with_carried_mask

TOLERANCE = 5e-5


def _by_argument(ctx: Context) -> Masked:
    run = masked(ctx)
    if run.mask_mechanism != "argument" or is_nested(run.arguments[0]):
        raise NotApplicable("`call` does not have a single argument `mask`")
    return run


@layer_check("recommended", after=("call_finite", "mask_implicit"))
def mask_dtype(ctx: Context) -> None:
    """A mask of 0 and 1, as integers or floats, works like a boolean mask, or is rejected.

    Why it matters: masks come from files and from NumPy as often as from Keras.
    Usual causes: `~mask` of an integer; indexing with an integer mask; a dtype that `ops.where`
    does not accept.
    """
    run = _by_argument(ctx)
    mask = run.mask("right")
    expected = run.with_mask("right")
    kinds: dict[str, Any] = {
        "int32": mask.astype("int32"),
        "float32": mask.astype("float32"),
        "bool as a NumPy array": mask,
    }
    for name, given in kinds.items():
        try:
            outputs = run.eager_with(given if given is mask else to_tensors((given,))[0])
        except (TypeError, ValueError):
            continue  # rejected, which is allowed
        except Exception as error:
            raise CheckFailure(
                f"a mask of {name} raises {type(error).__name__}; accept the mask, or reject it "
                "with a TypeError or ValueError"
            ) from error
        run.close("right", outputs, expected, TOLERANCE, f"mask of {name}, mask of bool")


@layer_check("recommended", after=("call_finite", "mask_implicit"))
def mask_wrong_shape(ctx: Context) -> None:
    """A mask that does not match the input is rejected.

    Why it matters: a mask that is off by one step is silently applied to the wrong steps.
    Usual causes: the mask is broadcast or truncated without a check of its shape.
    Reference: keras-team/keras #19722, #22037.
    """
    run = _by_argument(ctx)
    if not _mask_matters(run):
        raise NotApplicable("the mask does not affect the output at inference")
    right = run.mask("right")
    longer = np.concatenate([right, right[:, -1:]], axis=1)
    # Each invalid mask, with the only valid mask that it could stand for, if any.
    cases: list[tuple[Any, Any]] = [
        (longer, None),
        (right[1], np.broadcast_to(right[1], right.shape)),
        (right[..., None], right),
    ]
    for given, meant in cases:
        try:
            outputs = run.eager_with(to_tensors((np.array(given),))[0])
        except Exception:  # rejected, with any error
            continue
        what = f"a mask of shape {given.shape} for an input of shape {run.arguments[0].shape}"
        if meant is None:
            raise CheckFailure(f"{what} did not raise; reject it with a ValueError")
        expected = run.run(run.arguments, (np.array(meant), *run.masks("right")[1:]))
        with naming(f"{what} did not raise, and was applied wrongly"):
            ctx.close(outputs, expected, TOLERANCE, "invalid mask, mask that it stands for")


def _mask_matters(run: Masked) -> bool:
    pairs = zip(run.with_mask("right"), run.without_mask(), strict=True)
    return any(not np.allclose(a, b, atol=1e-4, equal_nan=True) for a, b in pairs)


@layer_check("recommended")
def mask_propagation(ctx: Context) -> None:
    """The mask is passed on with an output that has the steps of the input, and otherwise dropped.

    Why it matters: the next layer uses the mask that it receives, and so does the loss.
    Usual causes: a layer that removes the time axis inherits `compute_mask`, which passes the mask
    on; a layer that retains the axis returns `None`.
    Reference: keras-team/keras #20113.
    """
    import keras

    run = with_carried_mask(ctx)
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        tensors = run.with_carried_masks(run.arguments, run.masks("right"))
        outputs = run.layer(*tensors, **ctx.sample.call_kwargs)
    has_warned = any("mask" in str(w.message) for w in caught)
    flat = [output for output in keras.tree.flatten(outputs) if output is not None]
    for place, output in enumerate(flat):
        probe = MaskRecorder(autocast=False)
        probe(output)
        mask = None if probe.seen is None else flat_outputs(probe.seen)[0].astype(bool)
        with naming(f"output {place}, shape {tuple(output.shape)}"):
            _require_mask(run, place, mask, tuple(output.shape), has_warned)
    if run.layer.get_config().get("mask_zero") is True:
        _require_zeros_masked(ctx)


def _require_zeros_masked(ctx: Context) -> None:
    """Check that with `mask_zero` exactly the value 0 is masked."""
    ids = ctx.inputs()[0]
    if not isinstance(ids, np.ndarray) or ids.dtype.kind not in "iu" or ids.ndim != 2:
        return
    ids[:, -1] = 0
    mask = ctx.built().compute_mask(to_tensors((ids,))[0])
    if mask is not None:
        with naming("mask_zero=True"):
            found = flat_outputs(mask)[0].astype(bool)
            ctx.close(found, ids != 0, 0.0, "mask, positions where the input is not 0")


def _require_mask(run: Masked, place: int, mask: Any, shape: Any, has_warned: bool) -> None:
    kind, right = run.output_kinds[place], run.mask("right")
    if kind == "time" and mask is None:
        lost = run.layer.supports_masking or not has_warned
        require(not lost or place > 0, "the mask is lost, and Keras does not warn")
        return
    if mask is None:
        return
    require(
        kind != "pooled",
        f"the output has no time axis, but carries a mask of shape {mask.shape}; return None from "
        "compute_mask",
    )
    require(
        mask.shape == shape[: mask.ndim],
        f"the output carries a mask of shape {mask.shape}, which does not match its shape {shape}",
    )
    if kind != "time" or place > 0:
        return
    backwards = getattr(run.layer, "go_backwards", False)
    if backwards:
        reverse = right[:, ::-1]
        require(
            (mask == reverse).all(),
            "with go_backwards the steps of the output are reversed, but its mask is not: "
            f"row 1 of the mask is {mask[1 % len(mask)].astype(int).tolist()}; expected "
            f"{reverse[1 % len(mask)].astype(int).tolist()}",
        )
    inverted = (mask == ~right).all() and not right.all()
    require(not inverted, "the mask of the output is the inverse of the mask of the input")
