"""Lines whose word is not UTF-8, which are skipped."""

from collections.abc import Collection
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from .file_format import quoted
from .line_blocks import LineBlock

# A file in UTF-8 has at most a few damaged words. From this number on, a file with more invalid
# than valid words outside ASCII is in another encoding.
MANY_LINES = 10


@dataclass(frozen=True)
class WordCheck:
    """Words outside ASCII in a block of lines.

    Args:
        damaged: Index in the block and word of each line whose word is not UTF-8.
        num_valid: Number of other words outside ASCII.
    """

    damaged: list[tuple[int, bytes]]
    num_valid: int


def check_words(block: LineBlock, indices: NDArray[np.intp]) -> WordCheck:
    """Check the first field of the lines at `indices`."""
    tokens = {i: block.line(i).split(b" ", 1)[0] for i in indices.tolist()}
    num_non_ascii = sum(not token.isascii() for token in tokens.values())
    damaged = []
    try:
        # All at once. Only an error makes it necessary to examine each of them.
        b"\n".join(tokens.values()).decode()
    except UnicodeDecodeError:
        damaged = [(i, token) for i, token in tokens.items() if not _is_utf8(token)]
    return WordCheck(damaged, num_non_ascii - len(damaged))


class SkippedLines:
    """Lines that were skipped because their word is not UTF-8, and the errors they cause.

    Args:
        name: Name of the file in error messages.

    Attributes:
        count: Number of lines, among those that were read.
    """

    def __init__(self, name: str) -> None:
        self.name = name
        self.count = 0
        self._num_valid = 0
        self._lines: dict[str, tuple[int, bytes]] = {}

    def add(self, found: WordCheck, lines_before: int) -> None:
        """Add the lines of a block."""
        self.count += len(found.damaged)
        self._num_valid += found.num_valid
        for i, token in found.damaged:
            # The encoding that a word outside UTF-8 most often has.
            word = token.decode("cp1252", errors="replace")
            self._lines.setdefault(word, (lines_before + i, token))

    def check(self, missing: Collection[bytes]) -> None:
        """Check whether a requested word that was not found may be on one of the lines.

        Raises:
            ValueError: If it is, or if the file is in another encoding.
        """
        if not missing or not self._lines:
            return
        if self.count >= MANY_LINES and self.count > self._num_valid:
            first = next(iter(self._lines.values()))
            raise self._error(
                first,
                "like most words outside ASCII in this file. Expected UTF-8. Convert the file "
                "first, e.g. iconv -f latin1 -t utf-8.",
            )
        for text in (word.decode(errors="replace") for word in missing):
            if text in self._lines:
                raise self._error(
                    self._lines[text],
                    f"and is probably the requested word {text!r}. Expected UTF-8. Correct this "
                    "line, or remove it.",
                )

    def _error(self, line: tuple[int, bytes], reason: str) -> ValueError:
        index, token = line
        return ValueError(f"{self.name}, line {index + 1}: {quoted(token)} is not UTF-8, {reason}")


def _is_utf8(token: bytes) -> bool:
    try:
        token.decode()
    except UnicodeDecodeError:
        return False
    return True
