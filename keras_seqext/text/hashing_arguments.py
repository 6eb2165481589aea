"""What the hashing layer accepts as its arguments."""

import numpy as np


def positive_integer(name: str, value: object) -> int:
    """`value` as an int from 1 to 2**31 - 1, which ids of 32 bits can count."""
    if isinstance(value, bool) or not isinstance(value, (int, np.integer)):
        raise TypeError(f"`{name}` must be an integer. Received: {name}={value!r}.")
    if not 0 < value < 1 << 31:
        raise ValueError(
            f"`{name}` must be a positive integer below 2**31. Received: {name}={value}."
        )
    return int(value)


def checked_mask_value(value: object) -> str | int | None:
    """A mask value that a JSON config can hold."""
    if isinstance(value, (np.integer, int)) and not isinstance(value, bool):
        return int(value)
    if value is None or isinstance(value, str):
        return value
    raise TypeError(
        "`mask_value` must be a str for string tokens or an int for integers. "
        f"Received: mask_value={value!r} of type {type(value).__name__}."
    )


def checked_salt(salt: object) -> tuple[int, int] | None:
    """The two halves of the key, as Keras makes them of one integer or two."""
    if salt is None:
        return None
    halves = salt if isinstance(salt, (tuple, list)) else (salt, salt)
    whole = all(isinstance(h, (int, np.integer)) and not isinstance(h, bool) for h in halves)
    if len(halves) != 2 or not whole or not all(-(1 << 63) <= h < 1 << 63 for h in halves):
        raise ValueError(
            "`salt` must be an integer of 64 bits, or a pair of them, best not zero. "
            f"Received: salt={salt!r}."
        )
    return int(halves[0]), int(halves[1])
