"""Outputs of masked calls, and the positions at which they are valid."""

from typing import Any

import numpy as np

from keras_seqext.testing.contexts.layer import Context
from keras_seqext.testing.core.failure import NotApplicable, naming, require_close, require_finite
from keras_seqext.testing.core.tensors import flat_outputs, is_nested, to_tensors
from keras_seqext.testing.helpers.states import mutable_variables as mutable_variables

from .masked_calls import MaskedCalls, flat_arrays
from .masked_calls import mask_mechanism as mask_mechanism
from .masks import empty_row, is_maskable


def masked(ctx: Context) -> "Masked":
    """Return the masked calls of the layer; not applicable if it does not support a mask."""
    if ctx.traits.sees_padding:
        raise NotApplicable("declared: sees_padding=True")
    run = with_carried_mask(ctx)
    if run.mask_mechanism is None:
        raise NotApplicable("`call` has no argument `mask`")
    return run


def with_carried_mask(ctx: Context) -> "Masked":
    """Return calls of the layer on inputs with an attached mask, even if it ignores the mask.

    Calls are at inference and restore variables, so that all checks can share one layer.
    """
    if ctx.traits.random_inference:
        raise NotApplicable("declared: random_inference=True")
    if ctx.traits.time_axis != 1 or ctx.traits.has_time is False and not _listed(ctx):
        raise NotApplicable("the input has no time axis at axis 1")
    if not any(is_maskable(value) for value in flat_arrays(ctx.inputs())):
        raise NotApplicable("no input has a time axis: (batch, steps, ...)")
    run: Masked = ctx.cached("masked", lambda: Masked(ctx))
    return run


def _listed(ctx: Context) -> bool:
    return is_nested(ctx.inputs()[0])


class Masked(MaskedCalls):
    """Masked calls of a built layer, and the valid positions of their outputs."""

    def __init__(self, ctx: Context, layer: Any = None) -> None:
        super().__init__(ctx, layer)
        self._output_kinds: list[str] | None = None

    @property
    def output_kinds(self) -> list[str]:
        """`"time"` for each output with the steps of the input, else `"pooled"` or `"other"`."""
        if self._output_kinds is None:
            self._output_kinds = self._find_output_kinds()
        return self._output_kinds

    def _find_output_kinds(self) -> list[str]:
        full, row = self.without_mask(), self.short_row()
        short: list[Any] | None = None
        steps = self.steps
        if row is not None and not self.ctx.traits.fixed_length:
            steps = int(self.mask("right")[row].sum())
            try:
                short = self.truncated_to(row)
            except Exception:  # reported by the checks of shapes
                short = None
        found = []
        for place, output in enumerate(full):
            has_steps = output.ndim >= 2 and output.shape[:2] == (self.batch, self.steps)
            other = None if short is None or len(short) != len(full) else short[place].shape
            if other is None:
                pooled = output.ndim < self._rank() and not has_steps
                found.append("time" if has_steps else "pooled" if pooled else "other")
            elif other == output.shape:
                found.append("pooled")
            elif has_steps and other[:2] == (self.batch, steps):
                found.append("time")
            else:
                found.append("other")
        return found

    def _rank(self) -> int:
        first = next(value for value in flat_arrays(self.arguments) if is_maskable(value))
        return int(first.ndim) + (1 if first.dtype.kind in "iub" else 0)

    def valid_positions(self, place: int, kind: str, shape: Any) -> Any:
        """Return where an output is valid, as booleans on its first axes; `None` if unknown."""
        if self.output_kinds[place] == "pooled":
            return np.ones(shape[:1], bool)
        mask, out = self.mask(kind), self._mask_out(place, kind)
        if self.output_kinds[place] == "time":
            if getattr(self.layer, "go_backwards", False):
                return mask[:, ::-1]
            # Use the mask that the layer returns if it moves valid steps, and has as many.
            moved = out is not None and out.shape == mask.shape
            return out if moved and (out.sum(1) == mask.sum(1)).all() else mask
        return out if out is not None and out.shape == tuple(shape[:2]) else None

    def _mask_out(self, place: int, kind: str) -> Any:
        """Return the mask that `compute_mask` returns for an output, if any."""
        if not self.layer.supports_masking:
            return None
        first = to_tensors(self.arguments[:1])[0]
        try:
            found = self.layer.compute_mask(first, to_tensors(self.masks(kind)[:1])[0])
        except Exception:  # reported by `mask_propagation`
            return None
        if isinstance(found, (list, tuple)):
            found = found[place] if place < len(found) else None
        elif place:
            found = None
        return None if found is None else np.asarray(flat_outputs(found)[0]).astype(bool)

    def close(
        self, kind: str, actual: list[Any], expected: list[Any], tolerance: float, what: str
    ) -> None:
        """Fail unless the outputs are equal at valid positions."""
        for place, (left, right) in enumerate(zip(actual, expected, strict=True)):
            keep = self.valid_positions(place, kind, left.shape)
            if keep is None or left.shape != right.shape:
                continue
            keep = keep.reshape(keep.shape + (1,) * (left.ndim - keep.ndim))
            with naming(f"{self._named(place)}mask {kind}"):
                require_close(np.where(keep, left, right), right, tolerance, what)

    def finite(self, kind: str, outputs: list[Any], what: str) -> None:
        """Fail unless the outputs are finite at valid positions."""
        for place, output in enumerate(outputs):
            keep = self.valid_positions(place, kind, output.shape)
            if keep is not None and output.dtype.kind == "f":
                keep = keep.reshape(keep.shape + (1,) * (output.ndim - keep.ndim))
                require_finite(np.where(keep, output, 0), f"{self._named(place)}{what}")

    def _named(self, place: int) -> str:
        return f"output {place}, " if len(self.output_kinds) > 1 else ""

    def cotangents(self, outputs: list[Any], kind: str | None = None) -> list[Any]:
        """Return random arrays like the float outputs, 0 at invalid positions."""
        rng = np.random.default_rng(self.ctx.seed + 13)
        found: list[Any] = []
        for place, output in enumerate(outputs):
            weight: Any = rng.normal(size=output.shape).astype("float32")
            if kind is not None:
                keep = self.valid_positions(place, kind, output.shape)
                if keep is None:
                    keep = np.zeros(output.shape[:1], bool)
                keep = keep.reshape(keep.shape + (1,) * (output.ndim - keep.ndim))
                weight = np.where(keep, weight, 0).astype("float32")
            found.append(weight if output.dtype.kind == "f" else None)
        if all(weight is None or not weight.any() for weight in found):
            raise NotApplicable("the valid positions of the float outputs are unknown")
        return found

    def other_rows(self, outputs: list[Any]) -> list[Any]:
        """Return the outputs without the row that has no valid step in the mask `"empty"`."""
        row = empty_row(self.batch)
        return [np.delete(o, row, axis=0) if o.ndim else o for o in outputs]
