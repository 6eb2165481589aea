"""Cases of keras-tcn: temporal convolutional networks."""

from tcn import TCN

from keras_seqext.testing import LayerCase, Sample, Traits

STEPS = [Sample(shape=(4, 7, 6))]
SMALL = {"nb_filters": 3, "kernel_size": 2, "dilations": (1, 2)}

CASES = [
    LayerCase(lambda: TCN(**SMALL), name="TCN", samples=STEPS),
    LayerCase(
        lambda: TCN(**SMALL, return_sequences=True, use_layer_norm=True),
        name="TCN-sequences",
        samples=STEPS,
        traits=Traits(causal=True),
    ),
    LayerCase(lambda: TCN(**SMALL, padding="same"), name="TCN-same", samples=STEPS),
    LayerCase(
        lambda: TCN(**SMALL, dropout_rate=0.3, use_skip_connections=False, return_sequences=True),
        name="TCN-dropout",
        samples=STEPS,
        traits=Traits(causal=True),
    ),
]
