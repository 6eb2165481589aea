"""Unicode normal form C in linear time."""

import re
import sys
import unicodedata
from functools import cache

# Below this length, the quadratic time of `unicodedata.normalize` is negligible.
_LONG = 4096


def to_nfc(text: str) -> str:
    r"""Return `text` in Unicode normal form C, like `unicodedata.normalize`.

    >>> to_nfc("e\u0301") == "\u00e9"
    True
    """
    if len(text) > _LONG:
        # CPython sorts a run of combining characters by insertion, which takes quadratic time.
        # The order within a run is part of the normal form, so it can be established before.
        text = _combining_run().sub(_in_canonical_order, text)
    return unicodedata.normalize("NFC", text)


def _in_canonical_order(run: re.Match[str]) -> str:
    return "".join(sorted(run[0], key=unicodedata.combining))


@cache
def _combining_run() -> re.Pattern[str]:
    characters = map(chr, range(sys.maxunicode + 1))
    combining = "".join(filter(unicodedata.combining, characters))
    return re.compile(f"[{combining}]{{64,}}")
