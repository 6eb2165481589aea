"""Writers that are killed while they write, one class per kind of file.

`repeat` runs in the process that is killed, `check` in another process.
"""

import json
import os
import zipfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

BODY_BYTES = 1 << 20
# Possible results of `check`. "resumed" and "restarted" are those of a training run.
OUTCOMES = {"whole", "absent", "resumed", "restarted"}


class Writer:
    """Base class of a kind of write, in a folder of its own.

    Args:
        folder: Folder for the files; empty at first.
        server: Result of `serve`, for kinds with a server.
    """

    serve: Callable[[], Any] | None = None

    def __init__(self, folder: Path, server: Any = None) -> None:
        self.folder, self.server = folder, server
        self.prepare()

    def prepare(self) -> None:
        """Create the files that exist before the first write."""

    def write(self, turn: int) -> None:
        """Write the file once, through the same call as a user."""
        raise NotImplementedError

    def repeat(self, turn: int) -> None:
        """Write the file again, after undoing an earlier write where necessary."""
        self.write(turn)

    def check(self) -> str:
        """Return what a killed writer left, as one of `OUTCOMES`, and repeat the write.

        Raises:
            AssertionError: If a file is neither the old one, the new one nor absent.
        """
        raise NotImplementedError


class GloveCache(Writer):
    """Cache of the word vectors that were found in a large file."""

    def prepare(self) -> None:
        self.source, self.cache = self.folder / "vectors.txt", self.folder / "cache"
        if not self.source.exists():
            numbers = " ".join(f"0.{n}" for n in range(100))
            lines = "".join(f"w{n} {numbers}\n" for n in range(4_000))
            self.source.write_text(lines)

    def _read(self, cache: Any) -> Any:
        from keras_seqext.text.word_vectors.reader.word_vectors import read_word_vectors

        return read_word_vectors(self.source, [f"w{n}" for n in range(4_000)], cache=cache)

    def write(self, turn: int) -> None:
        self._read(self.cache)

    def repeat(self, turn: int) -> None:
        for path in self.cache.glob("*.npz"):
            path.unlink(missing_ok=True)
        self.write(turn)

    def check(self) -> str:
        found = "absent"
        for path in self.cache.glob("*.npz"):
            with np.load(path, allow_pickle=False) as arrays:
                assert arrays["vectors"].shape == (4_000, 100)
            found = "whole"
        cached, direct = self._read(self.cache), self._read(False)
        assert list(cached) == list(direct)
        assert cached.matrix.tobytes() == direct.matrix.tobytes()
        (only,) = self.cache.iterdir()
        assert only.suffix == ".npz", f"left over: {only.name}"
        return found


def body() -> bytes:
    """Return random content, so that a part at a wrong place is noticed."""
    return np.random.default_rng(0).bytes(BODY_BYTES)


class Download(Writer):
    """A download from a slow server, and the hash recorded with it."""

    @staticmethod
    def serve() -> Any:
        from .server import serve_slowly

        return serve_slowly(body())

    def prepare(self) -> None:
        from datasets._files.registry import entry

        os.environ["KERAS_HOME"] = str(self.folder)
        os.environ["no_proxy"] = "127.0.0.1"
        self.entry = replace(
            entry("imdb_raw"), url=self.server, bytes=BODY_BYTES, download="x.bin", files=("x.bin",)
        )

    def write(self, turn: int) -> None:
        from datasets._files.download import fetch

        fetch(self.entry)

    def repeat(self, turn: int) -> None:
        from datasets._files.download import cache_folder

        for path in (cache_folder() / "x.bin", cache_folder() / "x.bin.sha256"):
            if turn % 2:  # in every other turn the old file exists during the download
                path.unlink(missing_ok=True)
        self.write(turn)

    def check(self) -> str:
        from datasets._files.download import cache_folder, cached, fetch

        path, _ = cached(self.entry)
        assert path is None or path.read_bytes() == body(), "a file in the cache is incomplete"
        complete = path or fetch(self.entry)
        assert complete.read_bytes() == body()
        if path is not None:
            fetch(self.entry)
        names = sorted(file.name for file in cache_folder().iterdir())
        assert names == ["x.bin", "x.bin.sha256"], f"left over: {names}"
        return "whole" if path else "absent"


