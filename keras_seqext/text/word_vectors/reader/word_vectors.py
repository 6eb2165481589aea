"""Reads the vectors of some words out of a large file."""

from collections.abc import Iterable, Iterator, Mapping

import numpy as np
from numpy.typing import NDArray

from keras_seqext._common.validation import checked_integer

from .cache import CacheOption, cached_rows
from .compressed_file import Source, file_path, open_word_vectors
from .search import search_word_vectors

Vectors = NDArray[np.float32]


class WordVectors(Mapping[str, Vectors]):
    """The vectors that a file has for some words, as a mapping from word to vector.

    Args:
        words: The words found.
        matrix: `(len(words), dimension)`, float32; row i belongs to word i.
    """

    def __init__(self, words: Iterable[str], matrix: Vectors) -> None:
        self.matrix = matrix
        self.rows = {word: row for row, word in enumerate(words)}
        if len(self.rows) != len(matrix):
            raise ValueError(
                f"`matrix` must have one row for each of {len(self.rows)} different words. "
                f"Received: matrix of shape {matrix.shape}."
            )

    @property
    def dimension(self) -> int:
        """How many numbers a vector has."""
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
    """Reads the vectors of `words` and parses no other line.

    The format is that of GloVe: a line is a word and its numbers, with one space
    between them; a header line as in word2vec and fastText is skipped. A word
    may hold spaces: the last `dimension` fields are the numbers. Where the file
    has a word twice, its first vector counts. Reading stops when all words are
    found, so what comes after them is not checked.

    Args:
        source: Path of a text file, a `.gz` of one, or a `.zip` of one or several.
        words: The words wanted, in the case and form that the file has them.
        dimension: Numbers a word. It chooses the member of a zip; `None` takes
            what the file has.
        cache: Whether to keep the rows found, so that the same request is
            answered without reading the file: `True` for the folder of Keras,
            or a folder.

    Returns:
        A `WordVectors`, in the order of the file. Words that the file lacks are
        not in it.

    Raises:
        FileNotFoundError: There is no such file.
        ValueError: The file is no text of word vectors, is ragged, cut off, not
            UTF-8 or of another dimension; the message has the line number.

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
            f"`words` must be an iterable of words, not one {type(words).__name__}: "
            "put it in a list, [word]."
        )
    wanted = list(dict.fromkeys(words))
    for word in wanted:
        if not isinstance(word, str):
            raise TypeError(f"`words` must hold strings. Received: {word!r} in it.")
    if dimension is not None:
        dimension = checked_integer("dimension", dimension, 1)
    path = file_path(source)

    def search() -> tuple[NDArray[np.intp], Vectors]:
        with open_word_vectors(path, dimension) as stream:
            return search_word_vectors(stream, wanted, dimension, path)

    rows, matrix = cached_rows(search, cache, path, wanted, dimension)
    return WordVectors([wanted[row] for row in rows.tolist()], matrix)
