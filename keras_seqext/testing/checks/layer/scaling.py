"""Checks of scaling: number of weights, quantization and low-rank fine-tuning."""

import tempfile
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from keras_seqext.testing.contexts.layer import Context
from keras_seqext.testing.core.failure import CheckFailure, NotApplicable, require
from keras_seqext.testing.core.registry import layer_check
from keras_seqext.testing.helpers.dtype_policies import sublayers
from keras_seqext.testing.helpers.functional_models import FunctionalModel, functional
from keras_seqext.testing.helpers.resized_inputs import (
    attempt,
    batch,
    first_line,
    one_layer,
    resized,
    variable_length,
)
from keras_seqext.testing.helpers.symbolic import built_symbolically

RANK = 2


@layer_check("core", after=("call_finite", "symbolic_shape"))
def weights_count_linear(ctx: Context) -> None:
    """The trainable weights depend neither on the sequence length nor on the batch size.

    Why it matters: a model is trained with one length and batch size and used with others; weights
    that depend on them cannot be loaded.
    Usual causes: `input_shape[0]` or `input_shape[1]` in the shape of a weight.
    """
    expected = _shapes(one_layer(ctx).layer)
    tried = False
    for what, size in (("rows", batch), ("steps", variable_length)):
        try:
            number = size(ctx) + 2
        except NotApplicable:
            continue
        tried = True
        arguments = resized(ctx, number) if what == "rows" else resized(ctx, None, number)
        layer = ctx.make()
        built_symbolically(ctx, layer, arguments, f"a symbolic call on {number} {what}")
        found = _shapes(layer)
        require(
            found == expected,
            f"the shapes of the trainable weights are {expected} when built for {number - 2} "
            f"{what}, and {found} when built for {number}",
        )
    if not tried:
        raise NotApplicable("neither the batch size nor the length of the sample can be changed")


@layer_check("strict", after=("dynamic_batch",), cost="medium")
def quantize_int8(ctx: Context) -> None:
    """After int8 quantization the output error is at most 5 %, also after saving and loading.

    The error is measured relative to the largest output.

    Why it matters: quantization fits models to phones, and large models to a single GPU.
    Usual causes: a quantised product that is not scaled back; a scale that is not saved.
    Reference: keras PR #19377, #19381
    """
    import keras

    model = functional(ctx, any_length=False)
    before = _outputs(model, "the model")
    quantised = attempt(None, lambda: model.model.quantize("int8"))
    quantised.get("quantize('int8')")
    if not any(str(w.dtype) == "int8" for w in model.model.weights):
        raise NotApplicable("no part of the layer can be quantised")
    after = _outputs(model, "the quantised model")
    for wanted, got in zip(before, after, strict=True):
        if wanted.dtype.kind != "f":
            continue
        size = np.abs(wanted).max(initial=0.0)
        error = np.abs(got - wanted).max(initial=0.0)
        allowed = ctx.tolerance(5e-2)
        require(
            error <= allowed * size,
            f"the output in int8 differs by {error:.3g}, which is {error / max(size, 1e-30):.1%} "
            f"of the largest output, {size:.3g} (at most {allowed:.0%} is allowed)",
        )
    with tempfile.TemporaryDirectory() as folder:
        path = str(Path(folder) / "quantised.keras")
        model.model.save(path)
        layer = ctx.make()
        loaded = attempt(
            None,
            lambda: keras.models.load_model(
                path, custom_objects={type(layer).__name__: type(layer)}
            ),
        ).get("loading the quantised model")
    again = _outputs(FunctionalModel(ctx, loaded, model.declared), "the loaded model")
    ctx.close(again, after, 1e-5, "quantised and loaded model, quantised model")


@layer_check("strict", after=("dynamic_batch",), cost="medium")
def lora(ctx: Context) -> None:
    """Enabling LoRA does not change the output; the LoRA weights affect it and can be saved.

    Not applicable if neither the layer nor a layer inside it has `enable_lora`.

    Why it matters: large models are fine-tuned with LoRA.
    Usual causes: the low-rank product does not start at 0, or is not used in `call`.
    """
    model = functional(ctx, any_length=False)
    layer = model.model.layers[-1]
    parts = [part for part in (layer, *sublayers(layer).values()) if hasattr(part, "enable_lora")]
    if not parts:
        raise NotApplicable("neither the layer nor a layer inside it has enable_lora")
    before = _outputs(model, "the model")
    enabled = 0
    for part in parts:
        outcome = attempt(part, partial(part.enable_lora, RANK))
        if outcome.error is not None and not outcome.refused:
            raise CheckFailure(f"enable_lora({RANK}) failed: {first_line(outcome.error)}")
        enabled += outcome.error is None
    if not enabled:
        raise NotApplicable("enable_lora is rejected")
    ctx.close(_outputs(model, "the model with LoRA"), before, 1e-6, "with LoRA, without LoRA")
    learnt = [w for w in layer.trainable_weights if "lora" in w.path]
    require(learnt, "enable_lora did not add a trainable weight with 'lora' in its path")
    rng = ctx.rng
    for weight in learnt:
        weight.assign(rng.normal(size=tuple(weight.shape)))
    after = _outputs(model, "the model with LoRA")
    require(
        any(not np.allclose(a, b) for a, b in zip(after, before, strict=True)),
        "the values of the LoRA weights do not affect the output",
    )
    with tempfile.TemporaryDirectory() as folder:
        path = str(Path(folder) / "lora.weights.h5")
        model.model.save_weights(path)
        plain = functional(ctx, any_length=False)
        attempt(None, lambda: plain.model.load_weights(path)).get(
            "loading weights saved with LoRA into the layer without LoRA"
        )
    ctx.close(_outputs(plain, "the loaded model"), after, 1e-4, "loaded without LoRA, with LoRA")


def _shapes(layer: Any) -> list[tuple[int, ...]]:
    return [tuple(weight.shape) for weight in layer.trainable_weights]


def _outputs(model: FunctionalModel, who: str) -> list[Any]:
    return list(model.run(None, None).get(f"calling {who}").arrays)
