"""Cases of keras-hub: transformer blocks."""

from keras_hub import layers

from keras_seqext.testing import LayerCase, Sample, Traits

STEPS = [Sample(shape=(4, 7, 6))]
IDS = [Sample(shape=(4, 7), dtype="int32", high=5)]

CASES = [
    LayerCase(
        lambda: layers.TransformerEncoder(8, 2),
        name="TransformerEncoder",
        samples=STEPS,
        traits=Traits(time_exponent=2.0),
    ),
    LayerCase(
        lambda: layers.TransformerDecoder(8, 2),
        name="TransformerDecoder",
        samples=STEPS,
        traits=Traits(time_exponent=2.0, causal=True),
    ),
    LayerCase(
        lambda: layers.TokenAndPositionEmbedding(5, 200, 6, mask_zero=True),
        name="TokenAndPositionEmbedding",
        samples=IDS,
    ),
]
