"""Argument validation of the hashing layers."""

import numpy as np

from keras_seqext._common.validation import wrong_type, wrong_value

MAX_INT32 = (1 << 31) - 1
"""Largest number of bins whose ids fit in int32."""


def checked_mask_value(value: object) -> str | int | None:
    """Return `value` as a `str`, an `int` or `None`, which a JSON config can hold."""
    if isinstance(value, (np.integer, int)) and not isinstance(value, bool):
        return int(value)
    if value is None or isinstance(value, str):
        return value
    raise wrong_type(
        "mask_value", value, "a str or an int", "Pass a str for string tokens, an int for integers."
    )


def checked_salt(salt: object) -> tuple[int, int] | None:
    """Return both halves of the hash key; as in Keras, a single integer is used twice."""
    if salt is None:
        return None
    halves = salt if isinstance(salt, (tuple, list)) else (salt, salt)
    whole = all(isinstance(h, (int, np.integer)) and not isinstance(h, bool) for h in halves)
    if len(halves) != 2 or not whole or not all(-(1 << 63) <= h < 1 << 63 for h in halves):
        raise wrong_value(
            "salt",
            salt,
            "a 64-bit integer or a pair of 64-bit integers",
            "Pass e.g. salt=1337, and reuse it: another salt gives different bins.",
        )
    return int(halves[0]), int(halves[1])


def export_error(reason: str, remedy: str) -> ValueError:
    """Return the error for a layer that cannot be part of an exported model."""
    return ValueError(
        f"`HashingOneHot` cannot be exported if it {reason}. Received: a call of `model.export`. "
        f"{remedy}"
    )


def host_export_error() -> ValueError:
    """Return the error for an export of a layer that hashes, which only TensorFlow can do."""
    return export_error(
        "hashes integers on the host",
        "Convert the tokens with `to_ids` before the model, and use `encoder()` in it.",
    )