class Unpacking(Writer):
    """The conversion of `imdb.npz`, the only write of content from an archive."""

    rows = 3_000

    def prepare(self) -> None:
        self.source, self.target = self.folder / "imdb.npz", self.folder / "imdb_ids.npz"
        if not self.source.exists():
            ragged = np.empty(self.rows, object)
            ragged[:] = [list(range(1, 2 + n % 60)) for n in range(self.rows)]
            labels = np.arange(self.rows) % 2
            np.savez(self.source, x_train=ragged, y_train=labels, x_test=ragged, y_test=labels)

    def write(self, turn: int) -> None:
        from datasets._files.convert_ids import convert_ids

        convert_ids(self.source, self.target)

    def repeat(self, turn: int) -> None:
        if turn % 2:
            self.target.unlink(missing_ok=True)
        self.write(turn)

    def check(self) -> str:
        from datasets._files.convert_ids import convert_ids
        from datasets._files.number_arrays import read_npz

        found = self.target.exists()
        if not found:
            convert_ids(self.source, self.target)
        arrays = read_npz(self.target)
        assert len(arrays["x_test_ends"]) == self.rows
        assert arrays["x_test_ends"][-1] == len(arrays["x_test"])
        convert_ids(self.source, self.target)
        names = sorted(file.name for file in self.folder.iterdir())
        assert names == ["imdb.npz", "imdb_ids.npz"], f"left over: {names}"
        assert zipfile.is_zipfile(self.target)
        return "whole" if found else "absent"


class Vocabularies(Writer):
    """A vocabulary that replaces an older file."""

    size = 20_000

    def _vocabulary(self, turn: int) -> Any:
        from keras_seqext import Vocabulary

        return Vocabulary([f"t{turn}w{n}" for n in range(self.size)])

    def write(self, turn: int) -> None:
        self._vocabulary(turn).save(self.folder / "words.json")

    def check(self) -> str:
        from keras_seqext import Vocabulary

        path = self.folder / "words.json"
        found = path.exists()
        if found:
            assert len(Vocabulary.load(path)) == self.size
        self._vocabulary(0).save(path)
        assert Vocabulary.load(path) == self._vocabulary(0)
        assert [file.name for file in self.folder.iterdir()] == ["words.json"]
        return "whole" if found else "absent"


class Results(Writer):
    """The JSON of a run, which replaces the JSON of an earlier run."""

    def _content(self, turn: int) -> dict[str, Any]:
        return {"recipe": "weather-gru", "turn": turn, "history": [turn + n for n in range(50_000)]}

    def write(self, turn: int) -> None:
        from recipes._report.result import write_json

        write_json(self.folder / "result.json", self._content(turn))

    def check(self) -> str:
        from recipes._report.result import write_json

        path = self.folder / "result.json"
        found = path.exists()
        if found:
            content = json.loads(path.read_text(encoding="utf-8"))
            assert content == self._content(content["turn"])
        write_json(path, self._content(0))
        assert json.loads(path.read_text(encoding="utf-8")) == self._content(0)
        return "whole" if found else "absent"


class Checkpoints(Writer):
    """Checkpoints of a recipe in training, from which the next run resumes."""

    epochs = 4

    def _run(self, turn: int) -> list[str]:
        return [
            *("run", "weather-dense", "--epochs", str(self.epochs), "--resume"),
            *("--out", str(self.folder / "out"), "--runs", str(self.folder / "runs")),
        ]

    def write(self, turn: int) -> None:
        from recipes.__main__ import main

        assert main(self._run(turn)) == 0

    def repeat(self, turn: int) -> None:
        self.write(turn)
        for path in sorted(self.folder.rglob("*"), reverse=True):
            path.unlink() if path.is_file() else path.rmdir()

    def check(self) -> str:
        from recipes.__main__ import main

        found = any(self.folder.rglob("epochs.json"))
        assert main(self._run(0)) == 0
        (path,) = (self.folder / "out").glob("*.json")
        content = json.loads(path.read_text(encoding="utf-8"))
        assert len(content["history"]["validation"]) == self.epochs
        for left in sorted(self.folder.rglob("*"), reverse=True):
            left.unlink() if left.is_file() else left.rmdir()
        return "resumed" if found else "restarted"


WRITERS: dict[str, type[Writer]] = {
    "download": Download,
    "unpacking": Unpacking,
    "glove-cache": GloveCache,
    "vocabulary": Vocabularies,
    "result": Results,
    "checkpoint": Checkpoints,
}
