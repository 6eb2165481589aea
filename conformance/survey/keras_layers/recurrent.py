"""Cases of recurrent layers, cells inside `RNN`, and convolutional LSTMs."""

from keras import layers

from keras_seqext.testing import Sample

from ._cases import case, made

IMAGES = Sample(shape=(3, 5, 6, 2))
SEQUENCES = {"return_sequences": True}

RECURRENT = [
    case(name, {"units": 3, **options}, suffix, **traits)
    for name in ("SimpleRNN", "GRU", "LSTM")
    for suffix, options, traits in (
        ("", {}, {}),
        ("sequences", SEQUENCES, {"causal": True}),
        ("dropout", {"dropout": 0.3, "recurrent_dropout": 0.2, "seed": 1}, {}),
    )
]
RECURRENT += [
    case("GRU", {"units": 3, **SEQUENCES, "reset_after": False}, "reset-before", causal=True),
    case("GRU", {"units": 3, **SEQUENCES, "unroll": True}, "unroll", fixed_length=True),
    made("RNN-SimpleRNNCell", lambda: layers.RNN(layers.SimpleRNNCell(3))),
    made(
        "RNN-LSTMCell-zero-output",
        lambda: layers.RNN(layers.LSTMCell(3), return_sequences=True, zero_output_for_mask=True),
        causal=True,
    ),
    made("RNN-stacked", lambda: layers.RNN([layers.GRUCell(3), layers.LSTMCell(2)])),
    made(
        "RNN-StackedRNNCells-dropout",
        lambda: layers.RNN(
            layers.StackedRNNCells(
                [layers.LSTMCell(3, dropout=0.3, seed=1), layers.GRUCell(2, recurrent_dropout=0.2)]
            ),
            return_sequences=True,
        ),
        causal=True,
    ),
    case("ConvLSTM1D", {"filters": 3, "kernel_size": 2}, sample=IMAGES),
    case(
        "ConvLSTM1D",
        {"filters": 3, "kernel_size": 2, **SEQUENCES, "padding": "same", "dropout": 0.3},
        "sequences-dropout",
        IMAGES,
        causal=True,
    ),
    case(
        "ConvLSTM1D",
        {"filters": 3, "kernel_size": 2, **SEQUENCES, "go_backwards": True},
        "backwards",
        IMAGES,
    ),
]
