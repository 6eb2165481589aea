"""A call with an invalid argument, and the required parts of its error message."""

import pickle
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Subject:
    """An object that a call with invalid arguments must not change.

    Args:
        make: Makes a new object.
        use: Uses the object correctly, after the invalid call.
    """

    make: Callable[[], Any]
    use: Callable[[Any], Any]


@dataclass(frozen=True)
class Case:
    """One call with an invalid argument.

    Args:
        name: Public name that is called.
        argument: Name of the invalid argument.
        value: The value passed, as it appears in the message.
        remedy: Part of the remedy in the message.
        call: Makes the call. It takes the subject if there is one.
        error: Expected type of the error.
        subject: Object that the call must not change.
        named: Name of the argument in the message. Defaults to `argument` in backticks.
    """

    name: str
    argument: str
    value: str
    remedy: str
    call: Callable[..., Any]
    error: type[BaseException] = ValueError
    subject: Subject | None = None
    named: str = ""

    @property
    def id(self) -> str:
        """Unique id of the case."""
        return f"{self.name}-{self.argument}-{self.value}"

    @property
    def parts(self) -> dict[str, str]:
        """Texts that the message must contain."""
        named = self.named or f"`{self.argument}`"
        return {"argument": named, "value received": self.value, "remedy": self.remedy}


def cases_for(name: str, subject: Subject | None = None) -> Callable[..., Case]:
    """Return a function that makes cases for one public name."""

    def case(argument: str, value: str, remedy: str, call: Callable[..., Any], **more: Any) -> Case:
        return Case(name, argument, value, remedy, call, subject=subject, **more)

    return case


def state(subject: object) -> Any:
    """Return the state that a call could have changed, in a form that can be compared."""
    import keras

    if isinstance(subject, keras.layers.Layer):
        weights = [keras.ops.convert_to_numpy(v).tobytes() for v in subject.variables]
        return subject.built, repr(subject.get_config()), weights
    return pickle.dumps(subject)
