"""Validation of the shape of an embedding."""

from collections.abc import Iterable

import numpy as np

from keras_seqext._common.typing import Shape
from keras_seqext._common.validation import format_value


def checked_shape(shape: Shape) -> tuple[int, int]:
    """Return the `(rows, columns)` of an embedding."""
    sizes = tuple(shape) if isinstance(shape, Iterable) else ()
    if len(sizes) != 2 or not all(isinstance(size, (int, np.integer)) for size in sizes):
        raise ValueError(
            "GloVeEmbedding initializes the weights of a `keras.layers.Embedding`: `shape` must be "
            f"(rows, dimension). Received: shape={format_value(shape)}. Pass the initializer as "
            "`embeddings_initializer`."
        )
    rows, columns = (int(size or 0) for size in sizes)
    return rows, columns


def check_fits(rows: int, columns: int, input_dim: int, dimension: int | None) -> None:
    """Raise an error for an embedding with too few rows or another dimension."""
    if rows < input_dim:
        raise ValueError(
            f"The embedding has {rows} rows, but the vocabulary requires {input_dim}: one per "
            "word, row 0 for padding, and rows for other special ids. "
            f"Pass input_dim={input_dim} to the layer. Additional rows are set to the OOV fill."
        )
    if dimension is not None and columns != dimension:
        raise ValueError(
            f"The embedding has output_dim={columns}, but the word vectors have dimension "
            f"{dimension}. Pass output_dim={dimension} to the layer, or another file."
        )
