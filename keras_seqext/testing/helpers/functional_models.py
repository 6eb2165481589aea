"""Functional models of one layer with an unknown batch size or length."""

from dataclasses import dataclass
from typing import Any

from keras_seqext.testing.contexts.layer import Context
from keras_seqext.testing.core.failure import CheckFailure, NotApplicable

from .resized_inputs import Attempt, Outputs, all_outputs, attempt, first_line, one_layer, resized
from .symbolic import functional_inputs
from .tensor_specs import Spec, require_fits, specs


@dataclass
class FunctionalModel:
    """A functional model of one layer.

    Args:
        ctx: Context of the check.
        model: Model whose inputs and outputs are flat lists.
        declared: Declared shapes and dtypes of its outputs.
    """

    ctx: Context
    model: Any
    declared: list[Spec]

    def run(self, rows: int | None, length: int | None) -> Attempt:
        """Return an attempt whose value is the `Outputs` of the model at that size."""
        import keras

        arguments = resized(self.ctx, rows, length)
        flat = [keras.ops.convert_to_tensor(value) for value in keras.tree.flatten(arguments)]
        return attempt(None, lambda: all_outputs(self.model(flat, training=False)))

    def require_declared(self, direct: Outputs, what: str) -> None:
        """Fail unless the outputs of the layer have the shapes that the model declares."""
        flat = [Spec((i,), s.shape, s.dtype, s.sparse) for i, s in enumerate(direct.specs)]
        require_fits(self.declared, flat, "the functional model", f" for {what}")

    def require_same(
        self, direct: Outputs, rows: int | None, length: int | None, what: str
    ) -> None:
        """Fail unless the model has the outputs of the layer, in the declared shapes."""
        self.require_declared(direct, what)
        found = self.run(rows, length).get(f"the model, called on {what},")
        if not self.ctx.traits.random_inference:
            self.ctx.close(found.arrays, direct.arrays, 1e-5, "in the model, called directly")


def functional(ctx: Context, any_length: bool) -> FunctionalModel:
    """Return a functional model of unknown batch size, and length on request.

    It has the weights of the shared layer. Fail if the layer cannot be called on inputs of unknown
    size; not applicable if the layer itself raises an error that refuses them.
    """
    import keras

    inputs = functional_inputs(ctx, not ctx.traits.stateful, any_length)
    layer = ctx.make()
    outcome = attempt(layer, lambda: ctx.call(layer, *inputs))
    unknown = "length" if any_length else "batch size"
    if outcome.refused:
        raise NotApplicable(f"the layer requires a known {unknown}: {first_line(outcome.error)}")
    if outcome.error is not None:
        raise CheckFailure(
            f"calling the layer on a keras.Input of unknown {unknown} failed: "
            f"{first_line(outcome.error)}"
        )
    outputs = [part for part in keras.tree.flatten(outcome.value) if part is not None]
    model = keras.Model(keras.tree.flatten(inputs), outputs)
    copied = attempt(layer, lambda: layer.set_weights(one_layer(ctx).weights))
    copied.get(f"giving the layer built for an unknown {unknown} the weights of another")
    return FunctionalModel(ctx, model, specs(outputs))
