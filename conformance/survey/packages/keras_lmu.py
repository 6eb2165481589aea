"""Cases of keras-lmu: Legendre memory units."""

import keras
from keras_lmu import LMU, LMUCell, LMUFeedforward

from keras_seqext.testing import LayerCase, Sample, Traits

STEPS = [Sample(shape=(4, 7, 6))]
MEMORY = {"memory_d": 2, "order": 4, "theta": 7}

CASES = [
    LayerCase(
        lambda: LMU(**MEMORY, hidden_cell=keras.layers.SimpleRNNCell(3)), name="LMU", samples=STEPS
    ),
    LayerCase(
        lambda: LMUFeedforward(
            **MEMORY, hidden_cell=keras.layers.Dense(3), return_sequences=True, conv_mode="raw"
        ),
        name="LMUFeedforward",
        samples=STEPS,
        traits=Traits(causal=True),
    ),
    LayerCase(
        lambda: keras.layers.RNN(
            LMUCell(**MEMORY, hidden_cell=keras.layers.LSTMCell(3), input_to_hidden=True)
        ),
        name="RNN-LMUCell",
        samples=STEPS,
    ),
    LayerCase(
        lambda: LMU(
            **MEMORY,
            hidden_cell=keras.layers.SimpleRNNCell(3),
            hidden_to_memory=True,
            memory_to_memory=True,
            trainable_theta=True,
            dropout=0.3,
            return_sequences=True,
        ),
        name="LMU-coupled",
        samples=STEPS,
        traits=Traits(causal=True),
    ),
]
