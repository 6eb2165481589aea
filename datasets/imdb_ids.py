"""The movie reviews as word ids, in the form that `keras.datasets.imdb` has them."""

import hashlib
import os
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from datasets._files.convert_ids import NAME
from datasets._files.file_search import locate
from datasets._files.number_arrays import PickledArray, read_npz
from datasets._files.validation import check_count
from datasets._texts.text_data import LabelledTexts, TextData, check_split, split_documents

from .imdb import _glove

FIRST_WORD, START, OOV = 4, 1, 2


def load_imdb_ids(
    path: str | os.PathLike[str] | None = None,
    *,
    num_words: int | None = None,
    validation: float = 0.2,
    seed: int = 0,
    duplicates: str = "keep",
) -> TextData:
    """Loads the reviews as ids: 0 padding, 1 start, 2 unknown, 3 unused, words from 4.

    These are the ids of `keras.datasets.imdb.load_data()`, before it shuffles. Words are
    ranked by frequency over both parts; `keras_seqext.Vocabulary.from_word_index` turns ids
    back into words with the word index that Keras downloads.

    Args:
        path: `imdb_ids.npz`, or a folder that holds it; looked for as in `load_imdb`. It is
            made once out of the `imdb.npz` of Keras, which holds pickled lists, by
            `python -m datasets convert-ids imdb.npz`.
        num_words: how many words to keep, exactly; rarer ones become 2. (Keras' `num_words`
            counts ids: its 10,000 are 9,996 words.)
        validation: the share of the training reviews that is held back, in both classes.
        seed: of that split.
        duplicates: as in `load_imdb`.

    Returns:
        `TextData` of kind `"ids"`; a document is `(1 + words,)`, int32.

    Raises:
        FileNotFoundError: the file is nowhere; says where it was looked for and what to do.
        ValueError: the file has another layout, or is not yet converted; says how to do it.
    """
    if num_words is not None:
        check_count("num_words", num_words, 1)
    check_split(validation, seed, duplicates)
    located = locate("imdb_ids", path)
    file = located.paths[0]
    try:
        arrays = read_npz(file)
    except PickledArray as error:
        converted = file.with_name(NAME)
        if not converted.is_file():
            raise ValueError(
                f"{error} Loading a pickle can run any code, so convert the file once, which "
                f"loads none: python -m datasets convert-ids {file}"
            ) from error
        file = converted
        arrays = read_npz(file)
    wanted = ("x_train", "x_train_ends", "y_train", "x_test", "x_test_ends", "y_test")
    if not set(wanted) <= set(arrays):
        raise ValueError(
            f"{file} must hold {', '.join(wanted)}, as `python -m datasets convert-ids` writes "
            f"them. Received: {', '.join(sorted(arrays)) or 'nothing'}."
        )
    parts = {
        part: _labelled(
            _rows(arrays[f"x_{part}"], arrays[f"x_{part}_ends"], f"{file}: {part}"),
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
        word_vectors=partial(_glove, path),
        notes=located.notes,
    )


def _rows(flat: np.ndarray, ends: np.ndarray, where: str) -> list[np.ndarray]:
    good = flat.ndim == ends.ndim == 1 and flat.dtype.kind in "iu" and ends.dtype.kind in "iu"
    edges = np.append(0, ends.astype(np.int64)) if good else np.zeros(1, np.int64)
    if not good or (np.diff(edges) < 0).any() or edges[-1] != len(flat):
        raise ValueError(
            f"{where} must be ids end to end and, in ascending order, where each review ends. "
            f"Received: shapes {flat.shape} and {ends.shape} of {flat.dtype} and {ends.dtype}."
        )
    return np.split(flat, edges[1:-1]) if len(ends) else []


def _labelled(rows: Any, labels: np.ndarray, num_words: int | None, where: str) -> LabelledTexts:
    if len(rows) != len(labels) or not set(np.unique(labels)) <= {0, 1}:
        raise ValueError(
            f"{where} must have one label, 0 or 1, a review. "
            f"Received: {len(rows):,} reviews, {len(labels):,} labels."
        )
    documents = []
    for row in rows:
        ranks = np.asarray(row, np.int64)
        if ranks.ndim != 1 or (ranks < 1).any():
            raise ValueError(f"{where} must hold ranks from 1. Received a review {row!r:.60}.")
        ids = ranks + (FIRST_WORD - 1)
        if num_words is not None:
            ids = np.where(ranks > num_words, OOV, ids)
        documents.append(np.concatenate([[START], ids]).astype(np.int32))
    return LabelledTexts(tuple(documents), np.asarray(labels, np.int8))
