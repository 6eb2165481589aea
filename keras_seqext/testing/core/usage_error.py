"""Invalid requests of the user."""


class UsageError(ValueError):
    """Error for an invalid command line, target or option; the message includes the fix."""
