"""Time stamps of fixed width, read for a whole file at once."""

import numpy as np

WIDTH = len("31.12.2016 23:50:00")
_DIGITS = (0, 1, 3, 4, 6, 7, 8, 9, 11, 12, 14, 15, 17, 18)
_MARKS = {2: ".", 5: ".", 10: " ", 13: ":", 16: ":"}
_MONTH_DAYS = np.array([0, 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31], np.int64)


def leading_stamps(body: bytes) -> np.ndarray | None:
    """The `dd.mm.yyyy HH:MM:SS` that begins every line, or None where a line begins otherwise.

    Empty lines are skipped. Parsing text this way takes a tenth of what a general parser does.

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
    letters = np.lib.stride_tricks.sliding_window_view(text, WIDTH)[starts].T
    digits = letters[_DIGITS, :] - ord("0")  # below "0" wraps round to above 9
    if (digits > 9).any() or any((letters[at] != ord(mark)).any() for at, mark in _MARKS.items()):
        return None
    tens, units = digits[0::2].astype(np.int64), digits[1::2]
    day, month, century, rest, hour, minute, second = tens * 10 + units
    year = century * 100 + rest
    leap = (year % 4 == 0) & ((year % 100 != 0) | (year % 400 == 0))
    if (month < 1).any() or (month > 12).any() or (day < 1).any():
        return None
    if (day > _MONTH_DAYS[month] + (leap & (month == 2))).any():
        return None
    if (hour > 23).any() or (minute > 59).any() or (second > 59).any():
        return None
    months = ((year - 1970) * 12 + month - 1).astype("datetime64[M]")
    seconds = ((day - 1) * 24 + hour) * 3600 + minute * 60 + second
    stamps: np.ndarray = months.astype("datetime64[s]") + seconds.astype("timedelta64[s]")
    return stamps
