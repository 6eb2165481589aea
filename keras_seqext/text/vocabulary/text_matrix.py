"""Bags of tokens as matrices with one row per text and one column per id."""

from collections.abc import Sequence
from itertools import chain
from typing import Any, Literal, get_args

import numpy as np

from keras_seqext._common.choices import checked_choice
from keras_seqext._common.validation import checked_flag
from keras_seqext.text.tokens.validation import check_dense_size, float_dtype

from .special_ids import SpecialIds
from .validation import checked_ids
from .vocabulary import Vocabulary

Mode = Literal["binary", "count", "freq", "tfidf"]
Idf = Literal["keras", "smooth"]
MODES, IDFS = get_args(Mode), get_args(Idf)


def bag_matrix(
    sequences: Sequence[Sequence[int]],
    vocabulary: Vocabulary,
    *,
    mode: Mode = "binary",
    idf: Idf = "keras",
    sparse: bool = False,
    dtype: str = "float32",
    max_gigabytes: float = 4.0,
) -> Any:
    """Compute bags of tokens, without the order of the tokens.

    For a token with count `c` in a text of `n` tokens, and document frequency `df` among
    `D` fitted documents, the entry is

    | mode | value |
    |---|---|
    | `"binary"` | 1 if c > 0 |
    | `"count"` | c |
    | `"freq"` | c / n |
    | `"tfidf"` | (1 + ln c) idf |

    where idf is `ln(1 + D / (1 + df))` (`idf="keras"`, as in `Tokenizer` and
    `TextVectorization`) or `ln((1 + D) / (1 + df)) + 1` (`idf="smooth"`, as in
    scikit-learn's `TfidfVectorizer(sublinear_tf=True, norm=None)`). The idf of the OOV
    column is the mean idf of all words, as in `TextVectorization`; in the `Tokenizer` of
    Keras 2, OOV tokens had the highest weight.

    Args:
        sequences: Lists of ids without padding and start id.
        vocabulary: Vocabulary of the ids, with document counts for `"tfidf"`.
        mode: Kind of entry, see above.
        idf: Formula of the inverse document frequency, see above.
        sparse: Whether to return a `scipy.sparse.csr_array`; requires SciPy.
        dtype: A float dtype.
        max_gigabytes: Maximum size of a dense matrix; a larger one raises an error.

    Returns:
        Matrix of shape `(texts, vocabulary.num_ids)`. Column i corresponds to id i; the
        columns of padding and start are zero.
    """
    checked_choice("mode", mode, MODES)
    checked_choice("idf", idf, IDFS)
    sparse = checked_flag("sparse", sparse)
    shape = (len(sequences), vocabulary.num_ids)
    kind = float_dtype(dtype)
    if not sparse:
        check_dense_size(shape, kind, max_gigabytes, "Use sparse=True, or fewer words.")
    weights = inverse_document_frequency(vocabulary, idf) if mode == "tfidf" else None
    lengths = np.array([len(sequence) for sequence in sequences], dtype=np.int64)
    flat = np.fromiter(chain.from_iterable(sequences), np.int64, int(lengths.sum()))
    checked_ids(flat, vocabulary.special_ids, vocabulary.num_ids)
    if (flat == SpecialIds.PAD).any():
        raise ValueError(
            "`sequences` must not contain padding. Received: id 0. Pass the sequences before they "
            "are padded."
        )
    # One `unique` counts all texts: a cell of the flattened matrix identifies a text and an id.
    # Cells are sorted, so the rows and columns below are in the order of a CSR matrix.
    rows = np.repeat(np.arange(shape[0]), lengths)
    cells, counts = np.unique(rows * shape[1] + flat, return_counts=True)
    rows, columns = np.divmod(cells, shape[1])
    values = counts.astype(np.float64)
    if mode == "binary":
        values[:] = 1.0
    elif mode == "freq":
        values /= lengths[rows]
    elif weights is not None:
        values = (1.0 + np.log(values)) * weights[columns]
    if sparse:
        return _csr(values.astype(kind), rows, columns, shape)
    matrix = np.zeros(shape, dtype=kind)
    matrix[rows, columns] = values
    return matrix


def inverse_document_frequency(vocabulary: Vocabulary, idf: Idf = "keras") -> np.ndarray:
    """Return the float64 idf of every id, `(num_ids,)`; see `bag_matrix` for the formulas."""
    if vocabulary.document_counts is None or vocabulary.num_documents is None:
        raise ValueError(
            "`mode`='tfidf' requires document counts. Received: a vocabulary without them; create "
            "it with `fit`, or pass `document_counts` and `num_documents`."
        )
    checked_choice("idf", idf, IDFS)
    documents = float(vocabulary.num_documents)
    containing = np.array(vocabulary.document_counts, dtype=np.float64)
    if idf == "keras":
        words = np.log(1.0 + documents / (1.0 + containing))
    else:
        words = np.log((1.0 + documents) / (1.0 + containing)) + 1.0
    weights = np.zeros(vocabulary.num_ids)
    weights[vocabulary.special_ids.first_word :] = words
    if vocabulary.special_ids.oov is not None:
        weights[vocabulary.special_ids.oov] = words.mean()
    return weights


def _csr(values: np.ndarray, rows: np.ndarray, columns: np.ndarray, shape: tuple[int, int]) -> Any:
    try:
        from scipy.sparse import csr_array
    except ImportError:
        raise ImportError(
            "sparse=True requires SciPy. Install it with `pip install scipy`."
        ) from None
    starts = np.searchsorted(rows, np.arange(shape[0] + 1))
    return csr_array((values, columns, starts), shape=shape)
