"""Pretrained word vectors, frozen or fine-tuned, compared with learned vectors.

The book uses 200 reviews and one run. These recipes use 200, 2,000 and all reviews and several
seeds.
"""

import keras

from keras_seqext import GloVeEmbedding
from recipes._engine.encoders import PaddedWords
from recipes._engine.text_config import TextConfig, TrainingTexts

CONFIG = TextConfig(
    title="Embedding(100), Flatten, Dense(32) on 100 words",
    batch_size=32,
    patience=3,
    parameters=1_320_065,
    published={"glove-frozen-200": 0.5723, "glove-learned-200": 0.5282},
)


def build(texts: TrainingTexts, vectors: str) -> tuple[PaddedWords, keras.Model]:
    words = PaddedWords.fit(
        texts.documents, num_words=9_998, length=100, padding="left", truncation="left"
    )
    start = "uniform"
    if vectors != "learned":
        source = texts.word_vectors(100)
        start = GloVeEmbedding(source, words.words.vocabulary, oov="normal", seed=0)
    model = keras.Sequential(
        [
            keras.Input((100,), dtype="int32"),
            keras.layers.Embedding(
                10_000, 100, embeddings_initializer=start, trainable=vectors != "frozen"
            ),
            keras.layers.Flatten(),
            keras.layers.Dense(32, activation="relu"),
            keras.layers.Dense(1, activation="sigmoid"),
        ]
    )
    return words, model
