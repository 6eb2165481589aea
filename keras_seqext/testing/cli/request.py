"""Request of the command line to a process."""

import json
from dataclasses import asdict, dataclass, field
from typing import Any

from keras_seqext.testing.core.case import Sample
from keras_seqext.testing.core.usage_error import UsageError


@dataclass(frozen=True)
class Request:
    """A run: target, inputs and checks.

    Args:
        target: Location of the target, as `package.module:NAME`.
        input_shape: A shape, a list of shapes, or `None` for the samples of the cases.
        input_dtype: Dtype of the input.
        high: Upper bound of integer inputs.
        arguments: Shapes of further positional arguments.
        call_kwargs: Keyword arguments of each call.
        kwargs: Arguments of the constructor.
        traits: Traits to declare.
        cases: Names of cases; by default all.
        samples: Names of samples; by default all.
        checks: Names of checks; by default all checks of the level.
        level: `"core"`, `"recommended"` or `"strict"`.
        seed: Seed of inputs and weights.
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
        """Return the request as JSON, for another process."""
        return json.dumps(asdict(self))

    @classmethod
    def from_json(cls, text: str) -> "Request":
        """Return the request that `to_json` wrote."""
        return cls(**json.loads(text))

    def sample(self) -> Sample | None:
        """Return the sample of the command line, or `None` if it has no shape."""
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
    """Return the shape `4,7,6`, or a list of shapes from JSON such as `[[4, 7, 6], [4, 7, 6]]`."""
    try:
        shape = json.loads(text if text.lstrip().startswith("[") else f"[{text}]")
        parts = shape if shape and all(isinstance(part, list) for part in shape) else [shape]
        valid = shape and all(type(n) is int and n >= 0 for part in parts for n in part)
    except ValueError:
        valid = False
    if not valid:
        raise UsageError(
            "--input-shape must be whole numbers including the batch, such as 4,7,6, or a JSON "
            f"list of shapes for several inputs. Received: {text!r}."
        )
    return shape


def parse_object(option: str, text: str) -> dict[str, Any]:
    """Return the JSON object passed to an option."""
    try:
        value = json.loads(text)
    except ValueError as error:
        raise UsageError(f"{option} is not JSON ({error}). Received: {text!r}.") from error
    if not isinstance(value, dict):
        raise UsageError(
            f"""{option} must be a JSON object, such as '{{"units": 3}}'. Received: {text}"""
        )
    return value
