"""Masked mean and maximum over the words, without recurrence."""

import keras

from keras_seqext import MaskedGlobalAveragePooling1D, MaskedGlobalMaxPooling1D
from recipes._engine.encoders import PaddedWords
from recipes._engine.text_config import TextConfig, TrainingTexts

CONFIG = TextConfig(title="Embedding(32), masked mean and maximum", optimizer="adam")


def build(texts: TrainingTexts) -> tuple[PaddedWords, keras.Model]:
    words = PaddedWords.fit(
        texts.documents, num_words=19_998, length=500, padding="right", truncation="left"
    )
    ids = keras.Input((500,), dtype="int32")
    steps = keras.layers.Embedding(20_000, 32, mask_zero=True)(ids)
    pooled = keras.layers.Concatenate()(
        [MaskedGlobalAveragePooling1D()(steps), MaskedGlobalMaxPooling1D()(steps)]
    )
    pooled = keras.layers.Dropout(0.5)(pooled)
    return words, keras.Model(ids, keras.layers.Dense(1, activation="sigmoid")(pooled))
