"""Progress is displayed at a terminal only, and only for long operations."""

import io
import sys

import pytest

from keras_seqext import GloVeEmbedding, Vocabulary
from keras_seqext._common import progress

pytestmark = pytest.mark.backend_free


class Terminal(io.StringIO):
    def isatty(self):
        return True


def vectors(tmp_path):
    path = tmp_path / "vectors.txt"
    path.write_text("".join(f"w{i} 0.5 0.25\n" for i in range(1_000)), encoding="utf-8")
    return GloVeEmbedding(path, ["w0", "w999", "not there"], cache=False)


def test_no_output_without_a_terminal(tmp_path, monkeypatch, capfd):
    monkeypatch.setattr(progress, "DISPLAY_DELAY", -1.0)
    vectors(tmp_path).load()
    Vocabulary.fit([["a"], ["b"]])
    assert capfd.readouterr() == ("", "")


def test_items_are_returned_unchanged_without_a_terminal(monkeypatch):
    items = [1, 2]
    assert progress.show_progress(items, "counting", "things") is items
    monkeypatch.setattr(sys, "stderr", None)  # as under pythonw
    assert progress.show_progress(items, "counting", "things") is items


def test_long_operations_are_displayed_at_a_terminal(tmp_path, monkeypatch):
    monkeypatch.setattr(progress, "DISPLAY_DELAY", -1.0)
    monkeypatch.setattr(sys, "stderr", Terminal())
    monkeypatch.setenv("TERM", "xterm")
    vectors(tmp_path).load()
    assert "reading vectors.txt" in sys.stderr.getvalue()
    assert "kB" in sys.stderr.getvalue()
    monkeypatch.setattr(sys, "stderr", Terminal())
    Vocabulary.fit([["a"]] * 1_500)
    assert "counting words" in sys.stderr.getvalue()
    assert "1,500 documents" in sys.stderr.getvalue()


def test_short_operations_are_not_displayed(tmp_path, monkeypatch):
    monkeypatch.setattr(sys, "stderr", Terminal())
    vectors(tmp_path).load()
    assert sys.stderr.getvalue() == ""


def test_display_ends_when_reading_fails(monkeypatch):
    monkeypatch.setattr(progress, "DISPLAY_DELAY", -1.0)
    monkeypatch.setattr(sys, "stderr", Terminal())

    def broken():
        yield ["a"]
        raise RuntimeError("cut off")

    with pytest.raises(RuntimeError, match="cut off"):
        Vocabulary.fit(broken())
    assert "\x1b[?25h" in sys.stderr.getvalue()  # the escape sequence that restores the cursor


def test_recipes_print_plain_lines_without_a_terminal(capfd):
    from rich.console import Console

    from recipes._engine.progress import ProgressBar

    bar = ProgressBar(Console(file=io.StringIO()), lambda metrics: "mae 1.0")
    bar.set_params({"steps": 2})
    bar.on_epoch_begin(0)
    bar.on_train_batch_end(0)
    bar.on_epoch_end(0)
    bar.on_train_end()
    text = bar._console.file.getvalue()
    assert "\x1b" not in text and text.count("mae 1.0") == 1
    assert capfd.readouterr().err == ""
