"""One-hot encoding of the tokens of texts."""

from collections.abc import Iterable
from math import prod
from typing import NamedTuple

import numpy as np

from keras_seqext._common.array_validation import checked_array
from keras_seqext._common.formatting import format_bytes
from keras_seqext._common.validation import checked_integer, format_value
from keras_seqext.text.tokens.validation import check_dense_size, checked_gigabytes, float_dtype

from .padding import Side, pad_ids
from .text_encoder import TextEncoder


class OneHotSequences(NamedTuple):
    """Vectors `(texts, steps, num_ids)` and their mask `(texts, steps)`, True for tokens."""

    vectors: np.ndarray
    mask: np.ndarray


class OneHotEncoder:
    """Encoder of texts as one-hot vectors, one per token, and its inverse.

    Column i corresponds to id i of the encoder's vocabulary. Padded steps are zero and
    masked. An out-of-vocabulary (OOV) token has the OOV column or is dropped, depending
    on the vocabulary's `special_ids`.

    Args:
        encoder: `TextEncoder` that converts texts to ids.
        max_length: Number of steps per text.
        padding: Side on which shorter texts are padded, `"left"` or `"right"`.
        truncation: Side on which longer texts are truncated, `"left"` or `"right"`.
        dtype: Dtype of the vectors.
        max_gigabytes: Maximum size of the result; a larger one raises an error.

    >>> from keras_seqext.text.vocabulary.special_ids import TOKENIZER_IDS
    >>> texts = ["The cat sat on the mat.", "The dog ate my homework."]
    >>> encoder = TextEncoder.fit(texts, special_ids=TOKENIZER_IDS)
    >>> one_hot = OneHotEncoder(encoder, 10, padding="right", truncation="right")
    >>> vectors, mask = one_hot.encode(texts)
    >>> vectors.shape, mask.sum(axis=1)
    ((2, 10, 10), array([6, 5]))
    >>> one_hot.decode(vectors)
    ['the cat sat on the mat', 'the dog ate my homework']
    """

    def __init__(
        self,
        encoder: TextEncoder,
        max_length: int,
        *,
        padding: Side,
        truncation: Side,
        dtype: str = "float32",
        max_gigabytes: float = 4.0,
    ) -> None:
        if not isinstance(encoder, TextEncoder):
            raise TypeError(
                f"`encoder` must be a TextEncoder. Received: {format_value(encoder)} of type "
                f"{type(encoder).__name__}; create one with TextEncoder.fit(texts)."
            )
        # Padding an empty list validates both sides here rather than in the first `encode`.
        pad_ids([], 1, padding=padding, truncation=truncation)
        self.encoder = encoder
        self.max_length = checked_integer("max_length", max_length, 1)
        self.padding = padding
        self.truncation = truncation
        self.dtype = float_dtype(dtype)
        self.max_gigabytes = checked_gigabytes(max_gigabytes)

    def encode(self, texts: Iterable[str]) -> OneHotSequences:
        """Return vectors `(texts, max_length, num_ids)` and their mask `(texts, max_length)`."""
        sequences = self.encoder.encode(texts)
        num_ids = self.encoder.vocabulary.num_ids
        check_dense_size(
            (len(sequences), self.max_length, num_ids),
            self.dtype,
            self.max_gigabytes,
            "Use a keras.layers.Embedding on ids (TextEncoder.encode and pad), a matrix without "
            "the order of words (TextEncoder.matrix), or encode in batches.",
        )
        ids, mask = pad_ids(
            sequences, self.max_length, padding=self.padding, truncation=self.truncation
        )
        vectors = np.zeros((*ids.shape, num_ids), dtype=self.dtype)
        rows, steps = np.nonzero(mask)
        vectors[rows, steps, ids[mask]] = 1
        return OneHotSequences(vectors, mask)

    def decode(self, vectors: np.ndarray) -> list[str]:
        """Return the texts of one-hot vectors, whose steps must be one-hot or zero."""
        num_ids = self.encoder.vocabulary.num_ids
        array = checked_array("vectors", vectors, ("texts", "steps", num_ids))
        ones = (array == 1).sum(axis=-1)
        if (ones > 1).any() or (ones != (array != 0).sum(axis=-1)).any():
            raise ValueError(
                "Each step of `vectors` must be one-hot or zero. Received: a step with "
                f"{int((array != 0).sum(axis=-1).max())} numbers other than 0. For "
                "probabilities, pass `vectors.argmax(axis=-1)` to TextEncoder.decode."
            )
        return self.encoder.decode(array.argmax(axis=-1))

    def __repr__(self) -> str:
        shape = (self.max_length, self.encoder.vocabulary.num_ids)
        size = format_bytes(prod(shape) * self.dtype.itemsize)
        return (
            f"<OneHotEncoder: {shape} {self.dtype} per text ({size}), padding={self.padding!r}, "
            f"truncation={self.truncation!r}\n  {self.encoder!r}>"
        )
