"""Argument parser with suggestions for misspelled commands, options and choices."""

import argparse
import re
from typing import Any, NoReturn

from keras_seqext._common.choices import did_you_mean

INVALID_CHOICE = re.compile(r"invalid choice: '([^']*)' \(choose from (.*)\)")
UNKNOWN_OPTION = re.compile(r"unrecognized arguments: --([\w-]+)")


class Parser(argparse.ArgumentParser):
    """`argparse.ArgumentParser` that adds `Did you mean ...?` to its errors.

    `suggest_on_error` of Python 3.14 does the same for choices, but not for options.
    """

    def parse_known_args(self, args: Any = None, namespace: Any = None) -> Any:
        """Raise an error for unknown options in the parser of the command they belong to."""
        found, unknown = super().parse_known_args(args, namespace)
        if unknown:
            self.error(f"unrecognized arguments: {' '.join(unknown)}")
        return found, unknown

    def error(self, message: str) -> NoReturn:
        """Print the usage and the message with suggestions, and exit with status 2."""
        if match := INVALID_CHOICE.search(message):
            # Python 3.12 and later print the choices without quotation marks.
            choices = re.findall(r"[\w-]+", match[2])
            message += f".{did_you_mean(match[1], choices)}"
        elif match := UNKNOWN_OPTION.search(message):
            # Compared without the dashes, which make all options similar.
            options = re.findall(r"--([\w-]+)", self.format_usage())
            message += "." + did_you_mean(match[1], options).replace(" '", " '--")
        super().error(message)
