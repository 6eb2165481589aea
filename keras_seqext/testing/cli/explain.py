"""List of checks, and explanation of a check, as text."""

from keras_seqext._common.choices import did_you_mean
from keras_seqext.testing.checks.catalogue import list_checks
from keras_seqext.testing.core.registry import Check
from keras_seqext.testing.core.usage_error import UsageError


def check_lines(level: str = "strict") -> list[str]:
    """Return one line per check (name, level, cost, claim), with a heading per family."""
    lines: list[str] = []
    family = ""
    checks = sorted(list_checks(level), key=_family)  # stable, so the order in a family remains
    for check in checks:
        if _family(check) != family:
            family = _family(check)
            lines += ["", family] if lines else [family]
        first = check.claim.partition(". ")[0]
        lines.append(f"  {check.name:<28} {check.level:<12} {check.cost:<7} {first}")
    return lines


def explanation(name: str) -> str:
    """Return the claim of a check, why it matters, usual causes and its reference."""
    known: dict[str, Check] = {check.name: check for check in list_checks()}
    if name not in known:
        raise UsageError(
            f"there is no check {name!r}.{did_you_mean(name, known)} `list` prints all checks."
        )
    check = known[name]
    parts = [
        (name, ""),
        ("Claim", check.claim),
        ("Why it matters", check.why),
        ("Usual causes", check.causes),
        ("Reference", check.reference),
        ("Level", f"{check.level}, family {_family(check)}, cost {check.cost}"),
        ("Only on", ", ".join(check.backends)),
        ("Only for layers with", ", ".join(check.needs)),
        ("Blocked if these fail", ", ".join(check.after)),
    ]
    return "\n".join(
        f"{title}: {text}" if text else title for title, text in parts if text or title == name
    )


def _family(check: Check) -> str:
    return check.module.partition("_")[0]
