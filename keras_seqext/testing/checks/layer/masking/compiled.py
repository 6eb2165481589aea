"""Checks of masks in compiled and traced calls."""

from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np

from keras_seqext.testing import backends
from keras_seqext.testing.contexts.layer import Context
from keras_seqext.testing.core.failure import NotApplicable
from keras_seqext.testing.core.registry import layer_check
from keras_seqext.testing.core.tensors import flat_outputs, to_tensors
from keras_seqext.testing.helpers.compiling import require_compilable, run_or_fail, supports_jit
from keras_seqext.testing.helpers.masking.masked_outputs import Masked, masked
from keras_seqext.testing.helpers.masking.masks import is_maskable

COMPILED = 1e-4
KINDS = ("right", "holes")


@layer_check("core", after=("call_finite", "mask_implicit", "jit_parity"), cost="medium")
def mask_jit(ctx: Context) -> None:
    """Compiled and eager calls return the same outputs for different masks.

    Why it matters: `fit` and `predict` compile by default, and each batch has another mask.
    Usual causes: `if ops.all(mask)` in Python; the number of steps read from a mask as an `int`;
    boolean indexing, whose result has no fixed shape.
    """
    run = masked(ctx)
    require_compilable(ctx)
    # torch unrolls a loop over time, which is slow to trace for many steps.
    arguments = _first_steps(run, 3) if ctx.backend == "torch" else run.arguments
    module = backends.current()
    modes: dict[str, bool | None] = {ctx.backend: None}
    if ctx.backend == "tensorflow":
        modes = {"tf.function": False}
        if supports_jit(run.layer):
            modes["tf.function(jit_compile=True)"] = True
    expected = {kind: run.eager(arguments, _cut_masks(run, kind, arguments)) for kind in KINDS}
    for mode, xla in modes.items():
        compiled = module.compiled(run.tensors, run.layer, xla=xla)
        for kind in KINDS:
            tensors = _as_tensors((arguments, _cut_masks(run, kind, arguments)))
            call = _calling(run, compiled, tensors)
            outputs = run_or_fail(f"{mode} with a mask", call)
            ctx.close(outputs, expected[kind], COMPILED, f"{mode} with mask {kind}, eager")


def _calling(run: Masked, compiled: Callable[..., Any], tensors: Any) -> Callable[[], list[Any]]:
    return lambda: run.with_restored_state(lambda: flat_outputs(compiled(*tensors)))


def _first_steps(run: Masked, steps: int) -> tuple[Any, ...]:
    least = max(steps, run.ctx.traits.min_length)
    if run.ctx.traits.fixed_length or run.steps <= least:
        return run.arguments
    return run.packed([v[:, :least] if is_maskable(v) else v for v in run.flat(run.arguments)])


def _cut_masks(run: Masked, kind: str, arguments: Any) -> tuple[Any, ...]:
    """Return the masks of the first steps; if no padding remains, mask the last row."""
    flat = []
    for value, mask in zip(run.flat(arguments), run.flat(run.masks(kind)), strict=True):
        if mask is not None and value.shape[1] < mask.shape[1]:
            mask = mask[:, : value.shape[1]].copy()
            mask[-1, 1:] = False
        flat.append(mask)
    return run.packed(flat)


def _as_tensors(tree: Any) -> Any:
    import keras

    return keras.tree.map_structure(lambda v: v if v is None else to_tensors((v,))[0], tree)


@layer_check("core", after=("call_finite", "mask_implicit", "mask_jit"), cost="medium")
def mask_export(ctx: Context) -> None:
    """Traced once for unknown batch size and length, the layer applies the mask of each call.

    Why it matters: an exported model is a single trace, and serves batches of every length.
    Usual causes: a mask created or stored for the size of the first batch; `x.shape[1]` used as a
    number in the masked path.
    """
    run = masked(ctx)
    require_compilable(ctx)
    if ctx.traits.fixed_length or ctx.traits.stateful:
        raise NotApplicable("the layer works for a single size only (fixed_length or stateful)")
    flat, masks = run.flat(run.arguments), run.flat(run.masks("right"))
    given = [mask for mask in masks if mask is not None]
    row = run.short_row()
    if row is None:
        raise NotApplicable("the sample has no shorter row")
    shapes = [_named_sizes(value, number) for number, value in enumerate(flat)]
    named_masks = [s[:2] for s, mask in zip(shapes, masks, strict=True) if mask is not None]

    def call(*values: Any) -> Any:
        arguments, left = values[: len(flat)], iter(values[len(flat) :])
        packed = run.packed([None if mask is None else next(left) for mask in masks])
        return run.tensors(run.packed(list(arguments)), packed)

    traced = backends.current().traced_with_unknown_sizes(
        call, run.layer, [*flat, *given], [*shapes, *named_masks]
    )
    rows = slice(0, max(run.batch - 1, 1))
    for kind in KINDS:
        arguments, cut_masks = run.truncated(row), _cut_masks(run, kind, run.truncated(row))
        fewer = [value[rows] for value in run.flat(arguments)]
        fewer_masks = [None if m is None else np.array(m[rows]) for m in run.flat(cut_masks)]
        expected = run.eager(run.packed(fewer), run.packed(fewer_masks))
        values = [*fewer, *(m for m in fewer_masks if m is not None)]
        outputs = run_or_fail("the traced call", partial(_traced, traced, values))
        ctx.close(outputs, expected, COMPILED, f"traced with mask {kind}, eager")


def _traced(traced: Callable[..., Any], values: list[Any]) -> list[Any]:
    return flat_outputs(traced(*values))


def _named_sizes(value: Any, number: int) -> tuple[Any, ...]:
    """Return the shape with names for the sizes that may change."""
    if not is_maskable(value):
        return ("batch", *value.shape[1:])
    return ("batch", f"steps{number}", *value.shape[2:])
