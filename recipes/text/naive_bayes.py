"""Naive Bayes and a linear model in one: log-count ratios of n-grams, weighted by training.

A text is the set of its words, pairs and triples, hashed. How much more often a bin is found
in positive than in negative training texts is its value; what is learned is how much each value
counts. Plain gradient descent from zero lets frequent n-grams move first, and dropout of half
the n-grams keeps rare ones, which tell every training text right, from deciding alone.

Source: Wang and Manning 2012, "Baselines and Bigrams: Simple, Good Sentiment and Topic
Classification"; with triples: Mesnil et al. 2015, 0.9187 on IMDB.
"""

import keras
import numpy as np

from keras_seqext import MaskedGlobalSumPooling1D
from recipes._engine.encoders import HashedGrams
from recipes._engine.text_config import TextConfig, TrainingTexts

CONFIG = TextConfig(
    title="weighted naive Bayes (NB-SVM), words to triples",
    optimizer="sgd",
    learning_rate=1.0,
    epochs=16,
    patience=3,
    published={"naive-bayes": 0.9187},
    published_part="test",
    refit=True,
)
BINS, LENGTH = 2**22, 2_000


def build(texts: TrainingTexts) -> tuple[HashedGrams, keras.Model]:
    grams = HashedGrams(num_bins=BINS, ngrams=3, length=LENGTH)
    ratios = keras.layers.Embedding(BINS, 1, trainable=False, name="ratios")
    scales = keras.layers.Embedding(BINS, 1, embeddings_initializer="zeros", name="scales")
    ids = keras.Input((LENGTH,), dtype="int32")
    # No mask is needed: the ratio of the padding is 0.
    evidence = ratios(ids) * scales(ids)
    evidence = MaskedGlobalSumPooling1D()(keras.layers.Dropout(0.5)(evidence))
    chance = keras.layers.Activation("sigmoid")(evidence)
    model = keras.Model(ids, chance)
    ratios.set_weights([log_count_ratios(grams(texts.documents), texts.labels)])
    return grams, model


def log_count_ratios(ids: np.ndarray, labels: np.ndarray) -> np.ndarray:
    """How much rather a bin is in positive texts, `(BINS, 1)`; 0 for the padding."""
    counts = [np.bincount(ids[labels == label].ravel(), minlength=BINS) + 1.0 for label in (0, 1)]
    negative, positive = (count / count[1:].sum() for count in counts)
    ratios = np.log(positive / negative)
    ratios[0] = 0
    return ratios[:, None].astype(np.float32)
