"""Loader of the movie reviews as word ids, as in `keras.datasets.imdb`."""

import hashlib
import os
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from datasets._files.convert_ids import NAME
from datasets._files.file_search import locate
from datasets._files.number_arrays import PickledArray, read_npz
from datasets._texts.text_data import LabelledTexts, TextData, check_split, split_documents
from keras_seqext._common.validation import checked_integer

from .imdb import locate_vectors

FIRST_WORD, START, OOV = 4, 1, 2


def load_imdb_ids(
    path: str | os.PathLike[str] | None = None,
    *,
    num_words: int | None = None,
    validation: float = 0.2,
    seed: int = 0,
    duplicates: str = "keep",
) -> TextData:
    """Load the reviews as ids: 0 padding, 1 start, 2 out-of-vocabulary, 3 unused, words from 4.

    These are the ids of `keras.datasets.imdb.load_data()` before shuffling. Words are ranked by
    their frequency in the training and test sets together. `Vocabulary.from_word_index` of
    `keras_seqext` maps ids back to words with the word index that Keras downloads.

    Args:
        path: `imdb_ids.npz`, or a folder that contains it; searched for as in `load_imdb`. The
            command `python -m datasets convert-ids imdb.npz` creates it from the `imdb.npz` of
            Keras, which holds pickled lists.
        num_words: Number of words in the vocabulary; rarer words become 2. (`num_words` of
            Keras counts ids: its 10,000 ids are 9,996 words.)
        validation: Fraction of the training reviews that is held out, stratified by class.
        seed: Seed of that split.
        duplicates: As in `load_imdb`.

    Returns:
        `TextData` of kind `"ids"`. A document is an int32 array of shape `(1 + words,)`.

    Raises:
        FileNotFoundError: If the file is not found. The message lists the places searched and
            the remedies.
        ValueError: If the file has another layout or has not been converted.
    """
    if num_words is not None:
        checked_integer("num_words", num_words, 1)
    check_split(validation, seed, duplicates)
    located = locate("imdb_ids", path)
    file = located.paths[0]
    try:
        arrays = read_npz(file)
    except PickledArray as error:
        converted = file.with_name(NAME)
        if not converted.is_file():
            raise ValueError(
                f"{error} Loading a pickle can run arbitrary code. Convert the file without "
                f"loading it: python -m datasets convert-ids {file}"
            ) from error
        file = converted
        arrays = read_npz(file)
    required = ("x_train", "x_train_ends", "y_train", "x_test", "x_test_ends", "y_test")
    if not set(required) <= set(arrays):
        raise ValueError(
            f"{file} must hold {', '.join(required)}, as `python -m datasets convert-ids` writes "
            f"them. Received: {', '.join(sorted(arrays)) or 'nothing'}."
        )
    parts = {
        part: _to_labelled_texts(
            _split_rows(arrays[f"x_{part}"], arrays[f"x_{part}_ends"], f"{file}: {part}"),
            arrays[f"y_{part}"],
            num_words,
            f"{file}: {part}",
        )
        for part in ("train", "test")
    }
    return split_documents(
        "imdb-ids",
        "ids",
        parts["train"],
        parts["test"],
        validation=validation,
        seed=seed,
        duplicates=duplicates,
        fingerprint=hashlib.sha256(Path(file).read_bytes()).hexdigest(),
        word_vectors=partial(locate_vectors, path),
        notes=located.notes,
    )


def _split_rows(flat: np.ndarray, ends: np.ndarray, where: str) -> list[np.ndarray]:
    valid = flat.ndim == ends.ndim == 1 and flat.dtype.kind in "iu" and ends.dtype.kind in "iu"
    edges = np.append(0, ends.astype(np.int64)) if valid else np.zeros(1, np.int64)
    if not valid or (np.diff(edges) < 0).any() or edges[-1] != len(flat):
        raise ValueError(
            f"{where} must hold concatenated ids and the ascending end position of each review. "
            f"Received: shapes {flat.shape} and {ends.shape}, dtypes {flat.dtype} and {ends.dtype}."
        )
    return np.split(flat, edges[1:-1]) if len(ends) else []


def _to_labelled_texts(
    rows: Any, labels: np.ndarray, num_words: int | None, where: str
) -> LabelledTexts:
    if len(rows) != len(labels) or not set(np.unique(labels)) <= {0, 1}:
        raise ValueError(
            f"{where} must have one label, 0 or 1, per review. "
            f"Received: {len(rows):,} reviews, {len(labels):,} labels."
        )
    documents = []
    for row in rows:
        ranks = np.asarray(row, np.int64)
        if ranks.ndim != 1 or (ranks < 1).any():
            raise ValueError(f"{where} must hold ranks >= 1. Received: a review {row!r:.60}.")
        ids = ranks + (FIRST_WORD - 1)
        if num_words is not None:
            ids = np.where(ranks > num_words, OOV, ids)
        documents.append(np.concatenate([[START], ids]).astype(np.int32))
    return LabelledTexts(tuple(documents), np.asarray(labels, np.int8))
