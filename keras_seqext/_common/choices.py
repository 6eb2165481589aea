"""One word out of a fixed set, or an error that lists the set and names the nearest."""

import difflib
from collections.abc import Iterable


def did_you_mean(word: object, known: Iterable[object]) -> str:
    """` Did you mean 'x'?` for the closest of the known words, or nothing.

    >>> did_you_mean("persistance", ["persistence", "seasonal", "mean"])
    " Did you mean 'persistence'?"
    """
    names = [name for name in known if isinstance(name, str)]
    if not isinstance(word, str) or not word:
        return ""
    # Case is the commonest slip, and to difflib every letter of it is wrong.
    close = [name for name in names if name.casefold() == word.casefold()]
    close += difflib.get_close_matches(word, names, n=3, cutoff=0.5)
    close += [name for name in names if word in name][:3]
    found = list(dict.fromkeys(close))[:3]
    return f" Did you mean {' or '.join(map(repr, found))}?" if found else ""


def checked_choice(name: str, value: object, choices: Iterable[str], remedy: str = "") -> str:
    """`value`, if it is one of `choices`.

    Args:
        name: Of the argument.
        value: What was passed.
        choices: The words allowed.
        remedy: A sentence for the end of the message.

    Raises:
        ValueError: If it is none of them.

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
