"""Mean of the vectors of hashed unigrams, bigrams and trigrams, as in fastText.

Source: Joulin et al. 2017, "Bag of Tricks for Efficient Text Classification".
"""

import keras

from keras_seqext import MaskedGlobalAveragePooling1D
from recipes._engine.encoders import HashedGrams
from recipes._engine.text_config import TextConfig, TrainingTexts

CONFIG = TextConfig(
    title="mean of hashed n-gram vectors (fastText)",
    optimizer="adam",
    learning_rate=5e-3,
    patience=2,
)


def build(texts: TrainingTexts) -> tuple[HashedGrams, keras.Model]:
    grams = HashedGrams(num_bins=2**19, ngrams=3, length=1_500)
    model = keras.Sequential(
        [
            keras.Input((grams.length,), dtype="int32"),
            keras.layers.Embedding(grams.num_bins, 10, mask_zero=True),
            MaskedGlobalAveragePooling1D(),
            keras.layers.Dense(1, activation="sigmoid"),
        ]
    )
    return grams, model
