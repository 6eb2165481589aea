"""Selection and order of the checks of a run."""

from collections.abc import Iterable, Sequence

from keras_seqext._common.choices import did_you_mean
from keras_seqext._common.validation import format_value
from keras_seqext.testing.checks.catalogue import load_checks
from keras_seqext.testing.core.registry import Check, up_to


def select_checks(level: str, names: Sequence[str] | None, kind: str = "layer") -> list[Check]:
    """Return the checks of a level, or the named checks and the checks that they need.

    Args:
        level: Level of the checks, if no names are passed.
        names: Names of checks, instead of a level.
        kind: Kind of object: `"layer"`, `"cell"`, `"dataset"` or `"initializer"`.

    >>> [check.name for check in select_checks("core", ["output_size"], kind="cell")]
    ['construct', 'state_size', 'step', 'output_size']
    """
    known = load_checks(kind)
    if names is None:
        return up_to(level, known)
    if isinstance(names, (str, bytes)) or not isinstance(names, Sequence) or not names:
        raise ValueError(
            "`checks` must be a list of names, such as ['config_json'], or None for all checks of "
            f"the level. Received: checks={format_value(names)}."
        )
    require_known("checks", names, kind)
    selected = list(names)
    for name in selected:  # grows while it is read, so that needed checks are followed too
        selected.extend(n for n in known[name].after if n in known and n not in selected)
    return [check for check in known.values() if check.name in selected]


def require_known(argument: str, names: Iterable[str], kind: str = "layer") -> None:
    """Raise `ValueError` if a name is not the name of a check."""
    known = load_checks(kind)
    unknown = [name for name in names if name not in known]
    if unknown:
        listing = "list_checks" if kind == "layer" else f"list_{kind}_checks"
        raise ValueError(
            f"`{argument}` must be names of {kind} checks. Received: {unknown[0]!r}."
            f"{did_you_mean(unknown[0], known)} `{listing}()` returns all checks."
        )


def sort_by_dependency(checks: Iterable[Check]) -> list[Check]:
    """Return the checks in an order in which each follows the checks that it needs."""
    by_name = {check.name: check for check in checks}
    done: dict[str, Check] = {}

    def visit(check: Check) -> None:
        if check.name in done:
            return
        for name in check.after:
            if name in by_name:
                visit(by_name[name])
        done[check.name] = check

    for check in by_name.values():
        visit(check)
    return list(done.values())
