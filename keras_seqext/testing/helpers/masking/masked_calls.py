"""Masked calls of one layer."""

import inspect
from collections.abc import Callable
from typing import Any, TypeVar

from keras_seqext.testing import backends
from keras_seqext.testing.contexts.layer import Context
from keras_seqext.testing.core.tensors import accepts, flat_outputs, to_tensors
from keras_seqext.testing.helpers.states import (
    mutable_variables,
    reset,
    shared_layer,
    with_restored_variables,
)

from .mask_layers import AttachMask
from .masks import aligned, filled, is_maskable, make_mask

T = TypeVar("T")


def flat_arrays(arguments: Any) -> list[Any]:
    """Return every array of arguments, or of their masks, in one list."""
    import keras

    return list(keras.tree.flatten(list(arguments)))


def mask_mechanism(ctx: Context, layer: Any) -> str | None:
    """Return how the layer receives a mask.

    `"argument"`: as argument `mask`; `"carried"`: attached to the input; `None`: not at all.
    """
    if ctx.traits.takes_mask and accepts(layer, "mask"):
        return "argument"
    parameters = list(inspect.signature(layer.call).parameters)
    return "carried" if parameters and f"{parameters[0]}_mask" in parameters else None


class MaskedCalls:
    """Masked calls of a built layer.

    Args:
        ctx: Context of the check.
        layer: A built layer; by default the shared one.

    Attributes:
        mask_mechanism: Result of the function `mask_mechanism`.
        batch: Number of rows.
        steps: Number of steps of the first input with a time axis.
        dtype_kind: NumPy kind of the dtype of that input.
    """

    def __init__(self, ctx: Context, layer: Any = None) -> None:
        self.ctx = ctx
        self.arguments = ctx.inputs()
        self.layer = shared_layer(ctx) if layer is None else layer
        reset(self.layer)
        self.mask_mechanism = mask_mechanism(ctx, self.layer)
        self._attach = AttachMask(autocast=False)
        first = next(value for value in flat_arrays(self.arguments) if is_maskable(value))
        self.batch, self.steps = first.shape[:2]
        self.dtype_kind = first.dtype.kind
        self._repeated: Callable[..., Any] | None = None
        self._gradients: Callable[..., Any] | None = None
        self._cache: dict[Any, Any] = {}

    # --- inputs -----------------------------------------------------------------------------

    def masks(self, kind: str) -> tuple[Any, ...]:
        """Return a mask for each argument, nested like it; `None` for an input without steps."""
        import keras

        def make(value: Any) -> Any:
            if not is_maskable(value):
                return None
            least, seed = self.ctx.traits.min_length, self.ctx.seed + value.shape[1]
            return make_mask(kind, value.shape[0], value.shape[1], least, seed)

        return tuple(keras.tree.map_structure(make, list(self.arguments)))

    def mask(self, kind: str) -> Any:
        """Return the mask `(batch, steps)` of the first input with a time axis."""
        return next(mask for mask in flat_arrays(self.masks(kind)) if mask is not None)

    def filled(self, kind: str, fill: float) -> tuple[Any, ...]:
        """Return the arguments with `fill` at the masked steps."""
        flat = [
            filled(value, mask, fill)
            for value, mask in zip(
                flat_arrays(self.arguments), flat_arrays(self.masks(kind)), strict=True
            )
        ]
        return self.packed(flat)

    def truncated(self, row: int, arguments: Any = None) -> tuple[Any, ...]:
        """Return arguments truncated to the length of a row of the mask `"right"`."""
        flat = [
            value if mask is None else value[:, : int(mask[row].sum())]
            for value, mask in zip(
                flat_arrays(self.arguments if arguments is None else arguments),
                flat_arrays(self.masks("right")),
                strict=True,
            )
        ]
        return self.packed(flat)

    def flat(self, arguments: Any) -> list[Any]:
        """Return every array of arguments, or of their masks, in one list."""
        return flat_arrays(arguments)

    def packed(self, flat: list[Any]) -> tuple[Any, ...]:
        """Return flat values nested like the arguments."""
        import keras

        return tuple(keras.tree.pack_sequence_as(list(self.arguments), flat))

    # --- calls ------------------------------------------------------------------------------

    def call(self, arguments: Any, masks: Any = None, training: bool = False) -> Any:
        """Call the layer on tensors, with the mask passed in the way that the layer supports."""
        if masks is None:
            return self.ctx.call(self.layer, *arguments, training=training)
        if self.mask_mechanism == "argument":
            return self.ctx.call(self.layer, *arguments, mask=masks[0], training=training)
        return self.ctx.call(
            self.layer, *self.with_carried_masks(arguments, masks), training=training
        )

    def with_carried_masks(self, arguments: Any, masks: Any) -> tuple[Any, ...]:
        """Return the arguments as tensors with the masks attached."""
        tensors = flat_arrays(to_tensors(tuple(arguments)))
        given = [None if m is None else to_tensors((m,))[0] for m in flat_arrays(masks)]
        flat = [
            tensor if mask is None else self._attach([tensor, mask])
            for tensor, mask in zip(tensors, given, strict=True)
        ]
        return self.packed(flat)

    def run(self, arguments: Any, masks: Any = None) -> list[Any]:
        """Return all outputs as NumPy arrays; compiled where an eager call is slow."""
        if self._repeated is None:
            self._repeated = backends.current().repeated(self.tensors, self.layer)
        call = self._repeated
        try:
            return self.with_restored_state(lambda: flat_outputs(call(arguments, masks)))
        except Exception:
            if call == self.tensors:  # not compiled
                raise
        return self.eager(arguments, masks)  # `jit_parity` reports why it cannot be compiled

    def eager(self, arguments: Any, masks: Any = None, training: bool = False) -> list[Any]:
        """Return all outputs of an eager call as NumPy arrays."""
        return self.with_restored_state(lambda: flat_outputs(self.call(arguments, masks, training)))

    def eager_with(self, mask: Any) -> list[Any]:
        """Return all outputs of an eager call with `mask` passed without conversion."""
        kwargs = dict(self.ctx.sample.call_kwargs)
        return self.with_restored_state(
            lambda: flat_outputs(self.layer(*to_tensors(self.arguments), mask=mask, **kwargs))
        )

    def trained(self, arguments: Any, masks: Any) -> tuple[list[Any], list[Any], list[Any]]:
        """Return outputs, mutable variables and losses after a call in training."""
        left: list[Any] = []
        losses: list[Any] = []

        def call() -> list[Any]:
            outputs = flat_outputs(self.call(arguments, masks, training=True))
            left.extend(flat_outputs(v.value)[0] for v in mutable_variables(self.layer))
            losses.extend(flat_outputs(loss)[0] for loss in self.layer.losses)
            return outputs

        return self.with_restored_state(call), left, losses

    def tensors(self, arguments: Any, masks: Any) -> list[Any]:
        """Return all outputs as tensors, for compiling."""
        import keras

        return [t for t in keras.tree.flatten(self.call(arguments, masks)) if t is not None]

    def with_restored_state(self, function: Callable[[], T]) -> T:
        """Return `function()`, and restore the variables of the layer."""
        return with_restored_variables(self.layer, function)

    def with_mask(self, kind: str, fill: float | None = None) -> list[Any]:
        """Return the outputs with a mask, and with `fill`, if given, at the masked steps."""
        if (kind, fill) not in self._cache:
            arguments: Any = self.arguments if fill is None else self.filled(kind, fill)
            self._cache[kind, fill] = self.run(arguments, self.masks(kind))
        found: list[Any] = self._cache[kind, fill]
        return found

    def padded(self, kind: str) -> list[Any]:
        """Return the outputs for rows truncated to their lengths and padded right or left."""
        if ("padded", kind) not in self._cache:
            masks = self.masks(kind)
            pairs = zip(flat_arrays(self.arguments), flat_arrays(masks), strict=True)
            arguments = self.packed([aligned(value, mask) for value, mask in pairs])
            self._cache["padded", kind] = self.run(arguments, masks)
        found: list[Any] = self._cache["padded", kind]
        return found

    def without_mask(self) -> list[Any]:
        """Return the outputs for complete rows without a mask."""
        if "whole" not in self._cache:
            self._cache["whole"] = self.run(self.arguments)
        found: list[Any] = self._cache["whole"]
        return found

    def truncated_to(self, row: int) -> list[Any]:
        """Return the outputs for all rows truncated to the length of one row, without a mask."""
        steps = tuple(int(m[row].sum()) for m in flat_arrays(self.masks("right")) if m is not None)
        if steps not in self._cache:
            # Each length occurs once, so compiling it would not save time.
            self._cache[steps] = self.eager(self.truncated(row))
        found: list[Any] = self._cache[steps]
        return found

    def short_row(self) -> int | None:
        """Return the longest row with padding, or `None` if no row is padded."""
        counts = self.mask("right").sum(1)
        shorter = [row for row in range(self.batch) if counts[row] < self.steps]
        return max(shorter, key=lambda row: counts[row]) if shorter else None

    def gradients(
        self, arguments: Any, masks: Any, cotangents: list[Any]
    ) -> tuple[float, list[Any], list[Any]]:
        """Return the loss and its gradients by float inputs and trainable weights.

        The loss is the sum of the float outputs times `cotangents`, where they are not `None`.
        """
        if self._gradients is None:
            self._gradients = backends.current().repeated_gradients(self._loss, self.layer)
        flat = flat_arrays(arguments)
        inputs = [value for value in flat if value.dtype.kind == "f"]
        others = [value for value in flat if value.dtype.kind != "f"]
        run, rest = self._gradients, (others, masks, cotangents)
        found: tuple[float, list[Any], list[Any]] = self.with_restored_state(
            lambda: run(inputs, rest)
        )
        return found

    def _loss(self, inputs: list[Any], rest: Any) -> Any:
        import keras

        others, masks, cotangents = rest
        floats, ids = iter(inputs), iter(others)
        kinds = [value.dtype.kind for value in flat_arrays(self.arguments)]
        flat = [next(floats) if kind == "f" else next(ids) for kind in kinds]
        total: Any = 0.0
        outputs = self.tensors(self.packed(flat), masks)
        for output, weight in zip(outputs, cotangents, strict=True):
            if weight is not None:
                weight = keras.ops.cast(weight, output.dtype)
                # A masked value may be NaN, and NaN times 0 is NaN: select it away instead.
                counted = keras.ops.where(keras.ops.not_equal(weight, 0), output, 0)
                total = total + keras.ops.sum(keras.ops.cast(counted * weight, "float32"))
        return total
