"""Example of a user program, which is type-checked in strict mode and executed.

Keras has no type annotations, so values from Keras have the type `Any`.
"""

import numpy as np

import keras_seqext
from keras_seqext import (
    HashingOneHot,
    MaskedGlobalMaxPooling1D,
    MinimalRNN,
    OneHotEncoder,
    SeriesScaler,
    TextEncoder,
    TimeseriesWindow,
    Tokenizer,
    Vocabulary,
    minimal_rnn,
    pad_ids,
)
from keras_seqext.testing import Report, check_layer


def texts() -> tuple[int, list[str]]:
    """Use the text functions and return the total size of the results and the first token."""
    encoder: TextEncoder = TextEncoder.fit(["the cat sat", "the dog"], num_words=4)
    ids, mask = encoder.pad(encoder.encode(["the cat"]), 3, padding="left", truncation="right")
    same, _ = pad_ids([[2, 3]], 3, padding="left", truncation="right")
    vectors, _ = OneHotEncoder(encoder, 3, padding="left", truncation="left").encode(["the"])
    split: Tokenizer = Tokenizer(level="word", ngrams=(1, 2))
    vocabulary: Vocabulary = Vocabulary.fit(map(split, ["a b", "a c"]))
    bins = HashingOneHot(16).to_ids([["the", "cat"]])
    total = ids.size + int(mask.sum()) + same.size + vectors.size + int(np.asarray(bins).size)
    return total, list(vocabulary.tokens[:1])


def windows() -> float:
    """Return the error of the persistence baseline plus the number of validation batches."""
    train, validation, test = TimeseriesWindow.split(np.arange(100.0), lookback=4, delay=1)
    scaler: SeriesScaler | None = train.scaler
    if scaler is None:
        raise RuntimeError("`TimeseriesWindow.split` must fit a scaler")
    return test.baseline("persistence").mae + len(validation)


def layers() -> bool:
    """Use a recurrent layer, a pooling layer and a report on a layer."""
    states = minimal_rnn(np.zeros((1, 2, 3)), np.ones((3, 4)), np.ones((4, 4)), np.zeros(4))
    pooled = MaskedGlobalMaxPooling1D()(MinimalRNN(4, return_sequences=True)(np.zeros((1, 2, 3))))
    report: Report = check_layer(
        MinimalRNN, input_shape=(2, 3, 4), checks=["config_json"], on_fail="collect"
    )
    return bool(report.failed) and states.shape == pooled.shape


if __name__ == "__main__":
    version: str = keras_seqext.__version__
    print(version, keras_seqext.__file__)
    print(texts()[0], windows())
