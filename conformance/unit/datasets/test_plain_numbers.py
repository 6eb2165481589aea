"""Numbers read for many lines at once are those that pandas reads, or it is left to pandas."""

import io

import numpy as np
import pandas as pd
import pytest

from datasets._series.plain_numbers import plain_numbers

pytestmark = pytest.mark.backend_free

STAMP = b"01.01.2009 00:10:00"


def lines_of(hundredths: np.ndarray, end: bytes = b"\n") -> bytes:
    rows = np.char.mod("%.2f", hundredths / 100).tolist()
    return b"".join(STAMP + b"," + ",".join(row).encode() + end for row in rows)


@pytest.mark.parametrize("end", [b"\n", b"\r\n"])
@pytest.mark.parametrize("block", [1, 4096])
def test_the_numbers_are_those_of_pandas(
    end: bytes, block: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(plain_numbers, "_BLOCK", block)
    rng = np.random.default_rng(0)
    sizes = 10 ** rng.uniform(0, 7, (3000, 3))
    hundredths = np.round(sizes * rng.choice([-1, 1], sizes.shape))
    hundredths[0] = 0, 9_999_999, -999_900
    body = lines_of(hundredths, end)
    found = plain_numbers(body, 3)
    options = {"header": None, "usecols": [1, 2, 3], "dtype": np.float32}
    expected = pd.read_csv(io.BytesIO(body), **options)
    assert found is not None and found.dtype == np.float32
    np.testing.assert_array_equal(found, expected.to_numpy())


@pytest.mark.parametrize(
    "numbers",
    [
        b"1.00,", b"1.00", b"1.00,2.00,3.00", b"1.00,2.0", b"1.00,2.000", b"1.00,NaN", b"1.00,.50",
        b"1.00,1e55", b"1.00,+2.00", b"1.00, 2.00", b"1.00,--2.00", b"1.00,123456.00",
        b"1.00,1:2.00", b"1.00,/2.00", b'1.00,"2.00"', b"1.00,\xb22.00", b"1.00,2.00\n",
    ],
)  # fmt: skip
def test_anything_else_is_left_to_pandas(numbers: bytes) -> None:
    good = STAMP + b",1.00,-2.00\n"
    assert plain_numbers(good * 3, 2) is not None
    for body in (good + STAMP + b"," + numbers + b"\n", STAMP + b"," + numbers + b"\n" + good):
        assert plain_numbers(body, 2) is None


@pytest.mark.parametrize("body", [b"", b"\n", b"a,1.00\n", STAMP + b",1.00"])
def test_texts_too_short_or_cut_are_left_to_pandas(body: bytes) -> None:
    assert plain_numbers(body, 1) is None
