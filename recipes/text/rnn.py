"""Simple RNN over the last 500 words, like SimpleRNN(32) in the book."""

import keras

from keras_seqext import MinimalRNN
from recipes._engine.encoders import PaddedWords
from recipes._engine.text_config import TextConfig, TrainingTexts

CONFIG = TextConfig(
    title="Embedding(32), MinimalRNN(32)",
    patience=3,
    parameters=320_000 + 2_080 + 33,
    published={"rnn": 0.8460},
)


def build(texts: TrainingTexts) -> tuple[PaddedWords, keras.Model]:
    words = PaddedWords.fit(
        texts.documents, num_words=9_998, length=500, padding="left", truncation="left"
    )
    model = keras.Sequential(
        [
            keras.Input((500,), dtype="int32"),
            keras.layers.Embedding(10_000, 32),
            MinimalRNN(32),
            keras.layers.Dense(1, activation="sigmoid"),
        ]
    )
    return words, model
