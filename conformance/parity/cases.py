"""Cases that must give the same results on every backend.

Add a layer that takes `(batch, steps, features)` with `sequence_case`, a layer that takes
integers `(batch, steps)` with `ids_case`, and anything else as a `ParityCase` with a function
that builds a model.
"""

import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import keras
import numpy as np
from keras.layers import RNN, Bidirectional, Dense, Embedding, StackedRNNCells

from keras_seqext.pooling.attention import MaskedGlobalAttentionPooling1D
from keras_seqext.pooling.average import MaskedGlobalAveragePooling1D
from keras_seqext.pooling.last import MaskedGlobalLastPooling1D
from keras_seqext.pooling.log_sum_exp import MaskedGlobalLogSumExpPooling1D
from keras_seqext.pooling.max import MaskedGlobalMaxPooling1D
from keras_seqext.pooling.min import MaskedGlobalMinPooling1D
from keras_seqext.pooling.sum import MaskedGlobalSumPooling1D
from keras_seqext.pooling.top_k import MaskedGlobalTopKPooling1D
from keras_seqext.recurrent.minimal_rnn import MinimalRNN
from keras_seqext.recurrent.minimal_rnn_cell import MinimalRNNCell
from keras_seqext.text.hashing.hashed_dense import BAG_MODES, HashedDense
from keras_seqext.text.hashing.hashing_one_hot import HashingOneHot
from keras_seqext.text.word_vectors.glove_embedding import GloVeEmbedding

ROWS, STEPS, FEATURES = 4, 6, 3
SEQUENCES = np.random.default_rng(0).normal(size=(ROWS, STEPS, FEATURES))
MASK = np.array(
    [[1, 1, 1, 1, 0, 0], [0, 0, 1, 0, 1, 1], [0, 0, 0, 0, 0, 0], [1, 0, 0, 1, 0, 1]], dtype=bool
)
IDS = np.array([[3, 1, 4, 1, 0, 0], [5, 9, 2, 6, 5, 3], [0, 0, 0, 0, 0, 0], [0, 0, 7, 8, 0, 1]])

ALL = frozenset({"tensorflow", "jax", "torch"})
# In Keras 3.15, `ops.matmul` on torch and `ops.tanh` on JAX compute float64 in float32.
WITHOUT_TORCH = ALL - {"torch"}
WITHOUT_JAX = ALL - {"jax"}
TENSORFLOW_ONLY = frozenset({"tensorflow"})


@dataclass(frozen=True)
class ParityCase:
    """A model whose results must agree on all backends.

    Attributes:
        name: Name of the case, used for tests and files.
        build: Function that builds the model for a dtype, `"float32"` or `"float64"`.
        arrays: Inputs of the model. Floats are cast to the dtype.
        float64: Backends that compute the model in float64 throughout.
        own_weights: Whether to compare the initial weights of the layer instead of setting
            seeded random weights.
    """

    name: str
    build: Callable[[str], keras.Model]
    arrays: tuple[np.ndarray, ...]
    float64: frozenset[str] = ALL
    own_weights: bool = False


def sequence_case(
    name: str,
    layer: Callable[..., Any],
    *,
    masked: bool = True,
    known_shape: bool = False,
    channels_first: bool = False,
    float64: frozenset[str] = ALL,
    call: dict[str, Any] | None = None,
) -> ParityCase:
    """Return a case of `layer(dtype=...)` on float sequences, with or without a mask as input."""

    def build(dtype: str) -> keras.Model:
        steps = STEPS if known_shape else None
        shape = (FEATURES, steps) if channels_first else (steps, FEATURES)
        inputs = [keras.Input(shape, batch_size=ROWS if known_shape else None, dtype=dtype)]
        options = dict(call or {})
        if masked:
            batch_size = ROWS if known_shape else None
            inputs.append(keras.Input((steps,), batch_size=batch_size, dtype="bool"))
            options["mask"] = inputs[1]
        return keras.Model(inputs, layer(dtype=dtype)(inputs[0], **options))

    x = np.swapaxes(SEQUENCES, 1, 2) if channels_first else SEQUENCES
    return ParityCase(
        f"{name}-masked" if masked else name, build, (x, MASK) if masked else (x,), float64
    )


def ids_case(
    name: str, *layers: Callable[..., Any], own_weights: bool = False, **options: Any
) -> ParityCase:
    """Return a case of a stack of layers on integers `(batch, steps)`."""

    def build(dtype: str) -> keras.Model:
        inputs = keras.Input((STEPS,), dtype="int32")
        x = inputs
        for layer in layers:
            x = layer(dtype=dtype)(x)
        return keras.Model(inputs, x)

    return ParityCase(name, build, (IDS,), own_weights=own_weights, **options)


POOLINGS: dict[str, Callable[..., Any]] = {
    "max_pooling": MaskedGlobalMaxPooling1D,
    "min_pooling": MaskedGlobalMinPooling1D,
    "average_pooling": MaskedGlobalAveragePooling1D,
    "sum_pooling": MaskedGlobalSumPooling1D,
    "last_pooling": MaskedGlobalLastPooling1D,
    "log_sum_exp_pooling": partial(MaskedGlobalLogSumExpPooling1D, sharpness=2.0),
    "log_mean_exp_pooling": partial(MaskedGlobalLogSumExpPooling1D, mean=True),
    "top_k_mean_pooling": partial(MaskedGlobalTopKPooling1D, k=2),
    "top_k_sum_pooling": partial(MaskedGlobalTopKPooling1D, k=2, reduction="sum"),
    "top_k_pooling": partial(MaskedGlobalTopKPooling1D, k=3, reduction="none", empty_value=0.1),
    "attention_pooling": MaskedGlobalAttentionPooling1D,
}

