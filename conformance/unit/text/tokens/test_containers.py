"""Columns of pandas, polars and pyarrow are encoded; tables, sets and missing values raise."""

import numpy as np
import pandas as pd
import pytest

from keras_seqext import OneHotEncoder, TextEncoder, Tokenizer, Vocabulary, pad_ids
from keras_seqext.text.tokens.containers import is_missing, is_table, is_unordered

pytestmark = pytest.mark.backend_free

COLUMNS = {"review": ["good film", "bad film"], "label": [1, 0]}
ENCODER = TextEncoder.fit(COLUMNS["review"])
VOCABULARY = ENCODER.vocabulary


def pandas_frame():
    return pd.DataFrame(COLUMNS)


def polars_frame():
    return pytest.importorskip("polars").DataFrame(COLUMNS)


def lazy_frame():
    return polars_frame().lazy()


def arrow_table():
    return pytest.importorskip("pyarrow").table(COLUMNS)


def record_batch():
    return pytest.importorskip("pyarrow").RecordBatch.from_pydict(COLUMNS)


def structured_array():
    return np.array(list(zip(*COLUMNS.values(), strict=True)), [("review", "U9"), ("label", "i4")])


TABLES = [pandas_frame, polars_frame, lazy_frame, arrow_table, record_batch, structured_array]
COLUMN_READERS = [
    lambda values: pd.Series(values),
    lambda values: pd.Series(values, dtype=object),
    lambda values: pd.Index(values),
    lambda values: pytest.importorskip("polars").Series(values),
    lambda values: pytest.importorskip("pyarrow").array(values),
    lambda values: pytest.importorskip("pyarrow").chunked_array([values]),
    np.array,
    lambda values: np.array(values, object),
    tuple,
    iter,
    lambda values: dict.fromkeys(values).keys(),
]
USES = {
    "TextEncoder.fit": TextEncoder.fit,
    "TextEncoder.encode": ENCODER.encode,
    "TextEncoder.matrix": ENCODER.matrix,
    "TextEncoder.decode": ENCODER.decode,
    "OneHotEncoder.encode": OneHotEncoder(ENCODER, 3, padding="left", truncation="left").encode,
    "Vocabulary": Vocabulary,
    "Vocabulary.fit": Vocabulary.fit,
    "Vocabulary.encode": VOCABULARY.encode,
    "Vocabulary.decode": VOCABULARY.decode,
    "pad_ids": lambda rows: pad_ids(rows, padding="left", truncation="left"),
    "Tokenizer.join": Tokenizer().join,
}


@pytest.mark.parametrize("use", USES)
@pytest.mark.parametrize("make", TABLES)
def test_tables_raise(make, use):
    with pytest.raises(TypeError, match=r"with the columns 'review', 'label'. Pass one column"):
        USES[use](make())


@pytest.mark.parametrize("use", USES)
def test_dicts_of_columns_raise(use):
    with pytest.raises(TypeError, match="dict"):
        USES[use](COLUMNS)


@pytest.mark.parametrize("use", [name for name in USES if not name.endswith(".fit")])
def test_sets_raise(use):
    with pytest.raises(TypeError, match=r"order of a set differs in every process. Pass e\.g\. so"):
        USES[use]({"good", "bad"})


def test_sets_are_fitted_because_their_order_does_not_matter():
    texts = set(COLUMNS["review"])
    assert TextEncoder.fit(texts) == ENCODER
    assert Vocabulary.fit([set(text.split()) for text in COLUMNS["review"]]) == VOCABULARY


@pytest.mark.parametrize("read", COLUMN_READERS)
def test_columns_are_encoded(read):
    assert TextEncoder.fit(read(COLUMNS["review"])) == ENCODER
    assert ENCODER.encode(read(COLUMNS["review"])) == [[4, 2], [3, 2]]
    assert VOCABULARY.encode(read(["good", "worse"])) == [4, 1]
    assert Vocabulary(read(["good", "bad"])) == Vocabulary(["good", "bad"])


def test_bytes_are_decoded():
    tokens = [b"good", np.bytes_(b"bad"), np.str_("film"), np.array("film"), "été".encode()]
    vocabulary = Vocabulary(["good", "bad", "film", "été"])
    assert vocabulary.encode(tokens) == [2, 3, 4, 4, 5]
    assert vocabulary.encode(np.array([b"good", b"none"])) == [2, 1]
    assert Vocabulary(tokens[:3]) == Vocabulary(["good", "bad", "film"])
    assert Vocabulary.fit([[b"a", "a"]]).counts == (2,)


@pytest.mark.parametrize("value", [None, np.nan, pd.NA, pd.NaT])
def test_missing_values_raise_with_advice_for_columns(value):
    assert is_missing(value)
    calls = [
        lambda: TextEncoder.fit(["good", value]),
        lambda: ENCODER.encode(pd.Series(["good", value], dtype=object)),
        lambda: VOCABULARY.encode(["good", value]),
        lambda: Vocabulary(["good", value]),
        lambda: Vocabulary.fit([["good", value]]),
    ]
    for call in calls:
        with pytest.raises(TypeError, match=r"dropna\(\).*fillna\(''\).*drop_nulls"):
            call()


def test_missing_values_of_polars_and_arrow_raise():
    for name, make in (("polars", "Series"), ("pyarrow", "array")):
        column = getattr(pytest.importorskip(name), make)(["good", None])
        for encode in (ENCODER.encode, VOCABULARY.encode):
            with pytest.raises(TypeError, match="drop_nulls"):
                encode(column)


@pytest.mark.parametrize("value", [3, 2.5, True, ["good"], {"a": 1}, np.array(["a"])])
def test_other_values_are_not_oov_tokens(value):
    with pytest.raises(TypeError, match="must be a list of strings"):
        VOCABULARY.encode(["good", value])


def test_an_array_without_axes_is_not_split_into_characters():
    for encode in (ENCODER.encode, VOCABULARY.encode):
        with pytest.raises(TypeError, match="list"):
            encode(np.array("good"))


def test_views_of_dicts_have_an_order():
    assert not is_unordered({"a": 1}.keys()) and is_unordered({"a": 1}.keys() & {"a"})
    assert not is_table({"a": [1]}) and not is_table(pd.Series([1]))
