"""A layer takes batches of any size."""

from keras_seqext.testing.contexts.layer import Context
from keras_seqext.testing.core.failure import NotApplicable, require
from keras_seqext.testing.core.registry import layer_check
from keras_seqext.testing.helpers.functional_models import functional
from keras_seqext.testing.helpers.resized_inputs import batch, first_line, one_layer
from keras_seqext.testing.helpers.symbolic import symbolic
from keras_seqext.testing.helpers.tensor_specs import fits


@layer_check("core")
def batch_one(ctx: Context) -> None:
    """A single row gives the result that it gives in a batch.

    Why it matters: predictions are asked for one at a time; a model that was trained on batches
    breaks, or answers otherwise.
    Usual causes: `squeeze` without an axis; a reduction over axis 0.
    """
    rows, one = batch(ctx), one_layer(ctx)
    if rows == 1:
        raise NotApplicable("the sample has one row")
    whole = one.outputs().get("calling the layer").arrays
    alone = one.outputs(rows=1).get("calling the layer on one row").arrays
    for many, single in zip(whole, alone, strict=True):
        if many.ndim == 0 or many.shape[0] != rows:
            continue
        expected = (1, *many.shape[1:])
        require(single.shape == expected, f"one row gives {single.shape}, expected {expected}")
        if ctx.traits.per_example and not ctx.traits.random_inference:
            ctx.close(single, many[:1], 2e-5, "the row alone, in its batch")
    ctx.finite(alone, "the output for one row")


@layer_check("recommended", after=("batch_one", "symbolic_shape"))
def batch_zero(ctx: Context) -> None:
    """An empty batch gives an empty output.

    Why it matters: a shard of a distributed data set can be empty, and so can a filtered batch.
    Usual causes: an index 0 along the batch; `-1` in a reshape, which cannot be found for no rows.
    Reference: tensorflow #67023
    """
    rows, one = batch(ctx), one_layer(ctx)
    outcome = one.outputs(rows=0)
    if outcome.refused:
        raise NotApplicable(f"the layer refuses it: {first_line(outcome.error)}")
    empty = outcome.get("calling the layer on no rows").arrays
    declared = symbolic(ctx, any_batch=True).get("a symbolic call")
    for many, none, spec in zip(one.outputs().value.arrays, empty, declared, strict=True):
        if many.ndim == 0 or many.shape[0] != rows:
            continue
        # What a symbolic call leaves open, as the longest text of a batch, may be anything.
        expected = (0, *spec.shape[1:])
        require(fits(expected, none.shape), f"no rows give {none.shape}, expected {expected}")


@layer_check("core", after=("batch_one", "inference_pure"), cost="medium")
def dynamic_batch(ctx: Context) -> None:
    """In a functional model of unknown batch size, every batch size gives what a plain call gives.

    Why it matters: this is how nearly every model is built.
    Usual causes: `x.shape[0]`, which is `None` then, used as a number; a batch size kept from
    `build`.
    Reference: keras #19048
    """
    batch(ctx)
    model = functional(ctx, any_length=False)
    one = one_layer(ctx)
    model.require_declared(one.outputs().get("calling the layer"), "the whole batch")
    direct = one.outputs(rows=1).get("calling the layer on one row")
    model.require_same(direct, rows=1, length=None, what="a batch of one")
