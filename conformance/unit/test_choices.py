"""Error messages for an invalid choice suggest the most similar valid one."""

import keras
import numpy as np
import pytest

import keras_seqext
from keras_seqext import (
    GloVeEmbedding,
    HashedDense,
    HashingOneHot,
    MaskedGlobalMaxPooling1D,
    MaskedGlobalTopKPooling1D,
    TextEncoder,
    TimeseriesWindow,
    Tokenizer,
    pad_ids,
)
from keras_seqext._common.choices import checked_choice, did_you_mean
from keras_seqext.testing import check_cell, check_dataset, check_layer, list_checks

pytestmark = pytest.mark.backend_free

SERIES = np.arange(40.0)
TEXTS = TextEncoder.fit(["a b", "a c"])


def windows(**kwargs):
    return TimeseriesWindow(SERIES, lookback=4, delay=1, **kwargs)


CALLS = {
    "missing": (lambda: windows(missing="skipp"), "missing='skipp'", "skip"),
    "kind": (lambda: windows().baseline("seasonnal", period=4), "kind='seasonnal'", "seasonal"),
    "scaler": (
        lambda: TimeseriesWindow.split(SERIES, lookback=2, delay=1, scaler="standart"),
        "scaler='standart'",
        "standard",
    ),
    "padding": (
        lambda: pad_ids([[1]], 2, padding="lef", truncation="left"),
        "padding='lef'",
        "left",
    ),
    "truncation": (
        lambda: pad_ids([[1]], 2, padding="left", truncation="Right"),
        "truncation='Right'",
        "right",
    ),
    "mode": (lambda: TEXTS.matrix(["a"], mode="tf-idf"), "mode='tf-idf'", "tfidf"),
    "idf": (lambda: TEXTS.matrix(["a"], mode="tfidf", idf="kerras"), "idf='kerras'", "keras"),
    "level": (lambda: Tokenizer(level="words"), "level='words'", "word"),
    "apostrophes": (lambda: Tokenizer(apostrophes="spilt"), "apostrophes='spilt'", "split"),
    "oov": (lambda: GloVeEmbedding("a.txt", ["a"], oov="zero"), "oov='zero'", "zeros"),
    "output_mode": (
        lambda: HashingOneHot(8, output_mode="multihot"),
        "output_mode='multihot'",
        "multi_hot",
    ),
    "output_mode of HashedDense": (
        lambda: HashedDense(2, 8, output_mode="counts"),
        "output_mode='counts'",
        "count",
    ),
    "data_format": (
        lambda: MaskedGlobalMaxPooling1D(data_format="channel_last"),
        "data_format='channel_last'",
        "channels_last",
    ),
    "reduction": (
        lambda: MaskedGlobalTopKPooling1D(k=2, reduction="means"),
        "reduction='means'",
        "mean",
    ),
    "a check of layers": (
        lambda: check_layer(keras.layers.Dense(2), input_shape=(2, 3), checks=["confg_json"]),
        "'confg_json'",
        "config_json",
    ),
    "a level": (lambda: list_checks("recomended"), "level='recomended'", "recommended"),
    "on_fail": (lambda: check_cell(None, on_fail="rise"), "on_fail='rise'", "raise"),
    "a check of datasets": (
        lambda: check_dataset(windows, checks=["phantom_pases"]),
        "'phantom_pases'",
        "phantom_passes",
    ),
}


@pytest.mark.parametrize("argument", CALLS)
def test_message_suggests_the_most_similar_choice(argument):
    call, received, nearest = CALLS[argument]
    with pytest.raises(ValueError) as caught:
        call()
    message = str(caught.value)
    assert received in message
    assert nearest is None or f"Did you mean '{nearest}'" in message, message


def test_message_suggests_a_column_of_a_data_frame():
    pd = pytest.importorskip("pandas")
    frame = pd.DataFrame({"temperature": SERIES, "wind": SERIES})
    for kwargs in ({"targets": "temprature"}, {"groups": "temprature"}):
        with pytest.raises(ValueError, match="Did you mean 'temperature'"):
            TimeseriesWindow(frame, lookback=4, delay=1, **kwargs)


@pytest.mark.parametrize("value", [None, 3, ["left"], {"left"}, np.array(["left"]), b"left"])
def test_other_types_than_a_string_get_no_suggestion(value):
    with pytest.raises(ValueError) as caught:
        checked_choice("side", value, ("left", "right"))
    assert "Did you mean" not in str(caught.value)


def test_dissimilar_strings_get_no_suggestion():
    assert did_you_mean("xyzzy", ("left", "right")) == ""
    assert did_you_mean("", ("left", "right")) == ""


def test_version_equals_that_of_the_installed_distribution():
    from importlib.metadata import version

    assert keras_seqext.__version__ == version("keras-seqext")
