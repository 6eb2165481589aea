"""NB-SVM: a linear model on naive Bayes log-count ratios of n-grams.

A text is the set of its hashed unigrams, bigrams and trigrams. The value of a bin is the log-ratio
of its frequencies in positive and negative training texts; training learns a weight for each
value. Gradient descent from zero changes frequent n-grams first. Dropout of half the n-grams
prevents overfitting to rare n-grams that identify single training texts.

Source: Wang and Manning 2012, "Baselines and Bigrams: Simple, Good Sentiment and Topic
Classification"; with trigrams: Mesnil et al. 2015, 0.9187 on IMDB.
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
    # No mask is needed because the ratio of the padding is 0.
    evidence = ratios(ids) * scales(ids)
    evidence = MaskedGlobalSumPooling1D()(keras.layers.Dropout(0.5)(evidence))
    probability = keras.layers.Activation("sigmoid")(evidence)
    model = keras.Model(ids, probability)
    ratios.set_weights([log_count_ratios(grams(texts.documents), texts.labels)])
    return grams, model


def log_count_ratios(ids: np.ndarray, labels: np.ndarray) -> np.ndarray:
    """Return the log-ratio of positive and negative counts, `(BINS, 1)`; 0 for the padding."""
    counts = [np.bincount(ids[labels == label].ravel(), minlength=BINS) + 1.0 for label in (0, 1)]
    negative, positive = (count / count[1:].sum() for count in counts)
    ratios = np.log(positive / negative)
    ratios[0] = 0
    return ratios[:, None].astype(np.float32)
