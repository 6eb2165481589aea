"""Check of gradients against finite differences."""

from typing import Any

import numpy as np

from keras_seqext.testing.contexts.layer import Context
from keras_seqext.testing.core.failure import CheckFailure, NotApplicable
from keras_seqext.testing.core.registry import layer_check
from keras_seqext.testing.core.tensors import to_numpy
from keras_seqext.testing.helpers.losses import LayerLoss
from keras_seqext.testing.helpers.states import State

GROUPS = 12
DIRECTIONS = 3
# Step, largest difference of two step sizes that counts as accurate, tolerance of the gradient.
DOUBLE = (1e-5, 1e-5, 1e-4)
SINGLE = (1e-2, 1e-2, 3e-2)


@layer_check("recommended", after=("call_finite", "grad_inputs", "grad_all_weights"))
def fd_gradient(ctx: Context) -> None:
    """Gradients agree with finite differences, for each input and each weight.

    Why it matters: training follows the gradient; with a wrong gradient it is slow or converges to
    another result.
    Usual causes: a mistake in a custom gradient; `stop_gradient` on a part; a value computed in
    NumPy. If this is by design, declare `Traits(surrogate_gradient=True)`.
    """
    traits = ctx.traits
    if traits.surrogate_gradient or traits.nondifferentiable:
        raise NotApplicable("nondifferentiable or surrogate_gradient is declared")
    if traits.random_inference:
        raise NotApplicable("random_inference is declared")
    loss, double = _loss(ctx)
    differences = _Differences(loss, double)
    if not differences.groups:
        raise NotApplicable("the layer has neither float inputs nor trainable weights")
    verdicts = [differences.judge(group) for group in differences.groups]
    if all(verdict is None for verdict in verdicts):
        raise NotApplicable("finite differences of the output are not accurate enough")


def _loss(ctx: Context) -> tuple[LayerLoss, bool]:
    """Return the loss and whether it is in double precision, which is used if the layer supports
    it.
    """
    import keras

    def wide(value: Any) -> Any:
        array = np.asarray(value)
        return array.astype("float64") if array.dtype.kind == "f" else array

    try:
        arguments = tuple(keras.tree.map_structure(wide, a) for a in ctx.inputs())
        layer = ctx.built(arguments, dtype="float64")
        loss = LayerLoss(ctx, layer, arguments=arguments)
        outputs = ctx.run(layer, *arguments)
        if all(output.dtype == "float64" for output in outputs if output.dtype.kind == "f"):
            loss.gradients()
            return loss, True
    except NotApplicable:
        raise
    except Exception:  # the checks of dtypes report it
        pass
    return LayerLoss(ctx, ctx.built()), False


class _Differences:
    def __init__(self, loss: LayerLoss, double: bool) -> None:
        self.loss, self.double = loss, double
        self.weights = list(loss.layer.trainable_variables)
        self.state = State(loss.layer)
        self.found = loss.gradients()
        self.impure = bool(self.state.changed())
        self.state.restore()
        self.start = [to_numpy(weight.value) for weight in self.weights]
        self.rng = np.random.default_rng(loss.ctx.seed + 17)

    @property
    def groups(self) -> list[list[int]]:
        """Groups of inputs and weights by number: one per group, unless there are many."""
        count = len(self.loss.inputs) + len(self.weights)
        return [list(range(i, count, GROUPS)) for i in range(min(count, GROUPS))]

    def judge(self, group: list[int]) -> bool | None:
        """Raise if most directions disagree; return `None` if no difference is accurate enough."""
        verdicts: list[bool] = []
        worst = ""
        # One direction that agrees suffices, and a failure needs two that disagree: a kink, such as
        # that of a ReLU, may lie on one of them.
        for _ in range(DIRECTIONS):
            verdict, message = self._direction(group)
            if verdict is True:
                return True
            if verdict is False:
                verdicts.append(verdict)
                worst = message
        if len(verdicts) >= 2:
            raise CheckFailure(worst)
        return None

    def _direction(self, group: list[int]) -> tuple[bool | None, str]:
        inputs, weights = self.loss.inputs, self.weights
        values = [*inputs, *self.start]
        gradients = [*self.found.by_inputs, *self.found.by_weights]
        moves = {i: self.rng.normal(size=values[i].shape) for i in group}
        length = np.sqrt(sum(np.sum(move**2) for move in moves.values())) or 1.0
        moves = {i: move / length for i, move in moves.items()}
        parts = [(gradients[i], moves[i]) for i in group if gradients[i] is not None]
        slope = float(sum(np.sum(g * move) for g, move in parts))
        # The slope to expect along a random direction. It keeps the tolerance away from 0 where the
        # slope along this direction is 0 by chance.
        usual = float(np.sqrt(sum(np.sum(np.square(g)) for g, _ in parts)))
        usual /= np.sqrt(max(sum(values[i].size for i in group), 1))
        for step, agreement, tolerance in (DOUBLE, SINGLE) if self.double else (SINGLE,):
            # Two step sizes agree only where the output is smooth and rounding is small.
            coarse = self._slope(values, moves, step)
            fine = self._slope(values, moves, step / 2)
            size = max(abs(slope), abs(fine)) + 0.1 * usual
            # Rounding of the loss makes a difference of 0 as large as this.
            noise = (
                8
                * abs(self.found.loss)
                * np.finfo("float64" if self.double else "float32").eps
                / step
            )
            if not abs(coarse - fine) <= agreement * size + noise:
                continue
            if abs(slope - fine) <= tolerance * size + noise:
                return True, ""
            named = [
                f"float input {i}" if i < len(inputs) else weights[i - len(inputs)].path
                for i in group
            ]
            return False, (
                f"along a random direction of {', '.join(named)}, the gradient is {slope:.6g}, but "
                f"the finite difference is {fine:.6g} (step {step / 2:g}, tolerance {tolerance:g})"
            )
        return None, ""

    def _slope(self, values: list[Any], moves: dict[int, Any], step: float) -> float:
        ahead, behind = (self._value(values, moves, sign * step) for sign in (1, -1))
        return (ahead - behind) / (2 * step)

    def _value(self, values: list[Any], moves: dict[int, Any], step: float) -> float:
        if self.impure:
            self.state.restore()
        count = len(self.loss.inputs)
        inputs = list(values[:count])
        for i, move in moves.items():
            moved = (values[i] + step * move).astype(values[i].dtype)
            if i < count:
                inputs[i] = moved
            else:
                self.weights[i - count].assign(moved)
        result = self.loss.value(inputs)
        for i in moves:
            if i >= count:
                self.weights[i - count].assign(values[i])
        return result
