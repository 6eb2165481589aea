"""Functions that Keras does not offer: gradients, compilation, tracing and cost, per backend.

A folder per backend has the modules `execution` and `tracing` with the functions described here,
by `Execution` and `Tracing`. In all of them `function` is a function of tensors that calls
`layer`, and `arguments` are the tensors that it is called with.
"""

import importlib
from collections.abc import Callable, Sequence
from typing import Any, Protocol, cast

Gradients = tuple[float, list[Any], list[Any]]


class Execution(Protocol):
    """Functions of the module `execution` of a backend.

    A gradient is `None` where the loss does not depend on the variable. JAX returns zeros there.
    """

    def gradients(
        self, function: Callable[..., Any], inputs: Sequence[Any], variables: Sequence[Any]
    ) -> Gradients:
        """Return `function(*inputs)`, a scalar, and its gradients by inputs and variables."""

    def repeated_gradients(
        self, function: Callable[..., Any], layer: Any
    ) -> Callable[[list[Any], Any], Gradients]:
        """Return a function of `(inputs, rest)` that computes gradients of `function`.

        It returns the value of `function(inputs, rest)`, a scalar, and the gradients with respect
        to the list `inputs` and to `layer.trainable_variables`. It is fast for many calls on
        arrays of the same shapes, and drops updates of variables.
        """

    def second_order(
        self, function: Callable[..., Any], inputs: Sequence[Any], variables: Sequence[Any]
    ) -> list[Any]:
        """Return the gradients of the summed squared gradients of `function`, a scalar."""

    def compiled(
        self, function: Callable[..., Any], layer: Any, *, xla: bool | None = None
    ) -> Callable[..., Any]:
        """Return `function` compiled as `fit` and `predict` compile it.

        XLA is used if `xla` is true, or, where `xla` is `None`, if the layer supports it.
        """

    def compiled_counting(
        self, function: Callable[..., Any], layer: Any, *, xla: bool | None = None
    ) -> tuple[Callable[..., Any], Callable[[], int]]:
        """Return `compiled(function)`, and a function that returns the number of traces so far."""

    def repeated(self, function: Callable[..., Any], layer: Any) -> Callable[..., Any]:
        """Return `function` in a form that is fast for many calls on arrays of the same shapes."""

    def traces_of_sizes(
        self, function: Callable[..., Any], layer: Any, calls: Sequence[tuple[Any, ...]]
    ) -> int:
        """Return the number of traces for calls of different sizes, if sizes may be unknown.

        It is 1 on a backend that cannot compile for unknown sizes.
        """

    def traced_with_unknown_sizes(
        self, function: Callable[..., Any], layer: Any, arguments: Sequence[Any], shapes: Any
    ) -> Callable[..., Any]:
        """Return `function` traced once for shapes in which a name, such as `"steps"`, is any size.

        Raise `Skipped` if the backend cannot trace it.
        """

    def exported(
        self, model: Any, folder: str, arguments: Sequence[Any]
    ) -> Callable[..., list[Any]]:
        """Export a model, load it, and return it as a function of NumPy arrays."""

    def live_tensors(self) -> int:
        """Return the number of tensors in memory."""

    def graph_size(
        self, function: Callable[..., Any], layer: Any, arguments: tuple[Any, ...]
    ) -> int:
        """Return the number of operations; the body of a loop counts once, where loops exist."""

    def flops(
        self, function: Callable[..., Any], layer: Any, arguments: tuple[Any, ...]
    ) -> tuple[float, float]:
        """Return the number of arithmetic operations and the size of the largest array.

        A loop counts once per iteration if their number is known, and otherwise once.
        """

    def host_transfers(
        self, function: Callable[..., Any], layer: Any, arguments: tuple[Any, ...]
    ) -> list[str]:
        """Return descriptions of the operations that copy values from the device to Python."""

    def new_compilations(
        self, function: Callable[..., Any], layer: Any, arguments: tuple[Any, ...]
    ) -> list[str]:
        """Return the names of the functions that a call of `function` compiles."""


class Tracing(Protocol):
    """Functions of the module `tracing` of a backend."""

    def is_symbolic(self, value: Any) -> bool:
        """Return whether a value is a tensor without values, in a trace."""

    def trace(self, function: Callable[..., Any], layer: Any, arguments: tuple[Any, ...]) -> None:
        """Trace `function(*arguments)` without computing values."""

    def compiled_step(self, function: Callable[..., Any], layer: Any) -> Callable[..., Any]:
        """Return `function` compiled, with updates of the variables of `layer` applied."""

    def global_draw(self) -> float | None:
        """Return a number from the global random generator of the backend, if it has one."""

    def save_generator_state(self) -> Callable[[], None]:
        """Save the state of the global generator; return a function that restores it."""

    def generator_state(self) -> bytes | None:
        """Return the state of the global generator, if it can be read."""


def current() -> Execution:
    """Return the module `execution` of the running backend."""
    return cast(Execution, _module("execution"))


def tracing() -> Tracing:
    """Return the module `tracing` of the running backend."""
    return cast(Tracing, _module("tracing"))


def _module(name: str) -> Any:
    import keras

    return importlib.import_module(f"{__name__}.{keras.backend.backend()}.{name}")
