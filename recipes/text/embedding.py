"""Embedding(8) and a linear head on the LAST 20 words of a review.

The chapter says that it uses the first 20. It does not: `pad_sequences` cuts on the left unless
told otherwise. `embedding-20-first` is what the chapter says, to see the difference.
"""

import keras

from recipes._engine.encoders import PaddedWords
from recipes._engine.text_config import TextConfig, TrainingTexts

CONFIG = TextConfig(
    title="Embedding(8), Flatten, 20 words",
    batch_size=32,
    parameters=80_161,
    published={"embedding-20": 0.7594},
)


def build(texts: TrainingTexts, truncation: str = "left") -> tuple[PaddedWords, keras.Model]:
    words = PaddedWords.fit(
        texts.documents, num_words=9_998, length=20, padding="left", truncation=truncation
    )
    model = keras.Sequential(
        [
            keras.Input((20,), dtype="int32"),
            keras.layers.Embedding(10_000, 8),
            keras.layers.Flatten(),
            keras.layers.Dense(1, activation="sigmoid"),
        ]
    )
    return words, model
