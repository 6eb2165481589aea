"""Bag of hashed unigrams and bigrams: collisions instead of out-of-vocabulary words."""

import keras

from recipes._engine.encoders import HashedGrams
from recipes._engine.text_config import TextConfig, TrainingTexts

CONFIG = TextConfig(title="hashed bag of words and pairs, Dense(16), Dropout(0.5)")


def build(texts: TrainingTexts, bits: int) -> tuple[HashedGrams, keras.Model]:
    bag = HashedGrams(num_bins=2**bits, ngrams=2, length=1_000)
    model = keras.Sequential(
        [
            keras.Input((bag.length,), dtype="int32"),
            bag.hashing.encoder(),
            keras.layers.Dense(16, activation="relu"),
            keras.layers.Dropout(0.5),
            keras.layers.Dense(1, activation="sigmoid"),
        ]
    )
    return bag, model
