"""Masks of every kind are understood or refused, and passed on."""

import warnings
from typing import Any

import numpy as np

from keras_seqext.testing.contexts.layer import Context
from keras_seqext.testing.core.failure import CheckFailure, NotApplicable, naming, require
from keras_seqext.testing.core.registry import layer_check
from keras_seqext.testing.core.tensors import flat_outputs, to_tensors
from keras_seqext.testing.helpers.masking.mask_layers import MaskRecorder
from keras_seqext.testing.helpers.masking.masked_outputs import Masked, masked, with_carried_mask

TOLERANCE = 5e-5


def _by_argument(ctx: Context) -> Masked:
    run = masked(ctx)
    if run.mask_mechanism != "argument" or isinstance(run.arguments[0], (list, tuple)):
        raise NotApplicable("the mask is not one argument `mask`")
    return run


@layer_check("recommended", after=("call_finite", "mask_implicit"))
def mask_dtype(ctx: Context) -> None:
    """A mask of 0 and 1, as integers or floats, works like one of booleans, or is refused.

    Why it matters: masks come from files and from NumPy as often as from Keras.
    Usual causes: `~mask` of an integer; indexing with an integer mask; a dtype that `ops.where`
    does not take.
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
            continue  # refused is understood
        except Exception as error:
            raise CheckFailure(
                f"a mask of {name} ends in {type(error).__name__} from inside; it should work, or "
                "be refused with a TypeError"
            ) from error
        run.close("right", outputs, expected, TOLERANCE, f"mask of {name}, of bool")


@layer_check("recommended", after=("call_finite", "mask_implicit"))
def mask_wrong_shape(ctx: Context) -> None:
    """A mask that does not fit the input is refused.

    Why it matters: a mask one step off is applied to the wrong steps, and nothing tells.
    Usual causes: the mask is broadcast, or cut, without a look at its shape.
    Reference: keras-team/keras #19722, #22037.
    """
    run = _by_argument(ctx)
    if not _mask_matters(run):
        raise NotApplicable("the mask changes nothing at inference")
    right = run.mask("right")
    longer = np.concatenate([right, right[:, -1:]], axis=1)
    # What would be a sane reading of it, if there is one.
    cases: list[tuple[Any, Any]] = [
        (longer, None),
        (right[1], np.broadcast_to(right[1], right.shape)),
        (right[..., None], right),
    ]
    for given, meant in cases:
        try:
            outputs = run.eager_with(to_tensors((np.array(given),))[0])
        except Exception:  # whichever kind, the user is told
            continue
        what = f"a mask of shape {given.shape} for an input of {run.arguments[0].shape[:2]} steps"
        if meant is None:
            raise CheckFailure(f"{what} was accepted")
        expected = run.run(run.arguments, (np.array(meant), *run.masks("right")[1:]))
        with naming(f"{what} was accepted and misread"):
            ctx.close(outputs, expected, TOLERANCE, f"{given.shape}, as {right.shape}")


def _mask_matters(run: Masked) -> bool:
    pairs = zip(run.with_mask("right"), run.without_mask(), strict=True)
    return any(not np.allclose(a, b, atol=1e-4, equal_nan=True) for a, b in pairs)


@layer_check("recommended")
def mask_propagation(ctx: Context) -> None:
    """The mask goes on with an output that has its steps, and ends with one that has not.

    Why it matters: the next layer takes the mask it is handed, and so does the loss.
    Usual causes: a layer that drops the time axis inherits `compute_mask`, which passes the mask
    on; one that keeps it returns `None`.
    Reference: keras-team/keras #20113.
    """
    import keras

    run = with_carried_mask(ctx)
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        tensors = run.with_carried_masks(run.arguments, run.masks("right"))
        outputs = run.layer(*tensors, **ctx.sample.call_kwargs)
    told = any("mask" in str(w.message) for w in caught)
    flat = [output for output in keras.tree.flatten(outputs) if output is not None]
    for place, output in enumerate(flat):
        probe = MaskRecorder(autocast=False)
        probe(output)
        mask = None if probe.seen is None else flat_outputs(probe.seen)[0].astype(bool)
        with naming(f"output {place}, shape {tuple(output.shape)}"):
            _judge_mask(run, place, mask, tuple(output.shape), told)
    if run.layer.get_config().get("mask_zero") is True:
        _masks_zeros(ctx)


def _masks_zeros(ctx: Context) -> None:
    """With `mask_zero` the number 0 is padding, and no other."""
    ids = ctx.inputs()[0]
    if not isinstance(ids, np.ndarray) or ids.dtype.kind not in "iu" or ids.ndim != 2:
        return
    ids[:, -1] = 0
    mask = ctx.built().compute_mask(to_tensors((ids,))[0])
    if mask is not None:
        with naming("mask_zero=True"):
            found = flat_outputs(mask)[0].astype(bool)
            ctx.close(found, ids != 0, 0.0, "the mask, where the input is not 0")


def _judge_mask(run: Masked, place: int, mask: Any, shape: Any, told: bool) -> None:
    kind, right = run.output_kinds[place], run.mask("right")
    if kind == "time" and mask is None:
        lost = run.layer.supports_masking or not told
        require(not lost or place > 0, "the mask is lost, and Keras gives no warning")
        return
    if mask is None:
        return
    require(
        kind != "pooled",
        f"the output has no time axis, but carries a mask of shape {mask.shape}",
    )
    require(
        mask.shape == shape[: mask.ndim],
        f"the output carries a mask of shape {mask.shape}, which does not fit it",
    )
    if kind != "time" or place > 0:
        return
    backwards = getattr(run.layer, "go_backwards", False)
    if backwards:
        turned = right[:, ::-1]
        require(
            (mask == turned).all(),
            "the steps come out in the order of reading (go_backwards), the mask does not: "
            f"row 1 of the mask is {mask[1 % len(mask)].astype(int).tolist()}, it should be "
            f"{turned[1 % len(mask)].astype(int).tolist()}",
        )
    inverted = (mask == ~right).all() and not right.all()
    require(not inverted, "the mask that goes on is the opposite of the one that came in")
