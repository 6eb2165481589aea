"""The text of a failure: what, where, by how much, why, usual causes, how to see it again."""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ._context import Context
    from ._registry import Check


def failure_message(check: "Check", context: "Context", finding: str) -> str:
    """The whole text that a report shows for one failed check."""
    from ._versions import versions

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


def repro_line(check_name: str, context: "Context") -> str:
    """One command, or one call, that runs this check alone."""
    case, sample = context.case, context.sample
    shape = sample.shape
    if case.target and isinstance(shape, tuple):
        sizes = ",".join(map(str, shape))
        options = f" --case {case.name}" if case.name else ""
        dtype = f" --input-dtype {sample.dtype}" if sample.dtype != "float32" else ""
        return (
            f"python -m keras_seqext.testing run {case.target} --input-shape {sizes}{dtype}"
            f"{options} --check {check_name} --backends {context.backend} --seed {context.seed}"
        )
    return (
        f"KERAS_BACKEND={context.backend} and check_layer({_source(case)}, "
        f"input_shape={shape}, checks=[{check_name!r}], seed={context.seed})"
    )


def _source(case: Any) -> str:
    return str(case.label)
