"""Detection of whole texts where tokens are expected."""

import warnings
from typing import Any

import numpy as np

from keras_seqext._common.validation import format_value
from keras_seqext.text.tokens.containers import is_table

_SAMPLE = 100
# Blanks in a token that is probably a text. A name, such as New York, has fewer.
_BLANKS = 2
# An n-gram also contains blanks, but a list of n-grams contains single words as well.
_SHARE = 0.9


def warn_of_texts(tokens: Any, stacklevel: int) -> None:
    """Warn if `tokens` are texts of several words, each of which would be one token.

    An array or list with two axes is not examined: its rows are lists of tokens, and a column
    `(batch, 1)` of long names is a categorical feature.
    """
    if isinstance(tokens, (str, bytes)):
        sample = [tokens]
    elif isinstance(tokens, (list, tuple)):
        sample = list(tokens[:_SAMPLE])
    elif is_table(tokens) or getattr(tokens, "ndim", 0) == 1 or hasattr(tokens, "to_pylist"):
        sample = _first_items(tokens)
    else:
        return
    texts = [item for item in sample if isinstance(item, (str, bytes)) and _is_text(item)]
    if not texts or len(texts) < _SHARE * len(sample):
        return
    warnings.warn(
        "`tokens` must be words, each string being one token. Received strings of several words, "
        f"such as {format_value(texts[0])}, which is hashed as a whole. Split texts first, e.g. "
        "[Tokenizer()(text) for text in texts], or pass them to `matrix`. If each string is one "
        "category, pass them as rows of one token, [[name] for name in names].",
        UserWarning,
        stacklevel=stacklevel + 1,
    )


def _is_text(item: str | bytes) -> bool:
    # Only the beginning: a text may be long, and its first words are sufficient.
    return len(item[:1000].split()) > _BLANKS


def _first_items(tokens: Any) -> list[Any]:
    part = tokens.head(_SAMPLE) if hasattr(type(tokens), "head") else tokens[:_SAMPLE]
    return np.asarray(part, object).ravel().tolist()[:_SAMPLE]
