"""Causal convolutions with doubling dilation: six kernels of 3 cover 127 words."""

import keras

from keras_seqext import MaskedGlobalMaxPooling1D
from recipes._engine.encoders import PaddedWords
from recipes._engine.text_config import TextConfig, TrainingTexts

CONFIG = TextConfig(title="causal Conv1D(32, 3), dilation 1 to 32, masked maximum")


def build(texts: TrainingTexts) -> tuple[PaddedWords, keras.Model]:
    words = PaddedWords.fit(
        texts.documents, num_words=9_998, length=500, padding="right", truncation="left"
    )
    ids = keras.Input((500,), dtype="int32")
    steps = keras.layers.Embedding(10_000, 64)(ids)
    for dilation in (1, 2, 4, 8, 16, 32):
        steps = keras.layers.Conv1D(
            32, 3, padding="causal", dilation_rate=dilation, activation="relu"
        )(steps)
    # The convolutions are causal, so padding on the right does not affect earlier steps.
    pooled = MaskedGlobalMaxPooling1D()(steps, mask=keras.ops.not_equal(ids, 0))
    return words, keras.Model(ids, keras.layers.Dense(1, activation="sigmoid")(pooled))
