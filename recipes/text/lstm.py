"""LSTM(32) over the last 500 words, read forwards.

The reversed run in the book also changed the embedding and the selected words. Here the same words
of the same reviews are read in the other direction, and nothing else differs.
"""

import keras

from recipes._engine.encoders import PaddedWords
from recipes._engine.text_config import TextConfig, TrainingTexts

CONFIG = TextConfig(
    title="Embedding(32), LSTM(32)",
    parameters=328_353,
    published={"lstm": 0.8928, "lstm-reversed": 0.8770},
)


def build(texts: TrainingTexts, reverse: bool = False) -> tuple[PaddedWords, keras.Model]:
    words = PaddedWords.fit(
        texts.documents,
        num_words=9_998,
        length=500,
        padding="left",
        truncation="left",
        reverse=reverse,
    )
    model = keras.Sequential(
        [
            keras.Input((500,), dtype="int32"),
            keras.layers.Embedding(10_000, 32),
            keras.layers.LSTM(32),
            keras.layers.Dense(1, activation="sigmoid"),
        ]
    )
    return words, model
