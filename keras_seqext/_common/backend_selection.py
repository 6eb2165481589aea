"""Selection of an installed backend of Keras, before Keras is imported.

Keras uses TensorFlow unless `KERAS_BACKEND` or its file `keras.json` names another backend, and
its import fails if that backend is not installed. Commands that start Keras call
`select_backend` first. Nothing here imports Keras or a backend.
"""

import json
import os
import sys
from collections.abc import Callable, Sequence
from importlib.util import find_spec
from pathlib import Path

from .choices import did_you_mean

BACKENDS = ("tensorflow", "jax", "torch")
VARIABLE = "KERAS_BACKEND"


class BackendError(ImportError):
    """No backend can be used: none is installed, or the requested one is not."""


def select_backend(report: Callable[[str], object] | None = None) -> str:
    """Set `KERAS_BACKEND` if it is not set, and return its value.

    The backend is, in this order: that of Keras if Keras is imported, `KERAS_BACKEND`, the backend
    in `keras.json` if it is installed, and the first installed one of TensorFlow, JAX and PyTorch.

    Args:
        report: Called with a message if Keras itself would choose a backend that is not installed.
            By default the message is written to standard error. Processes that this one starts
            inherit `KERAS_BACKEND`, so they do not repeat it.

    Raises:
        BackendError: If no backend is installed, or `KERAS_BACKEND` does not name an installed one.
    """
    keras = sys.modules.get("keras")
    if keras is not None and hasattr(keras, "backend"):
        return str(keras.backend.backend())
    requested = os.environ.get(VARIABLE, "")
    if requested:
        return require_installed(requested, VARIABLE)
    preferred, installed = configured_backend(), installed_backends()
    if not installed:
        raise BackendError(
            "Keras needs a backend: tensorflow, jax or torch. Received: none of them is installed. "
            "Install one, e.g. pip install 'keras-seqext[jax]'."
        )
    chosen = preferred if preferred in installed else installed[0]
    os.environ[VARIABLE] = chosen
    if chosen != preferred:
        (report or _to_standard_error)(selection_message(chosen, preferred))
    return chosen


def selection_message(chosen: str, preferred: str) -> str:
    """Return the sentence that says which backend is used instead of the preferred one.

    >>> selection_message("jax", "tensorflow")
    'Keras runs on jax, because tensorflow is not installed. Set KERAS_BACKEND to choose a backend.'
    """
    reason = "is not installed" if preferred in BACKENDS else "is not supported here"
    return (
        f"Keras runs on {chosen}, because {preferred} {reason}. Set {VARIABLE} to choose a backend."
    )


def require_installed(name: str, source: str) -> str:
    """Return `name`, or raise an error unless it is the name of an installed backend.

    Args:
        name: Name of a backend.
        source: Option or variable that holds the name, for the message.

    Raises:
        BackendError: If there is no such backend, or it is not installed.
    """
    if name not in BACKENDS:
        raise BackendError(
            f"{source} must be the name of a backend: {', '.join(BACKENDS)}. "
            f"Received: {name!r}.{did_you_mean(name, BACKENDS)}"
        )
    if name not in installed_backends():
        others = installed_backends()
        remedy = f", or choose an installed backend: {', '.join(others)}" if others else ""
        raise BackendError(
            f"{source} must be an installed backend. Received: {name!r}, which is not installed. "
            f"Run pip install 'keras-seqext[{name}]'{remedy}."
        )
    return name


def installed_backends() -> Sequence[str]:
    """Return the names of the installed backends, without importing them."""
    return [name for name in BACKENDS if _is_installed(name)]


def configured_backend() -> str:
    """Return the backend that Keras uses if `KERAS_BACKEND` is not set.

    That is the backend in `keras.json`, in the folder `KERAS_HOME` or `~/.keras`; `"tensorflow"`
    if there is no such file.
    """
    home = os.environ.get("KERAS_HOME")
    path = Path(home) if home else Path("~/.keras").expanduser()
    try:
        name = json.loads((path / "keras.json").read_text(encoding="utf-8"))["backend"]
    except (OSError, ValueError, KeyError, TypeError):  # Keras ignores an unreadable file too
        return "tensorflow"
    return str(name)


def _is_installed(name: str) -> bool:
    try:
        return find_spec(name) is not None
    except ValueError:  # a module that has been put into `sys.modules` without a spec
        return True


def _to_standard_error(message: str) -> None:
    print(message, file=sys.stderr, flush=True)
