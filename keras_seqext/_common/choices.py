"""Validation of string arguments that have a fixed set of values."""

import difflib
from collections.abc import Iterable


def did_you_mean(word: object, known: Iterable[object]) -> str:
    """Return ` Did you mean 'x'?` for the known words closest to `word`, or an empty string.

    >>> did_you_mean("persistance", ["persistence", "seasonal", "mean"])
    " Did you mean 'persistence'?"
    """
    names = [name for name in known if isinstance(name, str)]
    if not isinstance(word, str) or not word:
        return ""
    # A difference in case is the most common error, but `difflib` counts each letter of it as a
    # mismatch. It also scores a short word within a long one too low, so substrings are added.
    close = [name for name in names if name.casefold() == word.casefold()]
    close += difflib.get_close_matches(word, names, n=3, cutoff=0.5)
    close += [name for name in names if word in name][:3]
    nearest = list(dict.fromkeys(close))[:3]
    return f" Did you mean {' or '.join(map(repr, nearest))}?" if nearest else ""


def checked_choice(name: str, value: object, choices: Iterable[str], remedy: str = "") -> str:
    """Return `value` if it is one of `choices`, and raise an error otherwise.

    Args:
        name: Name of the argument.
        value: The value passed.
        choices: The accepted values.
        remedy: Sentence appended to the message. Defaults to an example with the first choice.

    Raises:
        ValueError: If `value` is not one of `choices`.

    >>> checked_choice("padding", "Left", ("left", "right"))
    Traceback (most recent call last):
    ValueError: `padding` must be 'left' or 'right'. Received: padding='Left'. Did you mean 'left'?
    """
    choices = tuple(choices)
    if isinstance(value, str) and value in choices:
        return str(value)
    quoted = [repr(choice) for choice in choices]
    must = " or ".join(quoted) if len(quoted) < 3 else f"one of {', '.join(quoted)}"
    hint = did_you_mean(value, choices) + (f" {remedy}" if remedy else "")
    hint = hint or f" Pass e.g. {name}={quoted[0]}."
    raise ValueError(f"`{name}` must be {must}. Received: {name}={value!r}.{hint}")
