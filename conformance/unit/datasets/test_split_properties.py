"""Splits of texts are complete, disjoint and independent of the order of files."""

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
fractions = st.floats(0.01, 0.99)


def split(rows: list[tuple[str, int]], fraction: float, seed: int, duplicates: str) -> TextData:
    texts = LabelledTexts(tuple(text for text, _ in rows), np.array([n for _, n in rows], np.int8))
    test = LabelledTexts(("a", "bb"), np.array([0, 1], np.int8))
    return split_documents(
        *("x", "texts", texts, test),
        validation=fraction,
        seed=seed,
        duplicates=duplicates,
        fingerprint="",
        word_vectors=lambda n: None,  # type: ignore[arg-type,return-value]
    )


def pairs(part: LabelledTexts) -> list[tuple[str, int]]:
    return list(zip(part.documents, part.labels.tolist(), strict=True))


@given(labelled, fractions, st.integers(0, 9))
def test_every_document_is_in_exactly_one_set(
    rows: list[tuple[str, int]], fraction: float, seed: int
) -> None:
    data = split(rows, fraction, seed, "keep")
    assert sorted(pairs(data.train) + pairs(data.validation)) == sorted(rows)
    for label in (0, 1):
        total = sum(other == label for _, other in rows)
        held_out = sum(other == label for _, other in pairs(data.validation))
        assert held_out == max(1, round(fraction * total))


@given(labelled, fractions, st.integers(0, 9))
def test_only_repeats_are_dropped(rows: list[tuple[str, int]], fraction: float, seed: int) -> None:
    data = split(rows, fraction, seed, "drop")
    left = [text for text, _ in pairs(data.train) + pairs(data.validation)]
    assert len(set(left)) == len(left)
    assert set(left) == {text for text, _ in rows} - {"a", "bb"}
    assert data.report.dropped == len(rows) - len(left)


@given(st.lists(st.text("abcd", max_size=4), min_size=4, unique=True), fractions, st.randoms())
def test_split_is_independent_of_file_order(
    texts: list[str], fraction: float, random: object
) -> None:
    rows = [(text, place % 2) for place, text in enumerate(texts)]
    other = list(rows)
    random.shuffle(other)  # type: ignore[attr-defined]
    first, second = split(rows, fraction, 0, "keep"), split(other, fraction, 0, "keep")
    assert pairs(first.validation) == pairs(second.validation)
    assert pairs(first.train) == pairs(second.train)
