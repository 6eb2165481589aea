"""Makes wrong calls, and looks at the error and at what it left behind."""

import traceback
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import keras

from .case import Case, state

ROOT = Path(__file__).parents[3]
OURS = tuple(str(ROOT / package) for package in ("keras_seqext", "datasets", "recipes"))


@dataclass(frozen=True)
class Outcome:
    """What a wrong call did.

    Args:
        error: What it raised, or `None`.
        origin: File, line and code that raised it: the error branch.
        changed: What is not as it was before.
    """

    error: BaseException | None
    origin: tuple[str, int, str] | None
    changed: str = ""


_made: dict[str, Outcome] = {}


def outcome(case: Case) -> Outcome:
    """What the call of `case` did; it is made once."""
    if case.id not in _made:
        _made[case.id] = _make(case)
    return _made[case.id]


def _make(case: Case) -> Outcome:
    subject = case.subject.make() if case.subject else None
    given = () if subject is None else (subject,)
    registered = dict(keras.saving.get_custom_objects())
    before = None if subject is None else state(subject)
    # Keras hides its own frames; here all must be seen.
    keras.config.disable_traceback_filtering()
    try:
        case.call(*given)
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
        return "the classes that Keras knows"
    if case.subject is not None:
        if state(subject) != before:
            return f"the state of {subject!r}"
        case.subject.works(subject)
    return ""


def faults(case: Case) -> list[str]:
    """All that is wrong with what a user sees."""
    found = outcome(case)
    error = found.error
    if error is None:
        return ["no error"]
    message = str(error)
    texts = [f"no {part} ({text!r})" for part, text in case.parts.items() if text not in message]
    # Kinds of our own may be more special; those of NumPy or a backend may not.
    foreign = type(error).__module__.partition(".")[0] not in ("builtins", "keras_seqext")
    if foreign or not isinstance(error, case.error):
        texts.append(f"a {type(error).__name__}, not a {case.error.__name__}")
    assert found.origin is not None
    file, line, code = found.origin
    if not file.startswith(OURS) or not code.startswith("raise "):
        # A line of ours that does not raise called into C: NumPy's words, or Python's.
        texts.append(f"raised by foreign code, at {file}:{line} ({code})")
    if error.__cause__ or (error.__context__ and not error.__suppress_context__):
        texts.append(f"shown below another error, {(error.__cause__ or error.__context__)!r}")
    if found.changed:
        texts.append(f"changed {found.changed}")
    return [f"{text}; message: {message}" for text in texts]
