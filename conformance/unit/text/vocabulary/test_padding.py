"""`pad_ids`: sides, masks, containers and errors."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from keras_seqext.text.vocabulary.padding import pad_ids

pytestmark = pytest.mark.backend_free

sequences = st.lists(st.lists(st.integers(1, 2**31 - 1), max_size=6), max_size=5)
sides = st.sampled_from(["left", "right"])


@given(sequences, st.integers(1, 8), sides, sides)
def test_equals_padding_of_lists(sequences, length, padding, truncation):
    ids, mask = pad_ids(sequences, length, padding=padding, truncation=truncation)
    assert ids.shape == mask.shape == (len(sequences), length)
    assert ids.dtype == np.int32 and mask.dtype == bool
    for sequence, row, valid in zip(sequences, ids.tolist(), mask.tolist(), strict=True):
        truncated = sequence[-length:] if truncation == "left" else sequence[:length]
        fill = [0] * (length - len(truncated))
        assert row == (fill + truncated if padding == "left" else truncated + fill)
        assert valid == [value != 0 for value in row]


@given(sequences.filter(bool), sides)
def test_the_longest_sequence_sets_the_length(sequences, padding):
    ids, mask = pad_ids(sequences, padding=padding, truncation="left")
    assert ids.shape[1] == max(map(len, sequences))
    assert [row[valid].tolist() for row, valid in zip(ids, mask, strict=True)] == sequences


def test_other_containers():
    rows = iter([np.array([1, 2], "int64"), (3,), np.array([])])
    ids, _ = pad_ids(rows, padding="left", truncation="left")
    assert ids.tolist() == [[1, 2], [0, 3], [0, 0]]


def test_sides_have_no_default():
    with pytest.raises(TypeError, match="'padding' and 'truncation'"):
        pad_ids([[1]], 2)


@pytest.mark.parametrize(("keras", "ours"), [("pre", "left"), ("post", "right")])
def test_sides_of_keras_raise_with_the_equivalent(keras, ours):
    with pytest.raises(ValueError, match=f"'{keras}' of Keras corresponds to padding='{ours}'"):
        pad_ids([[1]], 2, padding=keras, truncation="left")
    with pytest.raises(ValueError, match=f"'{keras}' of Keras corresponds to truncation='{ours}'"):
        pad_ids([[1]], 2, padding="left", truncation=keras)
