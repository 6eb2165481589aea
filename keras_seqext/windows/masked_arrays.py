"""Masked arrays of NumPy, in which a masked value is a missing value."""

from typing import Any

import numpy as np


def unmasked(values: Any) -> Any:
    """Return a masked array as a plain array with NaN for masked values; other values unchanged.

    `numpy.asarray` would return the number below the mask, often a code such as -9999.

    >>> unmasked(np.ma.masked_values([1, -9999], -9999)), unmasked("text")
    (array([ 1., nan]), 'text')
    """
    if not isinstance(values, np.ma.MaskedArray):
        return values
    if not np.ma.is_masked(values) or values.dtype.kind not in "fiub":
        return values.data
    kind = values.dtype if values.dtype.kind == "f" else np.float64
    return np.ma.filled(values.astype(kind), np.nan)
