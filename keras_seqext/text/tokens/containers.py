"""Recognition of tables, sets, tensors and missing values by what they can do.

No package of tables or tensors is imported: the type is asked for the attributes that
all of them have.
"""

from collections.abc import Iterable, Mapping, Reversible, Set
from typing import Any

from keras_seqext._common.formatting import format_first


def is_table(value: object) -> bool:
    """Return whether `value` has named columns: a frame, an Arrow table or a structured array.

    A mapping is not a table here, although it may contain columns.
    """
    # The type is asked, not the object: a lazy frame of polars computes its columns on access.
    kind = type(value)
    named = hasattr(kind, "columns") or hasattr(kind, "column_names")
    return named or getattr(getattr(value, "dtype", None), "names", None) is not None


def column_names(table: Any) -> list[Any]:
    """Return the names of the columns of a table or of a mapping from name to column."""
    if isinstance(table, Mapping):
        return list(table)
    if hasattr(type(table), "collect_schema"):
        return list(table.collect_schema().names())
    for name in ("column_names", "columns"):
        if hasattr(type(table), name):
            return list(getattr(table, name))
    return list(table.dtype.names)


def is_unordered(value: object) -> bool:
    """Return whether `value` is a set, whose order differs in every process.

    >>> is_unordered({"cat", "dog"}), is_unordered({"cat": 1}.keys())
    (True, False)
    """
    return isinstance(value, Set) and not isinstance(value, Reversible)


def is_tensor(value: object) -> bool:
    """Return whether `value` is a tensor of TensorFlow or PyTorch, or a symbolic one of Keras."""
    kind = type(value)
    return hasattr(kind, "numpy") or hasattr(kind, "__tf_tensor__")


def is_missing(value: Any) -> bool:
    """Return whether `value` is None, NaN, or the missing value of a table.

    >>> is_missing(None), is_missing(float("nan")), is_missing("")
    (True, True, False)
    """
    if value is None:
        return True
    if isinstance(value, (str, bytes, Iterable)):
        return False
    try:
        return bool(value != value)  # NaN and NaT
    except TypeError:  # a comparison with pandas.NA is neither true nor false
        return True


def as_python(value: Any) -> Any:
    """Return the Python object of a scalar of Arrow or of a NumPy array without axes."""
    if hasattr(type(value), "as_py"):
        return value.as_py()
    if getattr(value, "shape", None) == () and hasattr(type(value), "item"):
        return value.item()
    return value


def describe_columns(table: Any) -> str:
    """Return a table in words, for an error message.

    >>> describe_columns({"review": ["Fine."], "label": [1]})
    "a dict with the columns 'review', 'label'"
    """
    names = column_names(table)
    return f"a {type(table).__name__} with the columns {format_first(names, len(names))}"
