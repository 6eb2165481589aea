"""Many-to-one attention by the last step."""

from attention import Attention

from keras_seqext.testing import LayerCase, Sample, Traits

STEPS = [Sample(shape=(4, 7, 6))]

CASES = [
    LayerCase(lambda: Attention(units=3), name="Attention", samples=STEPS),
    # It repeats the query as often as there were steps when it was built.
    LayerCase(
        lambda: Attention(units=3, score="bahdanau"),
        name="Attention-bahdanau",
        samples=STEPS,
        traits=Traits(fixed_length=True),
    ),
]
