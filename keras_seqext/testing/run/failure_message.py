"""Message of a failed check."""

from keras_seqext.testing.core.registry import Check
from keras_seqext.testing.core.versions import software


def failure_message(
    check: Check, finding: str, *, label: str, details: str, backend: str, reproduce: str
) -> str:
    """Return the text that a report shows for a failed check.

    Args:
        check: The failed check.
        finding: Difference between the claim and the observed behaviour.
        label: Name of the object.
        details: Sample and seed.
        backend: Name of the backend.
        reproduce: Command or call that runs the check again.
    """
    lines = [
        f"{check.name} FAILED  {label} ({software(backend)})  {details}",
        f"  {check.claim}",
        f"  {finding}",
        f"  Why it matters: {check.why}",
        f"  Usual causes: {check.causes}",
        f"  Reproduce: {reproduce}",
    ]
    return "\n".join(lines)
