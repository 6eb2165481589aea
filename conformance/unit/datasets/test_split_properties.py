"""Splits of texts lose nothing, share nothing, and do not depend on the order of files."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from datasets import LabelledTexts
from datasets._texts.text_data import TextData, split_documents

pytestmark = pytest.mark.backend_free

labelled = st.lists(
    st.tuples(st.text("ab", max_size=4), st.integers(0, 1)), min_size=2, max_size=40
).filter(lambda rows: {label for _, label in rows} == {0, 1})
shares = st.floats(0.01, 0.99)


def split(rows: list[tuple[str, int]], share: float, seed: int, duplicates: str) -> TextData:
    texts = LabelledTexts(tuple(text for text, _ in rows), np.array([n for _, n in rows], np.int8))
    test = LabelledTexts(("a", "bb"), np.array([0, 1], np.int8))
    return split_documents(
        *("x", "texts", texts, test),
        validation=share,
        seed=seed,
        duplicates=duplicates,
        fingerprint="",
        word_vectors=lambda n: None,  # type: ignore[arg-type,return-value]
    )


def pairs(part: LabelledTexts) -> list[tuple[str, int]]:
    return list(zip(part.documents, part.labels.tolist(), strict=True))


@given(labelled, shares, st.integers(0, 9))
def test_every_document_is_in_one_part(
    rows: list[tuple[str, int]], share: float, seed: int
) -> None:
    data = split(rows, share, seed, "keep")
    assert sorted(pairs(data.train) + pairs(data.validation)) == sorted(rows)
    for label in (0, 1):
        there = sum(one == label for _, one in rows)
        held = sum(one == label for _, one in pairs(data.validation))
        assert held == max(1, round(share * there))


@given(labelled, shares, st.integers(0, 9))
def test_dropped_are_repeats_and_nothing_else(
    rows: list[tuple[str, int]], share: float, seed: int
) -> None:
    data = split(rows, share, seed, "drop")
    left = [text for text, _ in pairs(data.train) + pairs(data.validation)]
    assert len(set(left)) == len(left)
    assert set(left) == {text for text, _ in rows} - {"a", "bb"}
    assert data.report.dropped == len(rows) - len(left)


@given(st.lists(st.text("abcd", max_size=4), min_size=4, unique=True), shares, st.randoms())
def test_the_order_of_files_does_not_matter(texts: list[str], share: float, random: object) -> None:
    rows = [(text, place % 2) for place, text in enumerate(texts)]
    other = list(rows)
    random.shuffle(other)  # type: ignore[attr-defined]
    one, two = split(rows, share, 0, "keep"), split(other, share, 0, "keep")
    assert pairs(one.validation) == pairs(two.validation)
    assert pairs(one.train) == pairs(two.train)
