"""What the mask of a pooling costs: each of them with and without."""

import keras
import pytest

import keras_seqext
from conformance.benchmarks.claims import Claim, Peer
from conformance.benchmarks.training import sequence_batch

BATCH, STEPS, FEATURES = 128, 500, 64
POOLINGS = ("Max", "Min", "Average", "Sum", "Last", "LogSumExp", "TopK", "Attention")


@pytest.mark.parametrize("kind", POOLINGS)
def test_masked_pooling(compare, kind):
    arrays, targets = sequence_batch(BATCH, STEPS, FEATURES)
    layer = getattr(keras_seqext, f"MaskedGlobal{kind}Pooling1D")
    compare(
        Claim(
            f"pooling-{kind.lower()}", f"Masked {kind.lower()} pooling, training step", "steps/s"
        ),
        pooling_step(layer(), arrays, targets, masked=True),
        [Peer("without a mask", pooling_step(layer(), arrays, targets, masked=False), 0.5)],
        rounds=15,
    )


def pooling_step(layer, arrays, targets, masked):
    """A step that trains weights on both sides, so that gradients pass through the pooling."""
    inputs = {"x": keras.Input((STEPS, FEATURES)), "mask": keras.Input((STEPS,), dtype="bool")}
    scaled = keras.layers.LayerNormalization()(inputs["x"])
    pooled = layer(scaled, mask=inputs["mask"]) if masked else layer(scaled)
    given = inputs if masked else {"x": inputs["x"]}
    pooled = keras.ops.reshape(pooled, (-1, pooled.shape[-1] * (pooled.shape[1:-1] or (1,))[0]))
    model = keras.Model(given, keras.layers.Dense(1)(pooled))
    model.compile("adam", "mse")
    fed = {name: arrays[name] for name in given}
    return lambda: model.train_on_batch(fed, targets)
