"""Cases of attention: many-to-one attention with the last step as the query."""

from attention import Attention

from keras_seqext.testing import LayerCase, Sample, Traits

STEPS = [Sample(shape=(4, 7, 6))]

CASES = [
    LayerCase(lambda: Attention(units=3), name="Attention", samples=STEPS),
    # The layer repeats the query for the number of steps it was built with.
    LayerCase(
        lambda: Attention(units=3, score="bahdanau"),
        name="Attention-bahdanau",
        samples=STEPS,
        traits=Traits(fixed_length=True),
    ),
]
