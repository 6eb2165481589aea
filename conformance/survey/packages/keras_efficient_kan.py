"""Cases of keras-efficient-kan: a Kolmogorov-Arnold layer that replaces `Dense`."""

from keras_efficient_kan import KANLinear

from keras_seqext.testing import LayerCase, Sample

STEPS = [Sample(shape=(4, 7, 6))]

CASES = [
    LayerCase(lambda: KANLinear(3), name="KANLinear", samples=STEPS),
    LayerCase(
        lambda: KANLinear(3, use_layernorm=False, use_bias=False, dropout=0.3),
        name="KANLinear-dropout",
        samples=STEPS,
    ),
    LayerCase(lambda: KANLinear(3), name="KANLinear-flat", samples=[Sample(shape=(4, 6))]),
]
