"""Who of the peers is here."""

import importlib.util
from collections.abc import Callable

from conformance.benchmarks.pages.claims import Peer


def peer(
    name: str,
    package: str,
    make: Callable[[], Callable[[], object]],
    at_least: float | None,
    work: float = 1.0,
    is_limit: bool = False,
) -> Peer:
    """The peer that `make` makes, or the reason why it is not measured here.

    Args:
        name: As its users call it.
        package: What must be installed.
        make: Imports the package and returns a function that does the work once.
        at_least: See `Peer`.
        work: See `Peer`.
        is_limit: See `Peer`.
    """
    if importlib.util.find_spec(package) is None:
        return Peer(name, None, at_least, is_limit, missing=f"{package} is not installed here")
    return Peer(name, make(), at_least, is_limit, work)
