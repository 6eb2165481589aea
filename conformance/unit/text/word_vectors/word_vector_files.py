"""Small files of word vectors and a simple reference reader."""

from collections.abc import Iterable
from functools import partial
from pathlib import Path

import numpy as np
import pytest

from keras_seqext.text.word_vectors.reader.line_blocks import line_blocks


def reference(data: bytes, words: Iterable[str], dimension: int) -> dict[str, np.ndarray]:
    """Read word vectors line by line; the first line of a repeated word is used."""
    vectors: dict[str, np.ndarray] = {}
    for line in data.decode().split("\n"):
        word, *numbers = line.rstrip(" \r").rsplit(" ", dimension)
        if word in words and len(numbers) == dimension:
            vectors.setdefault(word, np.array([float(n) for n in numbers]).astype(np.float32))
    return vectors


def use_small_blocks(monkeypatch: pytest.MonkeyPatch, block_bytes: int) -> None:
    """Reduce the block size, so that a small file has many blocks."""
    monkeypatch.setattr(
        "keras_seqext.text.word_vectors.reader.search.line_blocks",
        partial(line_blocks, block_bytes=block_bytes),
    )


def write(folder: Path, text: str | bytes, name: str = "tiny.txt") -> Path:
    path = folder / name
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return path


def numbered_lines(count: int, dimension: int = 3, start: int = 0) -> str:
    """Return lines such as `w1 1.0 1.1 1.2`."""
    return "".join(
        f"w{n} " + " ".join(f"{n}.{k}" for k in range(dimension)) + "\n"
        for n in range(start, start + count)
    )
