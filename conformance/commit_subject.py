"""`python -m conformance.commit_subject FILE`: a commit message as the history wants it."""

import sys
from pathlib import Path

LONGEST = 72


def problem(message: str) -> str | None:
    """Return what is wrong with a commit message, or `None`.

    >>> problem("Pool masked steps in float32\\n\\nHalf precision overflowed at 65,504.\\n")
    >>> problem("x" * 80)
    'the subject has 80 characters; at most 72, and the reason goes below an empty line'
    """
    subject, _, rest = message.partition("\n")
    if len(subject) > LONGEST:
        return (
            f"the subject has {len(subject)} characters; at most {LONGEST}, and the reason goes "
            "below an empty line"
        )
    if rest.strip() and not rest.startswith("\n"):
        return "the second line must be empty"
    return None


def main() -> int:
    """Print what is wrong with the message in a file; 1 if anything is."""
    found = problem(Path(sys.argv[1]).read_text(encoding="utf-8"))
    if found:
        print(found)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
