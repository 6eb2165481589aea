"""The text of a failure: what, where, by how much, why, usual causes, how to see it again."""

from typing import TYPE_CHECKING

from .reproduction import repro_line

if TYPE_CHECKING:
    from keras_seqext.testing.contexts.layer import Context
    from keras_seqext.testing.core.registry import Check


def failure_message(check: "Check", context: "Context", finding: str) -> str:
    """The whole text that a report shows for one failed check."""
    from keras_seqext.testing.core.versions import versions

    backend = context.backend
    found = versions()
    software = f"keras {found.get('keras', '?')}, {backend} {found.get(backend, '?')}"
    lines = [
        f"{check.name} FAILED  {context.case.label} ({software})  "
        f"sample={context.sample.name} seed={context.seed}",
        f"  {check.claim}",
        f"  {finding}",
        f"  Why it matters: {check.why}",
        f"  Usual causes: {check.causes}",
        f"  Reproduce: {repro_line(check.name, context)}",
    ]
    return "\n".join(lines)
