"""A convolution over words, with the sigmoid that the chapter's listing forgets.

`conv-linear` forgets it too, so that outputs beyond 0 and 1 are clipped and learn nothing.
"""

import keras

from recipes._engine.encoders import PaddedWords
from recipes._engine.text_config import TextConfig, TrainingTexts

CONFIG = TextConfig(
    title="Conv1D(32, 7) twice, global maximum",
    learning_rate=5e-4,
    parameters=1_315_937,
    published={"conv": 0.8382},
)


def build(texts: TrainingTexts, activation: str = "sigmoid") -> tuple[PaddedWords, keras.Model]:
    words = PaddedWords.fit(
        texts.documents, num_words=9_998, length=500, padding="left", truncation="left"
    )
    model = keras.Sequential(
        [
            keras.Input((500,), dtype="int32"),
            keras.layers.Embedding(10_000, 128),
            keras.layers.Conv1D(32, 7, activation="relu"),
            keras.layers.MaxPooling1D(5),
            keras.layers.Conv1D(32, 7, activation="relu"),
            keras.layers.GlobalMaxPooling1D(),
            keras.layers.Dense(1, activation=activation),
        ]
    )
    return words, model
