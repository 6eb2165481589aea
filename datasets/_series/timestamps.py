"""Fast parser for time stamps of fixed width at the start of every line."""

import numpy as np

WIDTH = len("31.12.2016 23:50:00")
_DIGITS = (0, 1, 3, 4, 6, 7, 8, 9, 11, 12, 14, 15, 17, 18)
_SEPARATORS = {2: ".", 5: ".", 10: " ", 13: ":", 16: ":"}
# Order of the characters in the ISO form. The two points at 2 become hyphens.
_ISO = (6, 7, 8, 9, 2, 3, 4, 2, 0, 1, 10, 11, 12, 13, 14, 15, 16, 17, 18)
_HYPHENS = (4, 7)


def leading_stamps(body: bytes) -> np.ndarray | None:
    """Parse the `dd.mm.yyyy HH:MM:SS` at the start of every line, or return None.

    None means that a line starts with anything else, and that a general parser is needed. Empty
    lines are skipped. The characters are rearranged for the whole file at once and NumPy parses
    the ISO form, which is much faster than `pandas.to_datetime`.

    >>> leading_stamps(b"31.12.2016 23:50:00,1\\n01.01.2017 00:00:00,2\\n")
    array(['2016-12-31T23:50:00', '2017-01-01T00:00:00'],
          dtype='datetime64[s]')
    >>> leading_stamps(b"31.02.2016 23:50:00,1\\n") is None
    True
    """
    text = np.frombuffer(body, np.uint8)
    starts = np.concatenate([[0], np.flatnonzero(text == ord("\n")) + 1])
    starts = starts[: np.searchsorted(starts, len(text))]
    first = text[starts]
    starts = starts[(first != ord("\n")) & (first != ord("\r"))]
    if not len(starts):
        return np.empty(0, "datetime64[s]")
    if starts[-1] + WIDTH > len(text):
        return None
    letters = np.lib.stride_tricks.sliding_window_view(text, WIDTH)[starts]
    digits = letters[:, _DIGITS] - ord("0")  # below "0" wraps around to above 9
    if (digits > 9).any():
        return None
    if any((letters[:, at] != ord(mark)).any() for at, mark in _SEPARATORS.items()):
        return None
    iso = letters[:, _ISO]
    iso[:, _HYPHENS] = ord("-")
    try:
        # Indexing with a tuple leaves the columns contiguous; a view as text needs the rows.
        stamps: np.ndarray = np.ascontiguousarray(iso).view(f"S{WIDTH}")[:, 0].astype("M8[s]")
    except ValueError:  # not in the calendar, such as 31 February or 24:00
        return None
    return stamps
