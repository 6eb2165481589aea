"""What a loader is told about a wrong argument, before it reads a file."""

import difflib
import os
from collections.abc import Iterable
from pathlib import Path
from typing import Any


def wrong(kind: type[Exception], name: str, value: object, expected: str, remedy: str) -> Exception:
    """The error: what was passed, what was expected, how to mend it."""
    text = " ".join(repr(value).split())
    text = text if len(text) <= 80 else f"{text[:80]}..."
    return kind(f"`{name}` must be {expected}. Received: {name}={text}. {remedy}")


def check_choice(name: str, value: object, choices: Iterable[Any], remedy: str = "") -> None:
    """Refuses what is none of `choices`, and suggests the nearest."""
    known = list(choices)
    if any(type(value) is type(choice) and value == choice for choice in known):
        return
    words = [choice for choice in known if isinstance(choice, str)]
    close = difflib.get_close_matches(value, words, n=1) if isinstance(value, str) else []
    hint = f"Did you mean {close[0]!r}?" if close else f"Pass e.g. {name}={known[0]!r}."
    listed = ", ".join(map(repr, known))
    raise wrong(ValueError, name, value, f"one of {listed}", f"{hint} {remedy}".rstrip())


def check_flag(name: str, value: object) -> None:
    """Refuses what is not a truth value: a text such as `"no"` would count as true."""
    if not isinstance(value, bool):
        raise wrong(TypeError, name, value, "True or False", f"Pass {name}=True or {name}=False.")


def check_count(name: str, value: object, least: int, remedy: str = "") -> None:
    """Refuses what is not an integer of at least `least`."""
    remedy = remedy or f"Pass a whole number, {least} or more."
    expected = f"an integer, {least} or more"
    if isinstance(value, bool) or not isinstance(value, int):
        raise wrong(TypeError, name, value, expected, remedy)
    if value < least:
        raise wrong(ValueError, name, value, expected, remedy)


def check_share(name: str, value: object, ends: bool) -> None:
    """Refuses what is no number between 0 and 1; `ends` are allowed or not."""
    expected = "a number from 0 to 1" if ends else "a fraction between 0 and 1"
    remedy = f"Pass e.g. {name}=0.2."
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise wrong(TypeError, name, value, expected, remedy)
    if not (0 <= value <= 1 if ends else 0 < value < 1):
        raise wrong(ValueError, name, value, expected, remedy)


def checked_path(name: str, value: Any) -> Path:
    """`value` as a path, `~` written out."""
    if not isinstance(value, (str, os.PathLike)):
        raise wrong(
            TypeError, name, value, "the path of a file or folder", "Pass a str or a pathlib.Path."
        )
    return Path(value).expanduser()
