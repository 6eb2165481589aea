"""Error for a command line that cannot be executed as it was typed."""


class UsageError(SystemExit):
    """An error that ends the program with its message and status 2, as those of `argparse`."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.code = 2
