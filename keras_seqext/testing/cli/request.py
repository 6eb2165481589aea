"""What the command line asks one process to do."""

import json
from dataclasses import asdict, dataclass, field
from typing import Any

from keras_seqext.testing.core.case import Sample
from keras_seqext.testing.core.usage_error import UsageError


@dataclass(frozen=True)
class Request:
    """One run: a target, what to feed it, and which checks.

    Args:
        target: `package.module:NAME`.
        input_shape: A shape, a list of shapes, or `None` for the samples of the cases.
        input_dtype: Of the input.
        high: Upper bound of integer inputs.
        arguments: Shapes of further positional arguments.
        call_kwargs: Keyword arguments of each call.
        kwargs: Arguments of the constructor.
        traits: Traits to declare.
        cases: Names of cases; all by default.
        samples: Names of samples; all by default.
        checks: Names of checks; all of the level by default.
        level: `"core"`, `"recommended"` or `"strict"`.
        seed: Of inputs and weights.
    """

    target: str
    input_shape: Any = None
    input_dtype: str = "float32"
    high: int = 5
    arguments: Any = ()
    call_kwargs: dict[str, Any] = field(default_factory=dict)
    kwargs: dict[str, Any] = field(default_factory=dict)
    traits: dict[str, Any] = field(default_factory=dict)
    cases: list[str] = field(default_factory=list)
    samples: list[str] = field(default_factory=list)
    checks: list[str] = field(default_factory=list)
    level: str = "recommended"
    seed: int = 0

    def to_json(self) -> str:
        """For another process."""
        return json.dumps(asdict(self))

    @classmethod
    def from_json(cls, text: str) -> "Request":
        """What `to_json` wrote."""
        return cls(**json.loads(text))

    def sample(self) -> Sample | None:
        """The sample that the command line describes."""
        if self.input_shape is None:
            return None
        several = isinstance(self.input_shape[0], (list, tuple))
        shape: Any = tuple(self.input_shape)
        return Sample(
            shape=[tuple(part) for part in self.input_shape] if several else shape,
            dtype=self.input_dtype,
            high=self.high,
            arguments=tuple(tuple(part) for part in self.arguments),
            call_kwargs=self.call_kwargs,
        )


def parse_shape(text: str) -> Any:
    """`4,7,6` as a tuple; JSON such as `[[4, 7, 6], [4, 7, 6]]` for a list of inputs."""
    try:
        shape = json.loads(text if text.lstrip().startswith("[") else f"[{text}]")
        parts = shape if shape and all(isinstance(part, list) for part in shape) else [shape]
        good = shape and all(type(n) is int and n >= 0 for part in parts for n in part)
    except ValueError:
        good = False
    if not good:
        raise UsageError(
            "--input-shape takes whole numbers, the batch first, as in 4,7,6, or a JSON list of "
            f"shapes for several inputs. Received: {text!r}."
        )
    return shape


def parse_object(option: str, text: str) -> dict[str, Any]:
    """A JSON object given to an option."""
    try:
        value = json.loads(text)
    except ValueError as error:
        raise UsageError(f"{option} is not JSON ({error}). Received: {text!r}.") from error
    if not isinstance(value, dict):
        raise UsageError(
            f"""{option} takes a JSON object, as in '{{"units": 3}}'. Received: {text}"""
        )
    return value
