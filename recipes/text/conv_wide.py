"""One wide convolution with a large vocabulary, strong dropout and a small learning rate.

Source: Kim 2014, "Convolutional Neural Networks for Sentence Classification", whose
networks have one convolutional layer and a maximum over time.
"""

import keras

from recipes._engine.encoders import PaddedWords
from recipes._engine.text_config import TextConfig, TrainingTexts

CONFIG = TextConfig(
    title="Conv1D(128, 3) on 20,000 words, dropout, global maximum",
    optimizer="adam",
    learning_rate=5e-4,
    batch_size=64,
    epochs=10,
    refit=True,
)


def build(texts: TrainingTexts) -> tuple[PaddedWords, keras.Model]:
    words = PaddedWords.fit(
        texts.documents, num_words=19_998, length=500, padding="left", truncation="left"
    )
    model = keras.Sequential(
        [
            keras.Input((500,), dtype="int32"),
            keras.layers.Embedding(20_000, 100),
            keras.layers.SpatialDropout1D(0.4),
            keras.layers.Conv1D(128, 3, activation="relu"),
            keras.layers.GlobalMaxPooling1D(),
            keras.layers.Dropout(0.5),
            keras.layers.Dense(1, activation="sigmoid"),
        ]
    )
    return words, model
