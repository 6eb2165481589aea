"""An initializer that fills an embedding with word vectors from a file."""

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
from .embedding_matrix import OOV_FILLS, OovFill, embedding_matrix, wanted_words, with_rows
from .embedding_shape import check_fits, checked_shape
from .vocabulary_rows import Counts, vocabulary_rows


@serializable
class GloVeEmbedding(keras.Initializer):
    """Initializes a `keras.layers.Embedding` with the GloVe vectors of a vocabulary.

    Only the lines of wanted words are parsed, and reading stops when all are
    found. Row 0 is padding and stays zero, so `mask_zero=True` fits. A saved
    model needs neither the file nor the words: its weights come from the
    checkpoint.

    Args:
        source: Path of a `.txt`, `.gz` or `.zip` file in the format of GloVe.
        vocabulary: A list of words, where word i gets row i + 1; or a mapping
            from word to row, such as a `Vocabulary` or a `word_index`. `None` makes an
            initializer that cannot read, for weights that come from elsewhere.
        dimension: Numbers a vector. It chooses the member of a zip such as
            `glove.6B.zip`; `None` takes what the file has.
        oov: What words without a vector get, and ids that are no word: `"zeros"`;
            `"mean"` of the vectors found; or `"normal"`, drawn with their mean and
            standard deviation in each dimension, the same on every backend.
        seed: Integer for `"normal"`. `None` draws one, which `keras.utils.set_random_seed`
            settles.
        lower: Whether a word that is missing may take the vector of its lower case.
        contractions: Whether a missing contraction gets the mean of its parts:
            `don't` of `do` and `n't`, `can't` of `can` and `n't`.
        counts: How often each word occurs, as a mapping or in the order of the
            words, for the coverage by token. A `Vocabulary` brings its own.
        cache: Whether to keep the rows found, so that the next run need not read
            the file: `True` for the subfolder `keras_seqext` of `KERAS_HOME` or
            `~/.keras`, `False`, or a folder.

    Call arguments:
        shape: `(rows, dimension)`. Rows beyond the vocabulary, say for hashed
            unknown words, get the OOV fill; fewer than `input_dim` are an error.
        dtype: dtype of the result; by default `keras.config.floatx()`.

    Returns:
        A tensor of that shape.

    `coverage` tells, after the first call or `load()`, how many words and tokens
    have a vector and which are missing; before, it is `None`. The config holds
    the name of the file and fingerprints, not the words. So `load_model` and
    `clone_model` make an initializer that cannot read: called, it returns zeros
    (for `"normal"`, seeded noise) and warns once. `load_model` replaces them by
    the saved weights; after `clone_model`, call `set_weights`.

    Raises:
        FileNotFoundError: There is no such file.
        ValueError: The file is damaged or of another dimension, has none of the
            words, or `shape` does not fit.
        TypeError: `source` is no path, or `vocabulary` holds no words.

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
        self.coverage: Coverage | None = None
        cache_folder(cache)
        self._rows = None if vocabulary is None else vocabulary_rows(vocabulary, counts)
        self._known_fingerprints: dict[str, Any] = {}
        self._loaded: tuple[NDArray[np.float32], NDArray[np.bool_]] | None = None
        self._warned = False

    @property
    def input_dim(self) -> int:
        """Rows that the embedding needs: those of all words, of padding and special ids."""
        if self._rows is None and not self._known_fingerprints:
            raise ValueError(
                "`input_dim` is unknown: this GloVeEmbedding was made with `vocabulary`=None. Pass "
                "the words."
            )
        return int(self._rows.num_rows if self._rows else self._known_fingerprints["input_dim"])

    @property
    def output_dim(self) -> int:
        """Numbers a vector: `dimension`, or what the file has, which is then read."""
        if self.dimension is None:
            self.load()
        assert self.dimension is not None
        return self.dimension

    def load(self) -> NDArray[np.float32]:
        """Reads the file, sets `coverage` and returns the `(input_dim, dimension)` matrix."""
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
            # The layer holds the numbers from here on; another call reads them again.
            self._loaded = None
        matrix = with_rows(matrix, known, rows, self.oov, self.seed)
        return keras.ops.convert_to_tensor(matrix, dtype=dtype or keras.config.floatx())

    def clone(self) -> "GloVeEmbedding":
        """A copy that can read as well, unlike one made from the config."""
        return copy.copy(self)

    def __repr__(self) -> str:
        source = "no file" if self.source is None else os.path.basename(self.source)
        rows = self._rows.num_rows if self._rows else self._known_fingerprints.get("input_dim")
        shape = f"{f'{rows:,}' if rows else '?'} rows x {self.dimension or '?'} numbers"
        if self.coverage is not None:
            known = repr(self.coverage).replace("\n", "\n  ")
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
                    "This GloVeEmbedding was made without a vocabulary (`vocabulary`=None), as "
                    "`load_model` and `clone_model` do, so it cannot read. Make one with the words."
                )
            words = wanted_words(self._rows, self.lower, self.contractions)
            vectors = read_word_vectors(
                file_path(self.source), words, dimension=dimension, cache=self.cache
            )
            if not vectors:
                raise ValueError(
                    f"`source` {file_path(self.source)} has none of the {len(words)} words sought, "
                    f"such as {words[:5]}. Pass a file in the language and case of the vocabulary."
                )
            matrix, known, self.coverage = embedding_matrix(
                self._rows, vectors, self.oov, self.seed, self.lower, self.contractions
            )
            self.dimension = vectors.dimension
            self._known_fingerprints = self._fingerprints()
            self._loaded = matrix, known
        return self._loaded

    def _fingerprints(self) -> dict[str, Any]:
        """What the vectors came from, so that two models can be compared."""
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
        if not self._warned:
            warnings.warn(
                f"GloVeEmbedding(source={self.source!r}) has no vocabulary here, as after "
                "`load_model` or `clone_model`, and filled the embedding with its OOV fill. "
                "`load_model` puts the saved weights in its place; after `clone_model`, call "
                "`clone.set_weights(model.get_weights())`.",
                UserWarning,
                stacklevel=3,
            )
            self._warned = True
