"""Conversion of token lists of any container to lists of strings."""

from typing import Any

from keras_seqext._common.validation import wrong_type

from .containers import as_python, is_tensor
from .validation import advice_for, checked_items


def as_tokens(
    name: str,
    tokens: Any,
    contents: str,
    *,
    expected: str = "a list of strings",
    ordered: bool = True,
) -> list[str]:
    """Return tokens as a list of `str`; bytes are decoded as UTF-8.

    Args:
        name: Name of the argument.
        tokens: Strings, bytes, or string scalars of NumPy or Arrow, in any iterable that
            is not a table or a mapping.
        contents: Description of the items, for the error message about the container.
        expected: Description of the argument, for the error message about an item.
        ordered: Whether a set raises an error.

    >>> as_tokens("tokens", [b"good", "film"], "tokens")
    ['good', 'film']
    """
    items = checked_items(name, tokens, contents, ordered)
    if is_tensor(items):
        raise wrong_type(name, items, expected, f"Pass {name}.numpy().tolist().")
    found = items.tolist() if hasattr(items, "tolist") else list(items)
    # One pass in C for the usual case, in which nothing has to be converted.
    if set(map(type, found)) <= {str}:
        return found
    return [
        token if isinstance(token, str) else _as_token(name, token, expected) for token in found
    ]


def _as_token(name: str, token: Any, expected: str) -> str:
    value = as_python(token)
    if isinstance(value, str):
        return value
    if not isinstance(value, bytes):
        raise wrong_type(name, token, expected, advice_for(token, "token"))
    try:
        return value.decode()
    except UnicodeDecodeError:
        raise wrong_type(
            name,
            token,
            f"{expected}, or of bytes in UTF-8",
            "Decode the tokens with their encoding, e.g. token.decode('latin-1').",
        ) from None
