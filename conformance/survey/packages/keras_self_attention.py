"""Cases of keras-self-attention: attention over the steps of one sequence."""

from keras_self_attention import (
    ScaledDotProductAttention,
    SeqSelfAttention,
    SeqWeightedAttention,
)

from keras_seqext.testing import LayerCase, Sample, Traits

STEPS = [Sample(shape=(4, 7, 6))]
SQUARE = Traits(time_exponent=2.0)

CASES = [
    LayerCase(
        lambda: SeqSelfAttention(units=5), name="SeqSelfAttention", samples=STEPS, traits=SQUARE
    ),
    LayerCase(lambda: SeqWeightedAttention(), name="SeqWeightedAttention", samples=STEPS),
    LayerCase(
        lambda: ScaledDotProductAttention(),
        name="ScaledDotProductAttention",
        samples=[Sample(shape=[(4, 7, 6), (4, 7, 6), (4, 7, 6)])],
        traits=SQUARE,
    ),
    LayerCase(
        lambda: SeqSelfAttention(
            attention_type="multiplicative", attention_width=3, history_only=True
        ),
        name="SeqSelfAttention-history",
        samples=STEPS,
        traits=Traits(time_exponent=2.0, causal=True),
    ),
]
