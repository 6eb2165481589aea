"""Parsed decimal numbers equal the results of `float` bit for bit."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from keras_seqext.text.word_vectors.decimals import parse_decimal, parse_decimals

pytestmark = pytest.mark.backend_free

FORMATS = ["{!r}", "{:.5g}", "{:.0f}", "{:.1f}", "{:.6f}", "{:.9f}", "{:.13f}", "{:e}", "{:+.3f}"]
finite = st.floats(-1e6, 1e6) | st.floats(allow_nan=False, allow_infinity=False)
digits = st.text("0123456789", max_size=18)


@st.composite
def decimal_texts(draw: st.DrawFn) -> str:
    if draw(st.booleans()):
        text = draw(st.sampled_from(FORMATS)).format(draw(finite))
        return text if np.isfinite(float(text)) else "0"  # rounding exceeded the range of float64
    whole, decimals = draw(digits), draw(digits)
    point = "." if decimals or draw(st.booleans()) else ""
    return (
        draw(st.sampled_from(["", "-", "+"]))
        + (whole or ("" if decimals else "0"))
        + (point + decimals)
    )


def assert_same_bits(got: np.ndarray, want: list[float]) -> None:
    np.testing.assert_array_equal(got.ravel().view(np.int64), np.array(want).view(np.int64))


@given(st.lists(decimal_texts(), min_size=1, max_size=40))
def test_equals_float_bit_for_bit(texts: list[str]) -> None:
    one_line = parse_decimals((" ".join(texts) + "\n").encode(), 1, len(texts))
    assert_same_bits(one_line, [float(text) for text in texts])
    one_column = parse_decimals(("\n".join(texts) + "\n").encode(), len(texts), 1)
    assert_same_bits(one_column, [float(text) for text in texts])


@given(st.lists(st.text(st.characters(min_codepoint=33, max_codepoint=126), max_size=20)))
def test_other_texts_are_nan(texts: list[str]) -> None:
    def expected(text: str) -> float:
        try:
            value = float("x" if "_" in text else text)
        except ValueError:
            return np.nan
        return value if np.isfinite(value) else np.nan

    got = parse_decimals("".join(f"{text}\n" for text in texts).encode(), len(texts), 1)
    np.testing.assert_array_equal(got.ravel(), [expected(text) for text in texts])


@pytest.mark.parametrize(
    "text", ["", "-", ".", "-.", "1..2", "1.2.3", "1-2", "--1", "1/2", "1:", "nan", "inf", "1_0"]
)
def test_almost_valid_numbers_are_nan(text: str) -> None:
    assert np.isnan(parse_decimals(f"{text}\n".encode(), 1, 1)).all()
    assert np.isnan(parse_decimal(text.encode()))


def test_non_ascii_bytes_are_nan() -> None:
    assert np.isnan(parse_decimals("1é 2\n".encode(), 1, 2)).tolist() == [[True, False]]


@pytest.mark.parametrize("length", range(1, 25))
def test_all_lengths_and_positions_of_the_point(length: int) -> None:
    whole = "123456789" * 3
    for position in range(length + 1):
        text = whole[:position] + "." + whole[position:length]
        assert_same_bits(parse_decimals(f"-{text}\n".encode(), 1, 1), [-float(text)])


@pytest.mark.parametrize("text", [b"1 2\n3\n", b"1 2\n3 4", b"1 2 3 4\n", b"1\n2 3 4\n"])
def test_other_shape_raises(text: bytes) -> None:
    with pytest.raises(ValueError, match="expected 2 lines of 2 numbers"):
        parse_decimals(text, 2, 2)
