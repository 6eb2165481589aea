"""One layer, built once, and its calls with masks."""

import inspect
from collections.abc import Callable
from typing import Any, TypeVar

from keras_seqext.testing import backends
from keras_seqext.testing.contexts.layer import Context
from keras_seqext.testing.core.tensors import accepts, flat_outputs, to_tensors
from keras_seqext.testing.helpers.states import reset, shared_layer

from .mask_layers import AttachMask
from .masks import aligned, filled, is_maskable, make_mask

Kept = TypeVar("Kept")


def flat_arrays(arguments: Any) -> list[Any]:
    """Every array of some arguments, or of their masks, in one list."""
    import keras

    return list(keras.tree.flatten(list(arguments)))


def mask_mechanism(ctx: Context, layer: Any) -> str | None:
    """How a mask gets in: `"argument"`, `"carried"` by the input, or `None`."""
    if ctx.traits.takes_mask and accepts(layer, "mask"):
        return "argument"
    parameters = list(inspect.signature(layer.call).parameters)
    return "carried" if parameters and f"{parameters[0]}_mask" in parameters else None


def mutable_variables(layer: Any) -> list[Any]:
    """The variables that a call may change, the states of a recurrent layer included.

    Those of Keras' own recurrent layers are in no list of variables.
    """
    import keras

    states = [s for s in keras.tree.flatten(getattr(layer, "states", None)) if s is not None]
    known = {id(variable) for variable in layer.non_trainable_variables}
    extra = [s for s in states if hasattr(s, "assign") and id(s) not in known]
    return [*layer.non_trainable_variables, *extra]


