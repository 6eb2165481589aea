"""Global random generator of a backend on which Keras does not use one."""

from collections.abc import Callable


def save_generator_state() -> Callable[[], None]:
    """Return a function that does nothing: Keras draws only from seeds on this backend."""
    return lambda: None


def generator_state() -> bytes | None:
    """Return `None`: there is no global state, or it cannot be read without changing it."""
    return None
