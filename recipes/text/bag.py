"""Bag of words or bigrams with a small dense network."""

import keras

from recipes._engine.encoders import WordBag
from recipes._engine.text_config import TextConfig, TrainingTexts

CONFIG = TextConfig(
    title="bag, Dense(16), Dropout(0.5)",
    batch_size=32,
    parameters=320_033,
    published={"bag-words": 0.892, "bag-bigrams": 0.904, "bag-tfidf": 0.898},
    published_part="test",
)


def build(
    texts: TrainingTexts, ngrams: int, num_words: int, mode: str
) -> tuple[WordBag, keras.Model]:
    bag = WordBag.fit(texts.documents, width=num_words, mode=mode, ngrams=ngrams)
    model = keras.Sequential(
        [
            keras.Input((num_words,)),
            keras.layers.Dense(16, activation="relu"),
            keras.layers.Dropout(0.5),
            keras.layers.Dense(1, activation="sigmoid"),
        ]
    )
    return bag, model
