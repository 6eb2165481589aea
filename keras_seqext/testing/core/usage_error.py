"""What a person asked for that cannot be done."""


class UsageError(ValueError):
    """A wrong command line, target or option; the message says how to mend it."""
