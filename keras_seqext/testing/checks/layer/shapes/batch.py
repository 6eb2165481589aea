"""Checks of batch sizes: one row, no rows and an unknown number of rows."""

from keras_seqext.testing.contexts.layer import Context
from keras_seqext.testing.core.failure import NotApplicable, require
from keras_seqext.testing.core.registry import layer_check
from keras_seqext.testing.helpers.functional_models import functional
from keras_seqext.testing.helpers.resized_inputs import batch, first_line, one_layer
from keras_seqext.testing.helpers.symbolic import symbolic
from keras_seqext.testing.helpers.tensor_specs import fits


@layer_check("core")
def batch_one(ctx: Context) -> None:
    """A single row has the same output on its own and in a batch.

    Why it matters: predictions are often made row by row; a model trained on batches must not fail
    or return other values.
    Usual causes: `squeeze` without an axis; a reduction over axis 0.
    """
    rows, one = batch(ctx), one_layer(ctx)
    if rows == 1:
        raise NotApplicable("the sample has a single row")
    whole = one.outputs().get("calling the layer").arrays
    alone = one.outputs(rows=1).get("calling the layer on one row").arrays
    for many, single in zip(whole, alone, strict=True):
        if many.ndim == 0 or many.shape[0] != rows:
            continue
        # Without `per_example` other axes may have the batch size too, as in a similarity matrix.
        sizes = many.shape[1:] if ctx.traits.per_example else single.shape[1 : many.ndim]
        expected = (1, *sizes)
        require(
            single.shape == expected and single.ndim == many.ndim,
            f"for a single row the output has shape {single.shape}; expected {expected}",
        )
        if ctx.traits.per_example and not ctx.traits.random_inference:
            ctx.close(single, many[:1], 2e-5, "row on its own, in its batch")
    ctx.finite(alone, "the output for one row")


@layer_check("recommended", after=("batch_one", "symbolic_shape"))
def batch_zero(ctx: Context) -> None:
    """An empty batch has an empty output.

    Why it matters: a shard of a distributed data set can be empty, and so can a filtered batch.
    Usual causes: index 0 along the batch axis; `-1` in a reshape, which is not defined for an empty
    batch.
    Reference: tensorflow #67023
    """
    rows, one = batch(ctx), one_layer(ctx)
    outcome = one.outputs(rows=0)
    if outcome.refused:
        raise NotApplicable(f"the layer rejects an empty batch: {first_line(outcome.error)}")
    empty = outcome.get("calling the layer on no rows").arrays
    declared = symbolic(ctx, any_batch=True).get("a symbolic call")
    for many, none, spec in zip(one.outputs().value.arrays, empty, declared, strict=True):
        if many.ndim == 0 or many.shape[0] != rows:
            continue
        # A size that a symbolic call leaves unknown, such as the length of the longest string of a
        # batch, may have any value.
        expected = (0, *spec.shape[1:])
        require(
            fits(expected, none.shape),
            f"for an empty batch the output has shape {none.shape}; expected {expected}",
        )


@layer_check("core", after=("batch_one", "inference_pure"), cost="medium")
def dynamic_batch(ctx: Context) -> None:
    """In a functional model of unknown batch size, the layer works for every batch size.

    The outputs equal those of a direct call.

    Why it matters: nearly every model is built with an unknown batch size.
    Usual causes: `x.shape[0]`, which is then `None`, used as a number; a batch size stored in
    `build`.
    Reference: keras #19048
    """
    batch(ctx)
    model = functional(ctx, any_length=False)
    one = one_layer(ctx)
    model.require_declared(one.outputs().get("calling the layer"), "the whole batch")
    direct = one.outputs(rows=1).get("calling the layer on one row")
    model.require_same(direct, rows=1, length=None, what="a batch of one")
