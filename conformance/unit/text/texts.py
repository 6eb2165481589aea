"""Texts for the tests: fixed samples, random texts and IMDB reviews."""

import tarfile
from functools import cache
from pathlib import Path

from hypothesis import strategies as st

# The samples of Chollet, *Deep Learning with Python* (2017), chapter 6.
BOOK_SAMPLES = ["The cat sat on the mat.", "The dog ate my homework."]

# Case, canonical forms, joiners, marks, apostrophes, breaks and clitics in a small alphabet, so
# that random texts contain many combinations of them.
_PIECES = [
    *"aAbBzZ09 _-.=<>\t\n\0",
    *"'`´‘’\u02bc\x91\x92",
    *"İıßẞΣσςéÉÅ\u212bſ\u212aªⅣ½",
    *"\u0301\u0327\u0338\u0345\u200c\u200d\u200b\xad\u2060\ufeff\ufe0f\u20e3",
    *"각ᄀ\u1161\u11a8ㅋक\u094dمن\U0001f44d\U0001f3fd\U00010400\U0001e900\u0378\ufffe\ue000",
    *["<br />", "<BR/>", "<br>", "<br", "n't", "'s", "N'T", "'ve", "''"],
]
tricky_texts = st.lists(st.sampled_from(_PIECES), max_size=20).map("".join)
any_texts = st.one_of(st.text(max_size=30), tricky_texts)

words = st.text("abcdé각'", min_size=1, max_size=4)
plain_texts = st.lists(st.text("abc", min_size=1, max_size=2), max_size=8).map(" ".join)


@cache
def _imdb(folder: Path) -> dict[str, str]:
    found = {}
    with tarfile.open(folder / "aclImdb_v1.tar.gz") as archive:
        for member in archive:
            pieces = member.name.split("/")
            if member.isfile() and len(pieces) == 4 and pieces[2] in ("pos", "neg"):
                file = archive.extractfile(member)
                assert file is not None
                found[member.name] = file.read().decode("utf-8")
    return found


def imdb_reviews(folder: Path, part: str) -> list[str]:
    """Return the reviews of a part, `train` or `test`, sorted by file name."""
    reviews = _imdb(folder)
    return [reviews[name] for name in sorted(reviews) if name.split("/")[1] == part]