class MaskedCalls:
    """A built layer and its masked calls.

    Args:
        ctx: The case.
        layer: Built; by default a new one with random weights.

    Attributes:
        way: See `mask_mechanism`.
        batch: Rows.
        steps: Time steps of the first input that has any.
        dtype_kind: Of that input, as NumPy names it.
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
        self._known: dict[Any, Any] = {}

    # --- inputs -----------------------------------------------------------------------------

    def masks(self, kind: str) -> tuple[Any, ...]:
        """For each argument its mask, in lists where it is a list; `None` if it has no steps."""
        import keras

        def make(value: Any) -> Any:
            if not is_maskable(value):
                return None
            least, seed = self.ctx.traits.min_length, self.ctx.seed + value.shape[1]
            return make_mask(kind, value.shape[0], value.shape[1], least, seed)

        return tuple(keras.tree.map_structure(make, list(self.arguments)))

    def mask(self, kind: str) -> Any:
        """The mask `(batch, steps)` of the first input that has steps."""
        return next(mask for mask in flat_arrays(self.masks(kind)) if mask is not None)

    def filled(self, kind: str, fill: float) -> tuple[Any, ...]:
        """The arguments with `fill` at the steps that a mask of this kind masks."""
        flat = [
            filled(value, mask, fill)
            for value, mask in zip(
                flat_arrays(self.arguments), flat_arrays(self.masks(kind)), strict=True
            )
        ]
        return self.packed(flat)

    def truncated(self, row: int, arguments: Any = None) -> tuple[Any, ...]:
        """Arguments with as many steps as count in a row of the mask `"right"`, in each input."""
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
        """Every array of arguments, or of their masks, in one list."""
        return flat_arrays(arguments)

    def packed(self, flat: list[Any]) -> tuple[Any, ...]:
        """Flat values arranged as the arguments are."""
        import keras

        return tuple(keras.tree.pack_sequence_as(list(self.arguments), flat))

    # --- calls ------------------------------------------------------------------------------

    def call(self, arguments: Any, masks: Any = None, training: bool = False) -> Any:
        """Calls the layer on tensors, the mask given the way it takes one."""
        if masks is None:
            return self.ctx.call(self.layer, *arguments, training=training)
        if self.mask_mechanism == "argument":
            return self.ctx.call(self.layer, *arguments, mask=masks[0], training=training)
        return self.ctx.call(
            self.layer, *self.with_carried_masks(arguments, masks), training=training
        )

    def with_carried_masks(self, arguments: Any, masks: Any) -> tuple[Any, ...]:
        """The arguments as tensors that carry the masks."""
        tensors = flat_arrays(to_tensors(tuple(arguments)))
        given = [None if m is None else to_tensors((m,))[0] for m in flat_arrays(masks)]
        flat = [
            tensor if mask is None else self._attach([tensor, mask])
            for tensor, mask in zip(tensors, given, strict=True)
        ]
        return self.packed(flat)

    def run(self, arguments: Any, masks: Any = None) -> list[Any]:
        """All outputs as NumPy arrays; compiled where an eager call is slow."""
        if self._repeated is None:
            self._repeated = backends.current().repeated(self.tensors, self.layer)
        call = self._repeated
        try:
            return self.with_restored_state(lambda: flat_outputs(call(arguments, masks)))
        except Exception:
            if call == self.tensors:
                raise
        return self.eager(arguments, masks)  # `jit_parity` tells why it cannot be compiled

    def eager(self, arguments: Any, masks: Any = None, training: bool = False) -> list[Any]:
        """All outputs of an ordinary call, as NumPy arrays."""
        return self.with_restored_state(lambda: flat_outputs(self.call(arguments, masks, training)))

    def eager_with(self, mask: Any) -> list[Any]:
        """All outputs of an ordinary call with `mask=` as it is given, converted to nothing."""
        kwargs = dict(self.ctx.sample.call_kwargs)
        return self.with_restored_state(
            lambda: flat_outputs(self.layer(*to_tensors(self.arguments), mask=mask, **kwargs))
        )

    def trained(self, arguments: Any, masks: Any) -> tuple[list[Any], list[Any], list[Any]]:
        """What a call in training gives, the non-trainable variables it leaves, and its losses."""
        left: list[Any] = []
        losses: list[Any] = []

        def call() -> list[Any]:
            outputs = flat_outputs(self.call(arguments, masks, training=True))
            left.extend(flat_outputs(v.value)[0] for v in mutable_variables(self.layer))
            losses.extend(flat_outputs(loss)[0] for loss in self.layer.losses)
            return outputs

        return self.with_restored_state(call), left, losses

    def tensors(self, arguments: Any, masks: Any) -> list[Any]:
        """All outputs as tensors, for compiling."""
        import keras

        return [t for t in keras.tree.flatten(self.call(arguments, masks)) if t is not None]

    def with_restored_state(self, function: Callable[[], Kept]) -> Kept:
        """`function()`, with the variables of the layer put back after it."""
        variables = mutable_variables(self.layer)
        before = [flat_outputs(variable.value)[0] for variable in variables]
        try:
            return function()
        finally:
            for variable, value in zip(variables, before, strict=True):
                variable.assign(value)

    def with_mask(self, kind: str, fill: float | None = None) -> list[Any]:
        """The outputs under a mask, with `fill` at masked steps or the content as it was."""
        if (kind, fill) not in self._known:
            arguments: Any = self.arguments if fill is None else self.filled(kind, fill)
            self._known[kind, fill] = self.run(arguments, self.masks(kind))
        found: list[Any] = self._known[kind, fill]
        return found

    def padded(self, kind: str) -> list[Any]:
        """The outputs for rows cut to their lengths and padded again: on the right or the left."""
        if ("padded", kind) not in self._known:
            masks = self.masks(kind)
            pairs = zip(flat_arrays(self.arguments), flat_arrays(masks), strict=True)
            arguments = self.packed([aligned(value, mask) for value, mask in pairs])
            self._known["padded", kind] = self.run(arguments, masks)
        found: list[Any] = self._known["padded", kind]
        return found

    def without_mask(self) -> list[Any]:
        """The outputs for whole rows without a mask."""
        if "whole" not in self._known:
            self._known["whole"] = self.run(self.arguments)
        found: list[Any] = self._known["whole"]
        return found

    def truncated_to(self, row: int) -> list[Any]:
        """The outputs for all rows cut to the length of one, so that all of it counts."""
        steps = tuple(int(m[row].sum()) for m in flat_arrays(self.masks("right")) if m is not None)
        if steps not in self._known:
            # Each length comes once, so there is nothing to gain by compiling it.
            self._known[steps] = self.eager(self.truncated(row))
        found: list[Any] = self._known[steps]
        return found

    def short_row(self) -> int | None:
        """A row that is padded, and the longest of those; `None` if none can be shorter."""
        counts = self.mask("right").sum(1)
        shorter = [row for row in range(self.batch) if counts[row] < self.steps]
        return max(shorter, key=lambda row: counts[row]) if shorter else None

    def gradients(
        self, arguments: Any, masks: Any, cotangents: list[Any]
    ) -> tuple[float, list[Any], list[Any]]:
        """Loss and gradients by the float inputs and by the trainable weights.

        The loss is the sum of the float outputs times `cotangents`, where those are not `None`.
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
                # A value that does not count may be anything, so it must not be multiplied.
                counted = keras.ops.where(keras.ops.not_equal(weight, 0), output, 0)
                total = total + keras.ops.sum(keras.ops.cast(counted * weight, "float32"))
        return total
