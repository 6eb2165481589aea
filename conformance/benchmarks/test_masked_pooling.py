"""Benchmark of the pooling layers with and without a mask."""

import keras
import pytest

import keras_seqext
from conformance.benchmarks.measure.training import sequence_batch
from conformance.benchmarks.pages.claims import Claim, Peer

BATCH, STEPS, FEATURES = 128, 500, 64
POOLINGS = ("Max", "Min", "Average", "Sum", "Last", "LogSumExp", "TopK", "Attention")


@pytest.mark.parametrize("kind", POOLINGS)
def test_masked_pooling(compare, kind):
    arrays, targets = sequence_batch(BATCH, STEPS, FEATURES)
    layer = getattr(keras_seqext, f"MaskedGlobal{kind}Pooling1D")
    options = {"k": 3} if kind == "TopK" else {}
    compare(
        Claim(
            f"pooling-{kind.lower()}", f"Masked {kind.lower()} pooling, training step", "steps/s"
        ),
        pooling_step(layer(**options), arrays, targets, masked=True),
        [
            Peer(
                "without a mask", pooling_step(layer(**options), arrays, targets, masked=False), 0.5
            )
        ],
        rounds=9,
    )


def pooling_step(layer, arrays, targets, masked):
    """Return a training step with weights before the pooling, so that gradients pass through it."""
    inputs = {
        "x": keras.Input((STEPS, FEATURES), name="x"),
        "mask": keras.Input((STEPS,), dtype="bool", name="mask"),
    }
    scaled = keras.layers.LayerNormalization()(inputs["x"])
    pooled = layer(scaled, mask=inputs["mask"]) if masked else layer(scaled)
    given = inputs if masked else {"x": inputs["x"]}
    model = keras.Model(given, keras.layers.Dense(1)(keras.layers.Flatten()(pooled)))
    model.compile("adam", "mse")
    fed = {name: arrays[name] for name in given}
    return lambda: model.train_on_batch(fed, targets)
