"""Cases of layers that wrap other layers."""

from keras import layers

from ._cases import made

WRAPPERS = [
    made("Bidirectional-LSTM", lambda: layers.Bidirectional(layers.LSTM(3))),
    made(
        "Bidirectional-GRU-sequences",
        lambda: layers.Bidirectional(layers.GRU(3, return_sequences=True)),
    ),
    made(
        "Bidirectional-SimpleRNN-sum-state",
        lambda: layers.Bidirectional(
            layers.SimpleRNN(3, return_sequences=True, return_state=True), merge_mode="sum"
        ),
    ),
    made(
        "Bidirectional-two-layers",
        lambda: layers.Bidirectional(
            layers.GRU(3), backward_layer=layers.LSTM(3, go_backwards=True), merge_mode="ave"
        ),
    ),
    made(
        "Bidirectional-separate",
        lambda: layers.Bidirectional(layers.GRU(3, return_sequences=True), merge_mode=None),
    ),
    made("TimeDistributed-Dense", lambda: layers.TimeDistributed(layers.Dense(3))),
    made(
        "TimeDistributed-Dropout",
        lambda: layers.TimeDistributed(layers.Dropout(0.4, seed=1)),
    ),
    made(
        "TimeDistributed-BatchNormalization",
        lambda: layers.TimeDistributed(layers.BatchNormalization()),
    ),
    made(
        "SpectralNormalization-Dense",
        lambda: layers.SpectralNormalization(layers.Dense(3)),
    ),
    made(
        "SpectralNormalization-Conv1D",
        lambda: layers.SpectralNormalization(layers.Conv1D(3, 2), power_iterations=2),
        min_length=2,
    ),
    made("Pipeline", lambda: layers.Pipeline([layers.Dense(5), layers.LayerNormalization()])),
]
