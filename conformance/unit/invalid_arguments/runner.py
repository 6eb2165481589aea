"""Execution of calls with invalid arguments, and inspection of their errors and side effects."""

import traceback
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import keras

from .case import Case, state

ROOT = Path(__file__).parents[3]
OWN = ("builtins", "keras_seqext", "recipes")
PACKAGES = tuple(str(ROOT / package) for package in ("keras_seqext", "datasets", "recipes"))


@dataclass(frozen=True)
class Outcome:
    """The result of a call with an invalid argument.

    Args:
        error: The error raised, or `None`.
        origin: File, line number and source line that raised it.
        changed: Description of the state that the call changed, or an empty string.
    """

    error: BaseException | None
    origin: tuple[str, int, str] | None
    changed: str = ""


_outcomes: dict[str, Outcome] = {}


def outcome(case: Case) -> Outcome:
    """Return the outcome of the call of `case`, which is cached."""
    if case.id not in _outcomes:
        _outcomes[case.id] = _call(case)
    return _outcomes[case.id]


def _call(case: Case) -> Outcome:
    subject = case.subject.make() if case.subject else None
    arguments = () if subject is None else (subject,)
    registered = dict(keras.saving.get_custom_objects())
    before = None if subject is None else state(subject)
    # Keras removes its own frames from tracebacks, but the frame that raised must be visible.
    keras.config.disable_traceback_filtering()
    try:
        case.call(*arguments)
    except (Exception, SystemExit) as error:
        frames = traceback.extract_tb(error.__traceback__)
        origin = (frames[-1].filename, frames[-1].lineno or 0, frames[-1].line or "")
        found = Outcome(error, origin, _changed(case, subject, before, registered))
    else:
        found = Outcome(None, None)
    finally:
        keras.config.enable_traceback_filtering()
    return found


def _changed(case: Case, subject: Any, before: Any, registered: dict[str, Any]) -> str:
    if dict(keras.saving.get_custom_objects()) != registered:
        return "the classes registered with Keras"
    if case.subject is not None:
        if state(subject) != before:
            return f"the state of {subject!r}"
        case.subject.use(subject)
    return ""


def problems(case: Case) -> list[str]:
    """Return the problems of the error that a user sees; an empty list if there are none."""
    found = outcome(case)
    error = found.error
    if error is None:
        return ["no error"]
    message = str(error)
    texts = [f"no {part} ({text!r})" for part, text in case.parts.items() if text not in message]
    # A subclass defined here is accepted, an exception of NumPy or a backend is not.
    foreign = type(error).__module__.partition(".")[0] not in OWN
    if foreign or not isinstance(error, case.error):
        texts.append(f"a {type(error).__name__}, not a {case.error.__name__}")
    assert found.origin is not None
    file, line, code = found.origin
    if not file.startswith(PACKAGES) or not code.startswith("raise "):
        # A line of this package without `raise` called a C function of NumPy or Python, which
        # raised the error and wrote the message.
        texts.append(f"raised by foreign code, at {file}:{line} ({code})")
    if error.__cause__ or (error.__context__ and not error.__suppress_context__):
        texts.append(f"chained to another error, {(error.__cause__ or error.__context__)!r}")
    if found.changed:
        texts.append(f"changed {found.changed}")
    return [f"{text}; message: {message}" for text in texts]
