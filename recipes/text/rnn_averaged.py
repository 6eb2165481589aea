"""Simple RNN over the last 500 words with the masked mean of its states.

The last state of a simple RNN depends little on the first words; the mean of all states depends
on every word.
"""

import keras

from keras_seqext import MaskedGlobalAveragePooling1D, MinimalRNN
from recipes._engine.encoders import PaddedWords
from recipes._engine.text_config import TextConfig, TrainingTexts

CONFIG = TextConfig(
    title="Embedding(32), dropout, MinimalRNN(32), masked mean",
    optimizer="adam",
    epochs=6,
    decay=True,
    refit=True,
)


def build(texts: TrainingTexts) -> tuple[PaddedWords, keras.Model]:
    words = PaddedWords.fit(
        texts.documents, num_words=9_998, length=500, padding="left", truncation="left"
    )
    model = keras.Sequential(
        [
            keras.Input((500,), dtype="int32"),
            keras.layers.Embedding(10_000, 32, mask_zero=True),
            keras.layers.SpatialDropout1D(0.3),
            MinimalRNN(32, return_sequences=True),
            MaskedGlobalAveragePooling1D(),
            keras.layers.Dropout(0.3),
            keras.layers.Dense(1, activation="sigmoid"),
        ]
    )
    return words, model
