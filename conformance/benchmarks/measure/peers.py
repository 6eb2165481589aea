"""Peers that depend on optional packages."""

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
    """Return a peer, without a function to run if its package is not installed.

    Args:
        name: Name of the peer, as its users call it.
        package: Package that must be installed.
        make: Function that imports the package and returns a function that runs the work once.
        at_least: See `Peer`.
        work: See `Peer`.
        is_limit: See `Peer`.
    """
    if importlib.util.find_spec(package) is None:
        return Peer(name, None, at_least, is_limit, missing=f"{package} is not installed here")
    return Peer(name, make(), at_least, is_limit, work)
