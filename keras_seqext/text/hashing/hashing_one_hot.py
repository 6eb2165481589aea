"""The hashing trick as a layer: every token is assigned to a bin, without a vocabulary."""

import inspect
from collections.abc import Iterable
from typing import Any

import keras
import numpy as np
from keras import ops
from numpy.typing import NDArray

from keras_seqext._common.choices import checked_choice
from keras_seqext._common.layer_validation import checked_options
from keras_seqext._common.serialization import serializable
from keras_seqext._common.typing import Shape, Tensor
from keras_seqext._common.validation import checked_flag, checked_integer
from keras_seqext.text.tokens.tokenizer import Tokenizer, checked_tokenizer

from ._tensorflow import is_tensorflow_tensor, tensorflow_encoded, tensorflow_ids
from .encode_ids import OUTPUT_MODES, encoded_ids, encoded_shape
from .hashed_bags import hashed_bags
from .token_hash import Ids, TokenHash, expected_collisions, mask_value_type_error
from .untokenized import warn_of_texts
from .validation import MAX_INT32, checked_mask_value, checked_salt

Floats = NDArray[np.floating[Any]]


@serializable
class HashingOneHot(keras.layers.Layer):
    """Layer that hashes tokens to a fixed number of bins and encodes the bins.

    The bins are identical to those of `keras.layers.Hashing` (FarmHash64, or SipHash-2-4
    with a `salt`) on every backend and in every process, without TensorFlow. Integers are
    hashed as their decimal digits. Differences from Keras: `"one_hot"` preserves a last
    axis of length 1, `"int"` returns `int32`, and floats raise an error.

    Convert strings to ids before the model, since only TensorFlow has string tensors:

        hashing = HashingOneHot(1000, output_mode="multi_hot", mask_value="")
        ids = hashing.to_ids([["the", "cat"], ["rain", ""]])  # NumPy, on every backend
        inputs = keras.Input((ids.shape[1],), dtype="int32")
        model = keras.Sequential([inputs, hashing.encoder(), keras.layers.Dense(1)])
        model.fit(ids, labels)

    Args:
        num_bins: Number of bins, including the bin of `mask_value`.
        output_mode: `"one_hot"` adds an axis of bins. `"multi_hot"` (1 for each bin in
            use) and `"count"` (number of tokens per bin) replace the last axis by an
            axis of bins. `"int"` returns the bins themselves.
        ngrams: Largest n-gram size. n-grams of 2 to `ngrams` adjacent tokens along the
            last axis, joined by one space, are hashed in addition to single tokens. The
            steps axis then holds the single tokens, the pairs, and so on:
            `steps + (steps - 1) + ...`.
        mask_value: Token, such as `""` or `0`, that has bin 0 to itself; all other tokens
            share the bins from 1. An n-gram that contains it is in bin 0 as well.
        salt: An integer or a pair of integers that makes the bins hard to predict.
        sparse: Whether to return a `tf.SparseTensor`, or a `BCOO` on JAX. Not supported
            for `"int"`.
        hashed: Whether the inputs are bins, as returned by `to_ids`, and only need to be
            encoded. `encoder()` sets it.

    Call arguments:
        inputs: Integers or strings of any rank, usually `(batch, steps)`; each string is
            one token, blanks included. Split texts with a `Tokenizer` before, or pass them
            to `matrix`; a list of texts gives a warning. Accepts lists, tuples, NumPy string
            arrays, single strings, and `tf.string` tensors (also in `tf.data`, under every
            backend). Integer tensors are accepted in compiled models, too, and are hashed
            on the host, except in an exported model. (JAX models have 32-bit integers:
            hash larger ones with `to_ids`.)

    Returns:
        `(batch, steps, num_bins)`, `(batch, num_bins)` or `(batch, steps)` in the
        compute dtype; `int32` (or `dtype="int64"`) for `"int"`.
        In a model, `"one_hot"` of `(batch, steps)` sets a Keras mask of the steps that
        differ from `mask_value`; for `"int"`, use `Embedding(mask_zero=True)`. The mask
        of the inputs is passed on, unless the output has no steps axis.

    Raises:
        TypeError: If the tokens contain floats, missing values or values of mixed types.
        ValueError: If rows differ in length, or a string contains a lone surrogate.

    >>> layer = HashingOneHot(num_bins=4, mask_value="")
    >>> to_numpy(layer([["the", "cat", ""]]))
    array([[[0., 0., 1., 0.],
            [0., 0., 0., 1.],
            [1., 0., 0., 0.]]], dtype=float32)
    >>> HashingOneHot(num_bins=1000, ngrams=2).to_ids([["the", "cat", "sat"]])
    array([[354,  96, 913, 218, 154]], dtype=int32)

    Source: Weinberger et al., "Feature hashing for large scale multitask learning", 2009.
    """

    def __init__(
        self,
        num_bins: int,
        output_mode: str = "one_hot",
        ngrams: int = 1,
        mask_value: str | int | None = None,
        salt: int | tuple[int, int] | list[int] | None = None,
        sparse: bool = False,
        hashed: bool = False,
        **kwargs: Any,
    ) -> None:
        checked_choice("output_mode", output_mode, OUTPUT_MODES)
        sparse, hashed = checked_flag("sparse", sparse), checked_flag("hashed", hashed)
        checked_options(type(self), kwargs, tuple(inspect.signature(type(self)).parameters))
        if output_mode == "int" and kwargs.get("dtype") is None:
            kwargs["dtype"] = "int32"
        super().__init__(**kwargs)
        if output_mode == "int" and self.compute_dtype not in ("int32", "int64"):
            raise ValueError(
                "`output_mode`='int' requires dtype='int32' or 'int64'. "
                f"Received: dtype={self.compute_dtype}. Leave `dtype` out for int32."
            )
        backend = keras.backend.backend()
        if sparse and (output_mode == "int" or backend not in ("tensorflow", "jax")):
            raise ValueError(
                "`sparse`=True requires output_mode 'one_hot', 'multi_hot' or 'count' on "
                f"TensorFlow or JAX. Received: output_mode={output_mode} on {backend}; use "
                "sparse=False."
            )
        self.num_bins = checked_integer("num_bins", num_bins, 1, MAX_INT32)
        self.output_mode = output_mode
        self.ngrams = checked_integer("ngrams", ngrams, 1, MAX_INT32)
        self.mask_value = checked_mask_value(mask_value)
        self.salt = salt
        self.sparse = sparse
        self.hashed = hashed
        self.token_hash = TokenHash(self.num_bins, checked_salt(salt), self.mask_value, self.ngrams)
        # A bag counts every step; tokens to be ignored are given by `mask_value`. With n-grams,
        # the steps of the output differ from those of a mask of the tokens.
        self.supports_masking = output_mode in ("one_hot", "int") and ngrams == 1
        # XLA supports neither strings nor sparse tensors with an unknown number of entries.
        self.supports_jit = (hashed and not sparse) or backend == "jax"
        self.built = True  # there are no weights

    def to_ids(self, tokens: object) -> Ids:
        """Return the bins of `tokens` as a NumPy array, the input of a model.

        Args:
            tokens: Strings or integers in lists or arrays, as in the call arguments.

        Returns:
            `int32` array of shape `(batch, steps)` for tokens of shape `(batch, steps)`;
            with `ngrams`, it has more steps.
        """
        if ops.is_tensor(tokens):
            tokens = ops.convert_to_numpy(tokens)
        return self._ids(tokens, stacklevel=3)

    def matrix(self, texts: Iterable[str], tokenizer: Tokenizer | None = None) -> Floats:
        """Return bags of the words of whole texts, which may differ in length.

        Args:
            texts: Strings, one per document.
            tokenizer: Tokenizer that splits the texts; by default `Tokenizer()`, which
                returns words. The n-grams are either those of the layer or those of the
                tokenizer.

        Returns:
            NumPy array of shape `(texts, num_bins)` in the compute dtype: 1 for each bin in
            use, or the number of tokens per bin with `output_mode="count"`.

        >>> HashingOneHot(4, output_mode="count").matrix(["The cat, the cat.", "A dog!"])
        array([[2., 0., 2., 0.],
               [1., 0., 0., 1.]], dtype=float32)
        """
        if self.output_mode not in ("multi_hot", "count"):
            raise ValueError(
                "`matrix` requires output_mode 'multi_hot' or 'count'. Received: "
                f"output_mode={self.output_mode!r}. Pass output_mode='multi_hot' to HashingOneHot."
            )
        tokenizer = checked_tokenizer(tokenizer)
        if self.ngrams > 1 and tokenizer.sizes != (1,):
            raise ValueError(
                "`ngrams` must be 1 in the layer or in the tokenizer, because n-grams of n-grams "
                f"have no meaning. Received: ngrams={self.ngrams} in the layer and "
                f"{tokenizer.ngrams} in the tokenizer. Pass ngrams=1 to one of them."
            )
        binary = self.output_mode == "multi_hot"
        return hashed_bags(texts, tokenizer, self.token_hash, binary, self.compute_dtype)

    def encoder(self) -> "HashingOneHot":
        """Return a layer that encodes the ids returned by `to_ids`, for use in a model."""
        config = {**self.get_config(), "hashed": True, "name": f"{self.name}_encoder"}
        layer: HashingOneHot = self.from_config(config)
        return layer

    def expected_collisions(self, vocabulary_size: int) -> float:
        """Return the expected number of words whose bin is shared with an earlier word.

        V - n (1 - (1 - 1/n)^V) for V words in n bins, without the bin of `mask_value`.

        >>> round(HashingOneHot(num_bins=1000).expected_collisions(1000))
        368
        """
        return expected_collisions(vocabulary_size, self.token_hash.free_bins)

    def measured_collisions(self, tokens: object) -> int:
        """Return the number of distinct `tokens` whose bin is shared with an earlier token.

        Repeated tokens are counted once; the mask value and n-grams are not counted.
        """
        warn_of_texts(tokens, stacklevel=2)
        return self.token_hash.collisions(tokens)

    def __call__(self, inputs: Any, *args: Any, **kwargs: Any) -> Tensor:
        if is_tensorflow_tensor(inputs) and keras.backend.backend() != "tensorflow":
            # A `tf.data` pipeline that feeds another backend: the result must be a TensorFlow
            # tensor, and Keras' own `__call__` would convert the inputs to that backend.
            ids = inputs if self.hashed else tensorflow_ids(inputs, self.token_hash)
            return tensorflow_encoded(
                ids, self.output_mode, self.num_bins, self.compute_dtype, self.sparse
            )
        if isinstance(inputs, keras.KerasTensor) or ops.is_tensor(inputs):
            return super().__call__(inputs, *args, **kwargs)
        # Keras' own `__call__` raises for strings on JAX and torch, and converts int64 to int32
        # on JAX.
        return self._encoded(ops.convert_to_tensor(self._ids(inputs, stacklevel=3), dtype="int32"))

    def call(self, inputs: Tensor) -> Tensor:
        return self._encoded(inputs if self.hashed else self._hashed(inputs))

    def compute_mask(self, inputs: Tensor, mask: Tensor | None = None) -> Tensor | None:
        if self.output_mode not in ("one_hot", "int") or len(inputs.shape) != 2:
            return None
        # `Embedding` warns about any mask of its inputs, so `"int"` does not create one.
        if self.token_hash.masks and self.output_mode == "one_hot":
            unmasked = self._unmasked(inputs)
            mask = unmasked if mask is None else ops.logical_and(unmasked, mask)
        if mask is None or self.hashed:
            return mask
        # An n-gram is unmasked if all of its tokens are.
        parts = [mask]
        for size in range(2, self.ngrams + 1):
            gram_mask = mask[:, : 1 - size]
            for i in range(1, size):
                gram_mask = ops.logical_and(gram_mask, mask[:, i : i - size + 1 or None])
            parts.append(gram_mask)
        return parts[0] if len(parts) == 1 else ops.concatenate(parts, axis=1)

    def compute_output_shape(self, input_shape: Shape) -> Shape:
        return encoded_shape(self._ids_shape(input_shape), self.output_mode, self.num_bins)

    def compute_output_spec(self, inputs: Tensor) -> keras.KerasTensor:
        dtype = keras.backend.standardize_dtype(inputs.dtype)
        if dtype != "string" and "int" not in dtype:
            raise self._not_integers(dtype)
        of_strings = isinstance(self.mask_value, str)
        if self.token_hash.masks and not self.hashed and of_strings != (dtype == "string"):
            raise mask_value_type_error(self.mask_value, f"{dtype} tensors")
        shape = self.compute_output_shape(inputs.shape)
        return keras.KerasTensor(shape, dtype=self.compute_dtype, sparse=self.sparse)

    def get_config(self) -> dict[str, Any]:
        return {
            **super().get_config(),
            "num_bins": self.num_bins,
            "output_mode": self.output_mode,
            "ngrams": self.ngrams,
            "mask_value": self.mask_value,
            "salt": list(self.salt) if isinstance(self.salt, (tuple, list)) else self.salt,
            "sparse": self.sparse,
            "hashed": self.hashed,
        }

    def _unmasked(self, inputs: Tensor) -> Tensor:
        mask_value = 0 if self.hashed else self.mask_value
        if isinstance(mask_value, int):
            # A value that the dtype cannot hold would wrap around or raise in the comparison.
            limits = np.iinfo(keras.backend.standardize_dtype(inputs.dtype))
            if not limits.min <= mask_value <= limits.max:
                return ops.ones_like(inputs, dtype="bool")
        # The operator, because `ops.not_equal` does not support strings.
        return inputs != mask_value

    def _ids_shape(self, shape: Shape) -> Shape:
        if self.hashed or self.ngrams == 1:
            return tuple(shape)
        steps = shape[-1]
        if steps is not None:
            steps = sum(max(steps - size + 1, 0) for size in range(1, self.ngrams + 1))
        return (*shape[:-1], steps)

    def _hashed(self, inputs: Tensor) -> Tensor:
        backend = keras.backend.backend()
        if backend == "tensorflow":
            return tensorflow_ids(inputs, self.token_hash)
        dtype = keras.backend.standardize_dtype(inputs.dtype)
        if "int" not in dtype:
            raise self._not_integers(dtype)
        if backend == "jax":
            from ._jax import jax_ids

            shape = self._ids_shape(inputs.shape)
            return jax_ids(inputs, self.token_hash, shape)  # type: ignore[arg-type]
        from ._torch import torch_ids

        return torch_ids(inputs, self.token_hash)

    def _encoded(self, ids: Tensor) -> Tensor:
        return encoded_ids(ids, self.output_mode, self.num_bins, self.compute_dtype, self.sparse)

    def _ids(self, tokens: object, stacklevel: int) -> Ids:
        if self.hashed:
            return self._checked_ids(tokens)
        warn_of_texts(tokens, stacklevel)
        return self.token_hash.ids(tokens)

    def _checked_ids(self, tokens: object) -> Ids:
        try:
            ids = np.asarray(tokens)
        except ValueError:  # rows of different lengths
            ids = np.asarray(None)
        if ids.dtype.kind not in "iu" or (
            ids.size and not 0 <= ids.min() <= ids.max() < self.num_bins
        ):
            raise ValueError(
                "`tokens` of a layer with `hashed=True` must be ids returned by `to_ids`, from 0 "
                f"to {self.num_bins - 1}. Received: {_format_range(ids)}. Convert tokens with "
                "`to_ids` of the layer that hashes."
            )
        return ids.astype(np.int32)

    def _not_integers(self, dtype: str) -> TypeError:
        return TypeError(
            f"`inputs` must be strings or integers. Received a tensor of dtype {dtype}; declare "
            "the input with `keras.Input(shape, dtype='int32')`, or cast whole floats to integers."
        )


def _format_range(ids: NDArray[Any]) -> str:
    if ids.dtype.kind in "iu":
        return f"integers from {ids.min()} to {ids.max()}"
    return f"an array of dtype {ids.dtype}"
