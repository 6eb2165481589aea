"""Initializer of an embedding with word vectors from a file."""

import copy
import os
import random
import warnings
from typing import Any

import keras
import numpy as np
from numpy.typing import NDArray

from keras_seqext._common.choices import checked_choice
from keras_seqext._common.layer_validation import keras_object
from keras_seqext._common.serialization import serializable
from keras_seqext._common.typing import Shape, Tensor
from keras_seqext._common.validation import checked_flag, checked_integer
from keras_seqext.text.word_vectors.reader.cache import (
    CacheOption,
    cache_folder,
    fingerprint_of_file,
    fingerprint_of_words,
)
from keras_seqext.text.word_vectors.reader.compressed_file import Source, file_path, path_of
from keras_seqext.text.word_vectors.reader.word_vectors import read_word_vectors

from .coverage import Coverage
from .embedding_matrix import OOV_FILLS, OovFill, embedding_matrix, required_words, with_rows
from .embedding_shape import check_fits, checked_shape
from .loading import is_loading_model
from .vocabulary_rows import Counts, vocabulary_rows


@serializable
class GloVeEmbedding(keras.Initializer):
    """Initializer of a `keras.layers.Embedding` with the GloVe vectors of a vocabulary.

    Only the lines of the vocabulary's words are parsed, and reading stops when all of
    them are found. Row 0 is padding and is always zero, as required by `mask_zero=True`.
    A saved model requires neither the file nor the words: its weights are restored from
    the checkpoint.

    Args:
        source: Path of a text file in the format of GloVe, also compressed as `.gz`,
            `.bz2` or `.zip`. A line whose word is not UTF-8 is skipped.
        vocabulary: A list of words, where word i has row i + 1, or a mapping from word
            to row, such as a `Vocabulary` or a `word_index`. In the list returned by
            `get_vocabulary()` of a Keras layer, which begins with `""` or `"[UNK]"`,
            word i has row i. With `None`, the initializer cannot read the file; the
            weights must be set otherwise.
        dimension: Dimension of the vectors. It selects the member of a zip such as
            `glove.6B.zip`. `None` uses the dimension of the file.
        oov: Fill for words without a vector and for ids without a word: `"zeros"`;
            `"mean"` of the vectors found; or `"normal"`, drawn with their mean and
            standard deviation in each dimension, the same on every backend.
        seed: Integer seed for `"normal"`. `None` draws a seed, which is reproducible
            with `keras.utils.set_random_seed`.
        lower: Whether to use the vector of the word in lower case for a missing word.
        contractions: Whether to use the mean of the parts for a missing contraction:
            of `do` and `n't` for `don't`, of `can` and `n't` for `can't`.
        counts: Number of occurrences of each word, as a mapping or in the order of the
            words, for the coverage by token. By default, the counts of a `Vocabulary`.
        cache: Whether to cache the rows found, so that the file is not read in the next
            run: `True` for the subfolder `keras_seqext` of `KERAS_HOME` or `~/.keras`,
            `False`, or a folder.

    Call arguments:
        shape: `(rows, dimension)`. Rows beyond the vocabulary, for example for hashed
            OOV tokens, are set to the OOV fill. `rows` must be at least `input_dim`.
        dtype: Dtype of the result; by default `keras.config.floatx()`.

    Returns:
        A tensor of shape `shape`.

    The attribute `coverage` holds the number of words and tokens with a vector, and the
    missing words. The config contains the name of the file and fingerprints, but not the
    words. The initializer created by `load_model` or `clone_model` therefore cannot read
    the file: when called, it returns zeros (seeded noise for `"normal"`). `load_model`
    replaces them by the saved weights. Elsewhere, the initializer warns once: after
    `clone_model`, call `set_weights`.

    Raises:
        FileNotFoundError: If the file does not exist.
        ValueError: If the file is damaged, has another dimension or contains none of the
            words, or if `shape` does not fit; if the file, or the line of a requested word,
            is not UTF-8.
        TypeError: If `source` is not a path, or `vocabulary` contains no words.

    >>> import pathlib, tempfile
    >>> path = pathlib.Path(tempfile.mkdtemp(), "tiny.txt")
    >>> _ = path.write_text("the 0.5 1\\ndo 1 2\\nn't 3 4\\n")
    >>> vectors = GloVeEmbedding(path, ["The", "zzz", "don't"], cache=False)
    >>> layer = keras.layers.Embedding(
    ...     vectors.input_dim, vectors.output_dim, embeddings_initializer=vectors, mask_zero=True
    ... )
    >>> to_numpy(layer(np.array([[1, 2, 3, 0]])))[0]
    array([[0.5, 1. ],
           [0. , 0. ],
           [2. , 3. ],
           [0. , 0. ]], dtype=float32)
    >>> vectors.coverage
    2 of 3 words have a vector (66.7 %): 0 exact, 1 in lower case, 1 contractions
    first of 1 missing: 'zzz'

    Source: Pennington et al. 2014, "GloVe: Global Vectors for Word Representation".
    """

    def __init__(
        self,
        source: Source | None,
        vocabulary: Any,
        *,
        dimension: int | None = None,
        oov: OovFill = "zeros",
        seed: int | None = None,
        lower: bool = True,
        contractions: bool = True,
        counts: Counts | None = None,
        cache: CacheOption = True,
    ) -> None:
        checked_choice("oov", oov, OOV_FILLS)
        if vocabulary is not None:
            path_of(source)
        self.source = source
        self.vocabulary = vocabulary
        self.dimension = None if dimension is None else checked_integer("dimension", dimension, 1)
        self.oov = oov
        self.seed = random.randrange(2**31) if seed is None else checked_integer("seed", seed, 0)
        self.lower = checked_flag("lower", lower)
        self.contractions = checked_flag("contractions", contractions)
        self.counts = counts
        self.cache = cache
        self._coverage: Coverage | None = None
        cache_folder(cache)
        self._rows = None if vocabulary is None else vocabulary_rows(vocabulary, counts)
        self._known_fingerprints: dict[str, Any] = {}
        self._loaded: tuple[NDArray[np.float32], NDArray[np.bool_]] | None = None
        self._warned = False

    @property
    def input_dim(self) -> int:
        """Number of rows of the embedding: words, padding and other special ids."""
        if self._rows is None and not self._known_fingerprints:
            raise ValueError(
                "`input_dim` is unknown: this GloVeEmbedding was created with `vocabulary`=None. "
                "Pass the words."
            )
        return int(self._rows.num_rows if self._rows else self._known_fingerprints["input_dim"])

    @property
    def output_dim(self) -> int:
        """Dimension of the vectors: `dimension`, or that of the file, which is then read."""
        if self.dimension is None:
            self.load()
        assert self.dimension is not None
        return self.dimension

    @property
    def coverage(self) -> Coverage | None:
        """Number of words and tokens with a vector, and the missing words.

        The first access reads the file, unless it was read before. It is `None` without a
        vocabulary.
        """
        if self._coverage is None and self._rows is not None:
            self._load(self.dimension)
        return self._coverage

    def load(self) -> NDArray[np.float32]:
        """Read the file and return the `(input_dim, dimension)` matrix."""
        return self._load(self.dimension)[0].copy()

    def __call__(self, shape: Shape, dtype: Any = None) -> Tensor:
        rows, columns = checked_shape(shape)
        if dtype is not None:
            keras_object("dtype", keras.backend.standardize_dtype, dtype, "'float32'")
        if self._rows is None:
            self._warn()
            matrix, known = np.zeros((0, columns), np.float32), np.zeros(0, np.bool_)
        else:
            check_fits(rows, columns, self.input_dim, self.dimension)
            matrix, known = self._load(columns)
            # The weights of the layer replace this copy, which would double the memory.
            self._loaded = None
        matrix = with_rows(matrix, known, rows, self.oov, self.seed)
        return keras.ops.convert_to_tensor(matrix, dtype=dtype or keras.config.floatx())

    def clone(self) -> "GloVeEmbedding":
        """Return a copy that can read the file, unlike an initializer from the config."""
        return copy.copy(self)

    def __repr__(self) -> str:
        source = "no file" if self.source is None else os.path.basename(self.source)
        rows = self._rows.num_rows if self._rows else self._known_fingerprints.get("input_dim")
        shape = f"{f'{rows:,}' if rows else '?'} rows x {self.dimension or '?'} numbers"
        if self._coverage is not None:
            known = repr(self._coverage).replace("\n", "\n  ")
        elif self._rows is None:
            known = "no vocabulary: cannot read, as after `load_model` or `clone_model`"
        else:
            known = f"{len(self._rows.words):,} words, not read yet"
        return f"<GloVeEmbedding: {source}, {shape}, oov={self.oov!r}\n  {known}>"

    def get_config(self) -> dict[str, Any]:
        return {
            "source": None if self.source is None else os.path.basename(self.source),
            "vocabulary": None,
            "dimension": self.dimension,
            "oov": self.oov,
            "seed": self.seed,
            "lower": self.lower,
            "contractions": self.contractions,
            "fingerprints": self._fingerprints(),
        }

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> "GloVeEmbedding":
        config = dict(config)
        known = config.pop("fingerprints", {})
        initializer = cls(**config)
        initializer._known_fingerprints = dict(known)
        return initializer

    def _load(self, dimension: int | None) -> tuple[NDArray[np.float32], NDArray[np.bool_]]:
        if self._loaded is None:
            if self._rows is None:
                raise ValueError(
                    "This GloVeEmbedding was created without a vocabulary (`vocabulary`=None), as "
                    "by `load_model` or `clone_model`, and cannot read the file. Create one with "
                    "the words."
                )
            words = required_words(self._rows, self.lower, self.contractions)
            vectors = read_word_vectors(
                file_path(self.source), words, dimension=dimension, cache=self.cache
            )
            if not vectors:
                raise ValueError(
                    f"`source` {file_path(self.source)} contains none of the {len(words)} words, "
                    f"such as {words[:5]}. Pass a file in the language and case of the vocabulary."
                )
            matrix, known, self._coverage = embedding_matrix(
                self._rows, vectors, self.oov, self.seed, self.lower, self.contractions
            )
            self.dimension = vectors.dimension
            self._known_fingerprints = self._fingerprints()
            self._loaded = matrix, known
        return self._loaded

    def _fingerprints(self) -> dict[str, Any]:
        """Return fingerprints of the file and the vocabulary, to compare two models."""
        if self._rows is None or self._known_fingerprints:
            return self._known_fingerprints
        try:
            file = fingerprint_of_file(file_path(self.source))
        except OSError:
            file = None
        return {
            "file": file,
            "vocabulary": fingerprint_of_words(self._rows.words),
            "words": len(self._rows.words),
            "input_dim": self._rows.num_rows,
        }

    def _warn(self) -> None:
        if not self._warned and not is_loading_model():
            warnings.warn(
                f"GloVeEmbedding(source={self.source!r}) has no vocabulary, as after `clone_model` "
                "or `from_config`, and initialized the embedding with its OOV fill. Call "
                "`clone.set_weights(model.get_weights())` or `load_weights`.",
                UserWarning,
                stacklevel=3,
            )
            self._warned = True