RECURRENT: dict[str, Callable[..., Any]] = {
    "rnn": partial(MinimalRNN, 4),
    "rnn_sequences": partial(MinimalRNN, 4, return_sequences=True),
    "rnn_state": partial(MinimalRNN, 4, return_state=True),
    "rnn_backwards": partial(MinimalRNN, 4, go_backwards=True, return_sequences=True),
    "rnn_no_bias": partial(MinimalRNN, 4, use_bias=False),
    "rnn_zeros": partial(MinimalRNN, 4, return_sequences=True, zero_output_for_mask=True),
}


def rnn_of_cell(dtype: str) -> Any:
    return RNN(MinimalRNNCell(4, dtype=dtype), return_sequences=True, dtype=dtype)


def stacked_rnn(dtype: str) -> Any:
    cells = [MinimalRNNCell(4, dtype=dtype), MinimalRNNCell(2, dtype=dtype)]
    # From a list of cells, Keras would create a `StackedRNNCells` in float32.
    return RNN(StackedRNNCells(cells, dtype=dtype), dtype=dtype)


def bidirectional(dtype: str) -> Any:
    return Bidirectional(MinimalRNN(4, return_sequences=True, dtype=dtype), dtype=dtype)


def glove_embedding(dtype: str) -> Any:
    """Return an embedding from a file that no longer exists when the model is loaded."""
    words = [f"word{row}" for row in range(9)]
    numbers = np.random.default_rng(4).normal(size=(7, 3))
    known = zip(words[:7], numbers, strict=True)
    lines = (f"{word} {' '.join(map(str, row))}\n" for word, row in known)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "vectors.txt")
        path.write_text("".join(lines))
        vectors = GloVeEmbedding(path, words, oov="normal", seed=2, cache=False)
        layer = Embedding(10, 3, embeddings_initializer=vectors, mask_zero=True, dtype=dtype)
        layer.build((None, None))
    return layer


def hashing(output_mode: str, **options: Any) -> Callable[..., Any]:
    def make(dtype: str) -> Any:
        kind = "int32" if output_mode == "int" else dtype
        return HashingOneHot(8, output_mode=output_mode, dtype=kind, **options)

    return make


CASES = [
    *(sequence_case(name, layer) for name, layer in POOLINGS.items()),
    *(sequence_case(name, layer, masked=False) for name, layer in POOLINGS.items()),
    sequence_case(
        "tanh_attention_pooling",
        partial(MaskedGlobalAttentionPooling1D, units=5),
        float64=WITHOUT_JAX,
    ),
    sequence_case(
        "attention_weights", MaskedGlobalAttentionPooling1D, call={"return_attention_scores": True}
    ),
    sequence_case(
        "channels_first",
        partial(MaskedGlobalAttentionPooling1D, data_format="channels_first", keepdims=True),
        channels_first=True,
    ),
    *(sequence_case(name, layer) for name, layer in RECURRENT.items()),
    *(sequence_case(name, layer, masked=False) for name, layer in RECURRENT.items()),
    sequence_case("rnn_linear", partial(MinimalRNN, 4, activation=None), float64=WITHOUT_TORCH),
    sequence_case("rnn_relu", partial(MinimalRNN, 4, activation="relu"), float64=WITHOUT_TORCH),
    sequence_case(
        "rnn_unrolled",
        partial(MinimalRNN, 4, unroll=True, return_sequences=True),
        known_shape=True,
        float64=TENSORFLOW_ONLY,
    ),
    sequence_case("rnn_stateful", partial(MinimalRNN, 4, stateful=True), known_shape=True),
    sequence_case("rnn_of_cell", rnn_of_cell, float64=TENSORFLOW_ONLY),
    sequence_case("stacked_rnn", stacked_rnn, float64=TENSORFLOW_ONLY),
    sequence_case("bidirectional", bidirectional),
    ids_case("hashing_one_hot", hashing("one_hot"), partial(MinimalRNN, 4)),
    ids_case("hashing_mask", hashing("one_hot", mask_value=0), MaskedGlobalAttentionPooling1D),
    ids_case(
        "hashing_multi_hot", hashing("multi_hot", salt=7), partial(Dense, 2), float64=WITHOUT_TORCH
    ),
    ids_case("hashing_count", hashing("count", ngrams=2), partial(Dense, 2), float64=WITHOUT_TORCH),
    ids_case(
        "hashing_int",
        hashing("int", salt=(1, 2)),
        partial(Embedding, 8, 3),
        MaskedGlobalSumPooling1D,
    ),
    *(ids_case(f"hashed_dense_{mode}", partial(HashedDense, 3, 8, mode)) for mode in BAG_MODES),
    ids_case("glove_embedding", glove_embedding, MaskedGlobalAveragePooling1D, own_weights=True),
]
