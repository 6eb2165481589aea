"""Backend and optional packages of a command, checked before anything slow starts."""

import os
from importlib.util import find_spec

from keras_seqext._common.backend_selection import (
    VARIABLE,
    BackendError,
    require_installed,
    select_backend,
)
from recipes.usage_error import UsageError

# Packages that each command imports; plots are drawn at the end of a run.
PACKAGES = {
    "run": ("rich", "pandas", "matplotlib"),
    "report": ("rich",),
    "predict": ("rich", "pandas"),
}
REPORT_PAGE = ("rich", "matplotlib", "scipy")


def require_packages(verb: str, packages: tuple[str, ...] = ()) -> None:
    """Exit with the name of the extra to install if a package of a command is missing."""
    missing = [name for name in packages or PACKAGES[verb] if find_spec(name) is None]
    if missing:
        raise SystemExit(
            f"`python -m recipes {verb}` needs {' and '.join(missing)}. Received: "
            f"{'it is' if len(missing) == 1 else 'they are'} not installed. Run "
            "pip install -e '.[recipes]' in the checkout."
        )


def use_backend(requested: str | None = None) -> str:
    """Select the backend before Keras is imported, and return its name.

    Args:
        requested: Backend of `--backend`. By default an installed one is selected, and a message
            is printed if Keras itself would choose another.
    """
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
    try:
        if requested is None:
            return select_backend()
        os.environ[VARIABLE] = require_installed(requested, "--backend")
    except BackendError as error:
        raise UsageError(str(error)) from None
    return requested
