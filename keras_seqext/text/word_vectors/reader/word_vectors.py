"""Reading of the vectors of given words from a large file."""

from collections.abc import Iterable, Iterator, Mapping

import numpy as np
from numpy.typing import NDArray

from keras_seqext._common.validation import checked_integer

from .cache import CacheOption, cached_rows
from .compressed_file import Source, file_path, open_word_vectors
from .search import Found, search_word_vectors

Vectors = NDArray[np.float32]


class WordVectors(Mapping[str, Vectors]):
    """Mapping from words to their vectors.

    Args:
        words: Distinct words.
        matrix: Float32 array `(len(words), dimension)`; row i is the vector of word i.
        skipped_lines: Number of lines of the file that were skipped because their word is
            not UTF-8.
    """

    def __init__(self, words: Iterable[str], matrix: Vectors, skipped_lines: int = 0) -> None:
        self.matrix = matrix
        self.skipped_lines = skipped_lines
        self.rows = {word: row for row, word in enumerate(words)}
        if len(self.rows) != len(matrix):
            raise ValueError(
                f"`matrix` must have one row for each of {len(self.rows)} distinct words. "
                f"Received: matrix of shape {matrix.shape}. Pass distinct words and one row per "
                "word."
            )

    @property
    def dimension(self) -> int:
        """Dimension of the vectors."""
        return int(self.matrix.shape[1])

    def __getitem__(self, word: str) -> Vectors:
        vector: Vectors = self.matrix[self.rows[word]]
        return vector

    def __iter__(self) -> Iterator[str]:
        return iter(self.rows)

    def __len__(self) -> int:
        return len(self.rows)

    def __repr__(self) -> str:
        return f"<WordVectors: {len(self)} words, dimension {self.dimension}>"


def read_word_vectors(
    source: Source,
    words: Iterable[str],
    *,
    dimension: int | None = None,
    cache: CacheOption = False,
) -> WordVectors:
    """Read the vectors of `words` without parsing other lines.

    The format is that of GloVe: each line consists of a word and its numbers, separated
    by one space. A header line as in word2vec and fastText is skipped. A word may
    contain spaces: the last `dimension` fields are the numbers. If the file contains a
    word twice, its first vector is used. A line whose word is not UTF-8 is skipped. Reading
    stops when all words are found, so that later lines are not checked.

    Args:
        source: Path of a text file, plain or compressed with gzip or bzip2, or of a `.zip`
            of one or several.
        words: Requested words, in the case and form of the file.
        dimension: Dimension of the vectors. It selects the member of a zip; `None` uses
            the dimension of the file.
        cache: Whether to cache the rows found, so that the same request does not read
            the file again: `True` for the folder of Keras, or a folder.

    Returns:
        A `WordVectors` in the order of the file, without the words that are not in the
        file.

    Raises:
        FileNotFoundError: If the file does not exist.
        ValueError: If the file is not a text of word vectors, or is ragged, truncated, of
            another dimension or in another encoding than UTF-8, also if only the line of a
            requested word is. The message has the line number.

    >>> import pathlib, tempfile
    >>> path = pathlib.Path(tempfile.mkdtemp(), "tiny.txt")
    >>> _ = path.write_text("the 0.1 0.2\\n. . . 0.3 0.4\\ncat 0.5 0.6\\n")
    >>> vectors = read_word_vectors(path, ["cat", ". . .", "dog"])
    >>> vectors["cat"], list(vectors)
    (array([0.5, 0.6], dtype=float32), ['. . .', 'cat'])

    Source: https://nlp.stanford.edu/projects/glove/
    """
    if isinstance(words, str | bytes):
        raise TypeError(
            f"`words` must be an iterable of words. Received one {type(words).__name__}: "
            "put it in a list, [word]."
        )
    requested = list(dict.fromkeys(words))
    for word in requested:
        if not isinstance(word, str):
            raise TypeError(
                f"`words` must contain strings only. Received: {word!r} in it. Convert each word "
                "to a `str`."
            )
    if dimension is not None:
        dimension = checked_integer("dimension", dimension, 1)
    path = file_path(source)

    def search() -> Found:
        with open_word_vectors(path, dimension) as stream:
            return search_word_vectors(stream, requested, dimension, path)

    rows, matrix, skipped = cached_rows(search, cache, path, requested, dimension)
    return WordVectors([requested[row] for row in rows.tolist()], matrix, skipped)
