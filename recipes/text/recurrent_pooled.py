"""Recurrent layer with masked max pooling over all states instead of the last state.

Every word then has a short path to the output, which matters more for a simple RNN than for an
LSTM.
"""

import keras

from keras_seqext import MaskedGlobalMaxPooling1D, MinimalRNN
from recipes._engine.encoders import PaddedWords
from recipes._engine.text_config import TextConfig, TrainingTexts

CONFIG = TextConfig(
    title="Embedding(32), dropout, recurrence of 32, masked maximum", optimizer="adam"
)
LAYERS = {"rnn": MinimalRNN, "lstm": keras.layers.LSTM}


def build(texts: TrainingTexts, layer: str) -> tuple[PaddedWords, keras.Model]:
    words = PaddedWords.fit(
        texts.documents, num_words=9_998, length=500, padding="right", truncation="left"
    )
    model = keras.Sequential(
        [
            keras.Input((500,), dtype="int32"),
            keras.layers.Embedding(10_000, 32, mask_zero=True),
            keras.layers.SpatialDropout1D(0.3),
            LAYERS[layer](32, return_sequences=True),
            MaskedGlobalMaxPooling1D(),
            keras.layers.Dropout(0.3),
            keras.layers.Dense(1, activation="sigmoid"),
        ]
    )
    return words, model
