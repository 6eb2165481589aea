"""Long texts are tokenized in linear time: quadratic time would be hours for these."""

import unicodedata

import numpy as np
import pytest

from keras_seqext import Tokenizer
from keras_seqext.text.tokens.normalization import to_nfc

pytestmark = pytest.mark.backend_free

COUNT = 300_000


@pytest.mark.parametrize("apostrophes", ["keep", "split", "drop"])
@pytest.mark.parametrize(
    "text",
    ["it's ", "é's ", "it's", "'", "'a", "é'", "<br", "\u0301 ", "a\u200c", "\u200c'"],
)
def test_repeated_texts(text, apostrophes):
    tokenizer = Tokenizer(apostrophes=apostrophes)
    tokens = tokenizer(text * COUNT)
    if text.endswith("s "):
        assert tokens == tokenizer(text) * COUNT
    assert len(tokens) <= 2 * COUNT


@pytest.mark.parametrize("run", ["\u200c", "\u0301", "\u0301\u0316", " "])
def test_long_runs_inside_a_word(run):
    tokenizer = Tokenizer(apostrophes="split")
    assert len(tokenizer(f"a{run * COUNT}b")) == (2 if run == " " else 1)
    assert len(tokenizer(f"a{run * COUNT}")) == 1


def test_combining_marks_in_reverse_order():
    # CPython sorts these by insertion.
    tokens = Tokenizer()("a" + "\u0301" * COUNT + "\u0316" * COUNT)
    assert tokens == ["á" + "\u0316" * COUNT + "\u0301" * (COUNT - 1)]


def test_normal_form_of_long_texts():
    marks = np.array([c for c in map(chr, range(0x110000)) if unicodedata.combining(c)])
    generator = np.random.default_rng(0)
    for _ in range(30):
        lengths = generator.choice([0, 2, 63, 64, 65, 200], size=80)
        bases = generator.choice(list("ae각ᄀ가"), size=80)
        runs = ["".join(generator.choice(marks, size=length)) for length in lengths]
        text = "".join(base + run for base, run in zip(bases, runs, strict=True))
        assert len(text) > 4096
        assert to_nfc(text) == unicodedata.normalize("NFC", text)
