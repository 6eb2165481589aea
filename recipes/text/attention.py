"""Attention pooling: a weighted mean over the words with learned weights."""

import keras

from keras_seqext import MaskedGlobalAttentionPooling1D
from recipes._engine.encoders import PaddedWords
from recipes._engine.text_config import TextConfig, TrainingTexts

CONFIG = TextConfig(title="Embedding(32), attention pooling", optimizer="adam")


def build(texts: TrainingTexts) -> tuple[PaddedWords, keras.Model]:
    words = PaddedWords.fit(
        texts.documents, num_words=19_998, length=500, padding="right", truncation="left"
    )
    model = keras.Sequential(
        [
            keras.Input((500,), dtype="int32"),
            keras.layers.Embedding(20_000, 32, mask_zero=True),
            keras.layers.SpatialDropout1D(0.3),
            MaskedGlobalAttentionPooling1D(units=16, name="attention"),
            keras.layers.Dense(1, activation="sigmoid"),
        ]
    )
    return words, model
