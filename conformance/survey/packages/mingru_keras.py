"""Cases of mingru-keras: a parallel GRU without a recurrent kernel."""

from mingru_keras import MinGRU

from keras_seqext.testing import LayerCase, Sample, Traits

CASES = [
    LayerCase(
        lambda: MinGRU(units=3),
        name="MinGRU",
        samples=[Sample(shape=(4, 7, 6))],
        traits=Traits(causal=True),
    )
]
