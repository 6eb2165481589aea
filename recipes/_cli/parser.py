"""An argument parser whose errors name the nearest word."""

import argparse
import re
from typing import Any, NoReturn

from keras_seqext._common.choices import did_you_mean

UNKNOWN_WORD = re.compile(r"invalid choice: '([^']*)' \(choose from (.*)\)")
WORD = re.compile(r"[\w-]+")
UNKNOWN_OPTION = re.compile(r"unrecognized arguments: (--[\w-]+)")


class Parser(argparse.ArgumentParser):
    """As `argparse` has it, with `Did you mean ...?` for commands, choices and options."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self._commands: list[Any] = []
        self._options: list[str] = []
        super().__init__(*args, **kwargs)

    def add_argument(self, *names: Any, **kwargs: Any) -> argparse.Action:
        """As in `argparse`; the names are kept."""
        action = super().add_argument(*names, **kwargs)
        self._options += action.option_strings
        return action

    def add_subparsers(self, **kwargs: Any) -> Any:
        """As in `argparse`; the commands are kept, for their options."""
        commands = super().add_subparsers(**kwargs)
        self._commands.append(commands)
        return commands

    def error(self, message: str) -> NoReturn:
        """Ends with status 2, the usage and the message."""
        if found := UNKNOWN_WORD.search(message):
            message += f".{did_you_mean(found[1], WORD.findall(found[2]))}"
        elif found := UNKNOWN_OPTION.search(message):
            options = list(self._options)
            for commands in self._commands:
                for parser in commands.choices.values():
                    options += parser._options
            message += f".{did_you_mean(found[1], dict.fromkeys(options))}"
        super().error(message)
