"""Token hashing in NumPy: input types, n-grams, masks and collisions."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from keras_seqext.text.hashing.token_array import read_tokens
from keras_seqext.text.hashing.token_hash import TokenHash, expected_collisions

pytestmark = pytest.mark.backend_free

ROWS = [["the", "cat", "", "né"], ["a", "", "", "dog"]]
HASHES = [TokenHash(50), TokenHash(50, salt=(3, 4)), TokenHash(50, mask_value="")]

string_arrays = {
    "list": ROWS,
    "tuple": tuple(map(tuple, ROWS)),
    "U": np.array(ROWS),
    "S": np.char.encode(np.array(ROWS), "utf-8"),
    "object": np.array(ROWS, object),
    "fortran": np.asfortranarray(np.array(ROWS, object)),
    "list of arrays": [np.array(row) for row in ROWS],
    "bytes": [[token.encode() for token in row] for row in ROWS],
    "bytes and str": [["the", b"cat", "", "né".encode()], ["a", "", b"", "dog"]],
}
if hasattr(np.dtypes, "StringDType"):  # NumPy 2
    string_arrays["StringDType"] = np.array(ROWS, np.dtypes.StringDType())


@pytest.mark.parametrize("tokens", string_arrays.values(), ids=string_arrays.keys())
@pytest.mark.parametrize("ngrams", [1, 3])
def test_all_containers_of_strings_give_the_same_ids(tokens: object, ngrams: int) -> None:
    token_hash = TokenHash(1000, mask_value="", ngrams=ngrams)
    np.testing.assert_array_equal(token_hash.ids(tokens), token_hash.ids(ROWS))


@pytest.mark.parametrize("values", [[[7, -1], [0, 12]], [[2**64 - 1, 0]], [[-(2**63), 5]]])
def test_integers_hash_as_their_digits(values: list[list[int]]) -> None:
    digits = [[str(value) for value in row] for row in values]
    for salt in (None, (1, 2)):
        for ngrams in (1, 2):
            token_hash = TokenHash(1000, salt, ngrams=ngrams)
            np.testing.assert_array_equal(token_hash.ids(values), token_hash.ids(digits))


@pytest.mark.parametrize("shape", [(), (0,), (5,), (2, 3), (2, 0), (0, 3), (2, 1, 3)])
def test_ids_have_the_shape_of_the_tokens(shape: tuple[int, ...]) -> None:
    tokens = np.full(shape, "token", object)
    for token_hash in HASHES:
        ids = token_hash.ids(tokens)
        assert ids.shape == shape
        assert ids.dtype == np.int32


def test_a_whole_text_is_one_token() -> None:
    token_hash = TokenHash(1000)
    assert token_hash.ids("the cat sat").shape == ()
    assert token_hash.ids("the cat sat") == token_hash.ids(["the cat sat"])[0]


def test_nul_characters_are_hashed() -> None:
    assert TokenHash(1000).ids(["a", "a\0", "a\0b"]).tolist() == [939, 180, 280]
    # NumPy's fixed-width arrays drop NUL characters at the end of a string.
    assert TokenHash(1000).ids(np.array(["a", "a\0", "a\0b"])).tolist() == [939, 939, 280]


def test_more_tokens_than_one_chunk() -> None:
    rng = np.random.default_rng(0)
    tokens = [f"w{n}" * (1 + n % 7) for n in rng.integers(0, 500, 70_000)]
    for token_hash in HASHES:
        known = dict(zip(sorted(set(tokens)), token_hash.ids(sorted(set(tokens))), strict=True))
        assert token_hash.ids(tokens).tolist() == [known[token] for token in tokens]


def ngram_ids(token_hash: TokenHash, row: list[str]) -> list[int]:
    """Hash the n-grams of a row one by one, as the reference."""
    single, ids = TokenHash(token_hash.num_bins, token_hash.salt, token_hash.mask_value), []
    for size in range(1, token_hash.ngrams + 1):
        for start in range(len(row) - size + 1):
            gram = row[start : start + size]
            masked = token_hash.mask_value in gram
            ids.append(0 if masked else int(single.ids(" ".join(gram))))
    return ids


@given(
    st.integers(0, 6).flatmap(
        lambda steps: st.lists(
            st.lists(
                st.sampled_from(["a", "né", "", "a\0", "cat"]), min_size=steps, max_size=steps
            ),
            min_size=1,
            max_size=3,
        )
    ),
    st.integers(1, 4),
    st.sampled_from([None, "", "né"]),
)
@settings(deadline=None)
def test_ngrams(rows: list[list[str]], ngrams: int, mask_value: str | None) -> None:
    token_hash = TokenHash(1000, None, mask_value, ngrams)
    want = [ngram_ids(token_hash, row) for row in rows]
    np.testing.assert_array_equal(token_hash.ids(rows), np.array(want).reshape(len(rows), -1))


def test_ngrams_do_not_cross_rows_of_any_rank() -> None:
    token_hash = TokenHash(1000, ngrams=2)
    cube = np.array([[["a", "b"], ["c", "d"]], [["e", "f"], ["g", "h"]]])
    want = [[ngram_ids(token_hash, row) for row in rows] for rows in cube.tolist()]
    np.testing.assert_array_equal(token_hash.ids(cube), want)


def test_ngrams_of_a_single_token_raise() -> None:
    with pytest.raises(ValueError, match="requires rows of tokens"):
        TokenHash(10, ngrams=2).ids("word")


def test_only_the_mask_value_has_bin_zero() -> None:
    words = [f"w{n}" for n in range(500)]
    ids = TokenHash(7, mask_value="w3").ids(words)
    assert np.flatnonzero(ids == 0).tolist() == [3]
    assert set(ids) == set(range(7))
    assert TokenHash(7, mask_value=3).ids(np.array([3, 4])).tolist()[0] == 0


def test_mask_value_is_ignored_with_one_bin_as_in_keras() -> None:
    assert TokenHash(1, mask_value="").ids(["", "a"]).tolist() == [0, 0]


@pytest.mark.parametrize(("mask_value", "tokens"), [("", np.array([1])), (0, ["a"])])
def test_mask_value_of_another_type_raises(mask_value: str | int, tokens: object) -> None:
    with pytest.raises(TypeError, match="`mask_value` must have the type of the tokens"):
        TokenHash(5, mask_value=mask_value).ids(tokens)


@pytest.mark.parametrize(
    "tokens",
    [[1.5], np.array([1.0]), np.array([True]), [True, False], [1, "a"], [1, None], [2**64], [{}],
     np.array(["2020-01-01"], "datetime64[D]")],
)  # fmt: skip
def test_tokens_other_than_strings_and_integers_raise(tokens: object) -> None:
    with pytest.raises(TypeError, match="must be all strings"):
        TokenHash(5).ids(tokens)


@pytest.mark.parametrize("rows", [[["a", "b"], ["c"]], [["a"], "b"], [[["a"]], [["b", "c"]]]])
def test_ragged_rows_raise(rows: object) -> None:
    with pytest.raises(ValueError, match="must have the same length.*Pad the shorter"):
        read_tokens(rows)


@pytest.mark.parametrize(("words", "lost"), [(0, 0), (1, 0), (500, 106), (1000, 368), (9999, 8999)])
def test_expected_collisions(words: int, lost: int) -> None:
    assert expected_collisions(words, 1000) == pytest.approx(lost, abs=0.5)


def test_expected_collisions_of_one_and_many_bins() -> None:
    assert expected_collisions(5, 1) == 4.0
    # V(V - 1) / 2n for large n, where rounding errors dominate the direct formula.
    assert expected_collisions(2, 2**31 - 1) == pytest.approx(1 / (2**31 - 1), rel=1e-3)


@pytest.mark.parametrize("salt", [None, (5, 6)])
def test_measured_collisions_are_close_to_the_expected(salt: tuple[int, int] | None) -> None:
    words = [f"word {n}" for n in range(1000)]
    for num_bins in (300, 1000, 5000):
        measured = TokenHash(num_bins, salt).collisions(words)
        expected = expected_collisions(1000, num_bins)
        # The standard deviation of the number of used bins is below sqrt(n) / 2.
        assert abs(measured - expected) < 2 * num_bins**0.5


def test_measured_collisions_count_distinct_words_only() -> None:
    assert TokenHash(2, mask_value="").collisions(["a", "a", b"a", "", ""]) == 0
    assert TokenHash(2, mask_value="").collisions([["a", "b"], ["c", ""]]) == 2
    assert TokenHash(1).collisions(np.array([4, 4, 5])) == 1
