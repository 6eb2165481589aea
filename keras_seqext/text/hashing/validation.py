"""What the hashing layer accepts as its arguments."""

import numpy as np

from keras_seqext._common.validation import wrong_type, wrong_value

MOST = (1 << 31) - 1
"""As many as ids of 32 bits can count."""


def checked_mask_value(value: object) -> str | int | None:
    """A mask value that a JSON config can hold."""
    if isinstance(value, (np.integer, int)) and not isinstance(value, bool):
        return int(value)
    if value is None or isinstance(value, str):
        return value
    raise wrong_type(
        "mask_value", value, "a str or an int", "Pass a str for string tokens, an int for integers."
    )


def checked_salt(salt: object) -> tuple[int, int] | None:
    """The two halves of the key, as Keras makes them of one integer or two."""
    if salt is None:
        return None
    halves = salt if isinstance(salt, (tuple, list)) else (salt, salt)
    whole = all(isinstance(h, (int, np.integer)) and not isinstance(h, bool) for h in halves)
    if len(halves) != 2 or not whole or not all(-(1 << 63) <= h < 1 << 63 for h in halves):
        raise wrong_value(
            "salt",
            salt,
            "an integer of 64 bits, or a pair of them",
            "Pass e.g. salt=1337, and keep it: another salt gives other bins.",
        )
    return int(halves[0]), int(halves[1])
