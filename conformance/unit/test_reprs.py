"""The `repr` of public objects is short, and making it reads no data."""

import keras
import numpy as np
import pytest

from keras_seqext import (
    IMDB_IDS,
    GloVeEmbedding,
    OneHotEncoder,
    SeriesScaler,
    TextEncoder,
    TimeseriesWindow,
    Tokenizer,
    Vocabulary,
)
from keras_seqext.testing import LayerCase, Sample, Traits, benchmark_layer, check_layer

pytestmark = pytest.mark.backend_free

MAX_LINE_LENGTH, MAX_LINES = 200, 8


class Unreadable:
    """A series in a file that raises an error when it is read."""

    shape = (10_000_000, 14)
    dtype = np.dtype("float32")

    def __len__(self):
        return self.shape[0]

    def __getitem__(self, rows):
        raise AssertionError(f"rows were read: {rows}")


def windows(rows=200, **kwargs):
    stamps = np.datetime64("2013-01-01T06:00") + np.arange(rows) * np.timedelta64(1, "h")
    kwargs = {"lookback": 48, "delay": 24, "step": 2, "timestamps": stamps, **kwargs}
    return TimeseriesWindow(np.ones((rows, 3)), 1, **kwargs)


def short_lines(text):
    lines = text.splitlines()
    assert len(lines) <= MAX_LINES and max(map(len, lines)) <= MAX_LINE_LENGTH, text
    assert " object at 0x" not in text
    return lines


def test_windows():
    dataset = windows(batch_size=32, shuffle=True, seed=7)
    assert short_lines(repr(dataset)) == [
        "<TimeseriesWindow of 129 windows: 24 rows of 3 columns, column 1 at +24 rows",
        "  rows: 200 in one series",
        "  time: 2013-01-01 06:00 to 2013-01-09 13:00",
        "  batches: 5 of 32 windows, shuffled, seed 7, not scaled",
        "  memory: 2.4 kB of rows, 9.2 kB of inputs per batch>",
    ]


def test_sizes_of_windows_match_the_batches():
    dataset = windows(batch_size=32)
    assert dataset[0][0].nbytes == 9216 and dataset[0][0].shape == (32, 24, 3)


def test_split_has_the_rows_and_times_of_each_set():
    parts = TimeseriesWindow.split(
        np.arange(100.0), lookback=4, delay=1, timestamps=np.arange(100) * 10
    )
    lines = short_lines(repr(parts.test))
    assert "  rows: 25 of 100 in one series" in lines
    assert "  time: 750 to 990" in lines
    assert [line.split(":")[0] for line in repr(parts).splitlines() if line[0] != " "] == [
        "train",
        "validation",
        "test",
    ]


def test_several_series_with_gaps_and_a_shard():
    stamps = [np.r_[0:50, 60:110], np.r_[0:70]]
    data = [np.ones((100, 2)), np.ones((70, 2))]
    dataset = TimeseriesWindow(data, lookback=4, delay=1, timestamps=stamps, seed=0, batch_size=8)
    text = repr(dataset.shard(1, 4))
    assert "170 in 2 series with 1 gap" in text and "shard 1 of 4" in text
    assert "from 0 (first series) to 69 (last)" in text


def test_streamed_rows_are_not_read():
    dataset = TimeseriesWindow(Unreadable(), lookback=1440, delay=144, step=6)
    text = "\n".join(short_lines(repr(dataset)))
    assert "10,000,000 in one series" in text
    assert "0 bytes of rows; rows are read on demand" in text
    with pytest.raises(AssertionError, match="rows were read"):
        dataset[0]


def test_vocabulary_encoder_and_one_hot_encoder():
    vocabulary = Vocabulary([f"w{i}" for i in range(20_000)], special_ids=IMDB_IDS)
    (line,) = short_lines(repr(vocabulary))
    assert line.startswith("<Vocabulary of 20,000 words, num_ids=20004: 'w0', 'w1', 'w2', ...;")
    encoder = TextEncoder(vocabulary, Tokenizer(ngrams=2))
    assert "ngrams=(1, 2)" in repr(encoder) and "20,000 words" in repr(encoder)
    one_hot = OneHotEncoder(encoder, 100, padding="left", truncation="right")
    first = short_lines(repr(one_hot))[0]
    assert first == (
        "<OneHotEncoder: (100, 20004) float32 per text (8.0 MB), padding='left', truncation='right'"
    )


def test_word_vectors_before_and_after_reading(tmp_path):
    path = tmp_path / "vectors.txt"
    vectors = GloVeEmbedding(path, ["the", "cat", "zzz"], cache=False)
    assert "vectors.txt, 4 rows x ? numbers" in repr(vectors)  # the file does not exist yet
    assert "3 words, not read yet" in repr(vectors)
    path.write_text("the 0.1 0.2\ncat 0.3 0.4\n", encoding="utf-8")
    vectors.load()
    assert "4 rows x 2 numbers" in repr(vectors)
    assert "2 of 3 words have a vector (66.7 %)" in "\n".join(short_lines(repr(vectors)))
    restored = GloVeEmbedding.from_config(vectors.get_config())
    assert "no vocabulary: cannot read" in "\n".join(short_lines(repr(restored)))


def test_scaler_with_many_columns():
    scaler = SeriesScaler(np.arange(1000.0), np.ones(1000))
    assert short_lines(repr(scaler)) == [
        "<SeriesScaler of 1,000 columns: center 0, 1, 2, 3, ...; scale 1, 1, 1, 1, ...>"
    ]


def test_report_lists_the_failed_checks():
    class Bad(keras.layers.Layer):  # not registered
        def call(self, inputs):
            return inputs

    report = check_layer(Bad, input_shape=(2, 3, 4), checks=["registered_name"], on_fail="collect")
    assert "  failed: registered_name" in repr(report)
    assert short_lines(repr(report))[0].startswith("<Report Bad: ")


def test_cases_omit_defaults():
    assert repr(Traits(causal=True)) == "Traits(causal=True)"
    assert repr(LayerCase(keras.layers.Dense)) == f"LayerCase(make={keras.layers.Dense!r})"
    assert "samples=(Sample(" in repr(
        LayerCase(keras.layers.Dense, samples=(Sample(shape=(2, 3)),))
    )
    assert eval(repr(Traits(min_length=3, per_example=False))) == Traits(
        min_length=3, per_example=False
    )


def test_comparison():
    dense = keras.layers.Dense(2)
    found = benchmark_layer(None, dense, against=keras.layers.Dense(2), input_shape=(2, 3))
    assert short_lines(repr(found))[0].startswith("<Comparison: forward of Dense: ")


def test_data_sets_omit_their_arrays():
    from datasets import load_sample_reviews, load_weather

    weather = load_weather()
    assert repr(weather).splitlines()[:2] == [
        "<SeriesData weather: 26,190 rows in 3 series, every 1 h, "
        "2013-01-01 06:00 to 2013-12-30 23:00",
        "  target 'temp' of 9 features",
    ]
    reviews = load_sample_reviews()
    assert "320 train, 80 validation, 200 test" in short_lines(repr(reviews))[0]
    assert repr(reviews.train) == "<LabelledTexts: 320 documents, 160 of them positive>"
