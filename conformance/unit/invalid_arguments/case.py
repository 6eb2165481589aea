"""A wrong call, and what the user must be told."""

import pickle
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Subject:
    """An object that a wrong call must leave as it was.

    Args:
        make: A new one.
        works: A right use of it, after the wrong one.
    """

    make: Callable[[], Any]
    works: Callable[[Any], Any]


@dataclass(frozen=True)
class Case:
    """One wrong call.

    Args:
        name: The public name that is called.
        argument: What is wrong.
        value: How the message shows what was passed.
        remedy: What the message tells to do.
        call: The call; it is given the subject if there is one.
        error: The kind of error.
        subject: What must not be changed by it.
        named: How the message names the argument; by default in backticks.
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
        """Different for each case."""
        return f"{self.name}-{self.argument}-{self.value}"

    @property
    def parts(self) -> dict[str, str]:
        """What the message must hold."""
        named = self.named or f"`{self.argument}`"
        return {"argument": named, "value received": self.value, "remedy": self.remedy}


def cases_for(name: str, subject: Subject | None = None) -> Callable[..., Case]:
    """Makes cases of one public name."""

    def case(argument: str, value: str, remedy: str, call: Callable[..., Any], **more: Any) -> Case:
        return Case(name, argument, value, remedy, call, subject=subject, **more)

    return case


def state(subject: object) -> Any:
    """All that a wrong call could have changed, in a form that can be compared."""
    import keras

    if isinstance(subject, keras.layers.Layer):
        weights = [keras.ops.convert_to_numpy(v).tobytes() for v in subject.variables]
        return subject.built, repr(subject.get_config()), weights
    return pickle.dumps(subject)
