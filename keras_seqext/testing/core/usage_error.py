"""Invalid requests of the user."""

from collections.abc import Sequence

from keras_seqext._common.choices import did_you_mean

LISTED = 8  # a longer list of names would hide the error


class UsageError(ValueError):
    """Error for an invalid command line, target or option; the message includes the fix."""


def unknown_name(kind: str, name: str, known: Sequence[str]) -> UsageError:
    """Return the error for a name that does not exist.

    >>> unknown_name("case", "dense", ["Dense", "Conv1D"])
    UsageError("there is no case 'dense'. Did you mean 'Dense'? Known: Dense, Conv1D.")
    """
    more = f" and {len(known) - LISTED} more" if len(known) > LISTED else ""
    listed = ", ".join(known[:LISTED])
    return UsageError(
        f"there is no {kind} {name!r}.{did_you_mean(name, known)} Known: {listed}{more}."
    )
