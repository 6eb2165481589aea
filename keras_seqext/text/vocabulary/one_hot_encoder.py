"""Texts as one-hot vectors, step by step."""

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
    """Vectors `(texts, steps, num_ids)` and their mask `(texts, steps)`, true at tokens."""

    vectors: np.ndarray
    mask: np.ndarray


class OneHotEncoder:
    """Turns each token of each text into a vector with a single 1, and back.

    Column i is id i of the encoder's vocabulary. Padded steps are all zero and
    masked. A word that the vocabulary lacks gets the OOV column, or is dropped,
    as the vocabulary's `special_ids` say.

    Args:
        encoder: Splits the texts and knows the ids.
        max_length: Steps of each text.
        padding: The side that is filled with zeros, `"left"` or `"right"`.
        truncation: The side that is cut from longer texts.
        dtype: Dtype of the vectors.
        max_gigabytes: A larger result is refused.

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
                f"{type(encoder).__name__}; make one with TextEncoder.fit(texts)."
            )
        # Padding nothing checks both sides now and not at the first text.
        pad_ids([], 1, padding=padding, truncation=truncation)
        self.encoder = encoder
        self.max_length = checked_integer("max_length", max_length, 1)
        self.padding = padding
        self.truncation = truncation
        self.dtype = float_dtype(dtype)
        self.max_gigabytes = checked_gigabytes(max_gigabytes)

    def encode(self, texts: Iterable[str]) -> OneHotSequences:
        """Vectors `(texts, max_length, num_ids)` and their mask `(texts, max_length)`."""
        sequences = self.encoder.encode(texts)
        num_ids = self.encoder.vocabulary.num_ids
        check_dense_size(
            (len(sequences), self.max_length, num_ids),
            self.dtype,
            self.max_gigabytes,
            "Feed ids to a keras.layers.Embedding (TextEncoder.encode and pad), drop the order "
            "of words (TextEncoder.matrix), or encode batch by batch.",
        )
        ids, mask = pad_ids(
            sequences, self.max_length, padding=self.padding, truncation=self.truncation
        )
        vectors = np.zeros((*ids.shape, num_ids), dtype=self.dtype)
        rows, steps = np.nonzero(mask)
        vectors[rows, steps, ids[mask]] = 1
        return OneHotSequences(vectors, mask)

    def decode(self, vectors: np.ndarray) -> list[str]:
        """Texts of one-hot vectors; every step must hold a single 1, or only zeros."""
        num_ids = self.encoder.vocabulary.num_ids
        array = checked_array("vectors", vectors, ("texts", "steps", num_ids))
        ones = (array == 1).sum(axis=-1)
        if (ones > 1).any() or (ones != (array != 0).sum(axis=-1)).any():
            raise ValueError(
                "Each step of `vectors` must be one-hot or zero. Received: a step with "
                f"{int((array != 0).sum(axis=-1).max())} numbers that are not 0. For "
                "probabilities, take `vectors.argmax(axis=-1)` and use TextEncoder.decode."
            )
        return self.encoder.decode(array.argmax(axis=-1))

    def __repr__(self) -> str:
        shape = (self.max_length, self.encoder.vocabulary.num_ids)
        size = format_bytes(prod(shape) * self.dtype.itemsize)
        return (
            f"<OneHotEncoder: {shape} {self.dtype} a text ({size}), padding={self.padding!r}, "
            f"truncation={self.truncation!r}\n  {self.encoder!r}>"
        )
