"""Configuration of text recipes and their data sets."""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

TEXT_SOURCE = "Chollet, Deep Learning with Python, 2017, chapter 6, and 2021, chapter 11"


@dataclass(frozen=True)
class TextConfig:
    """Training configuration of a model.

    Args:
        title: Short description of the model.
        epochs: Maximum number of epochs.
        patience: Epochs without improvement of the validation loss before training stops.
        optimizer: Keras name of the optimizer.
        learning_rate: Learning rate of the optimizer.
        decay: Whether the learning rate decays to 0 over all `epochs`, as half a cosine
            (Loshchilov and Hutter, 2017).
        batch_size: Number of texts per batch.
        parameters: Number of parameters published in Chollet, *Deep Learning with Python* (2017),
            chapter 6. Checked at every run.
        published: Published accuracy, by model name.
        published_part: Set of the published accuracy: `"validation"` or `"test"`.
        refit: Whether to train a new model on the training and validation sets together before
            the test, for the number of epochs with the lowest validation loss.
    """

    title: str
    epochs: int = 10
    patience: int = 2
    optimizer: str = "rmsprop"
    learning_rate: float = 1e-3
    decay: bool = False
    batch_size: int = 128
    parameters: int | None = None
    published: dict[str, float] = field(default_factory=dict)
    published_part: str = "validation"
    refit: bool = False


@dataclass(frozen=True)
class TrainingTexts:
    """Training set, the only data that `build` receives.

    Args:
        documents: Training texts.
        labels: Array of shape `(documents,)` with 0 or 1.
        word_vectors: Function that returns a file of word vectors of the given dimension.
    """

    documents: tuple[str, ...]
    labels: np.ndarray
    word_vectors: Callable[[int], Path]


@cache
def load_texts(name: str, path: str | None) -> Any:
    """Load a data set by name, once per process."""
    from datasets import load_imdb, load_sample_reviews

    loaders: dict[str, Callable[[], Any]] = {
        # Reviews that are also in the test set must not be in the training set.
        "imdb": lambda: load_imdb(path, duplicates="drop"),
        "reviews": load_sample_reviews,
    }
    return loaders[name]()
