"""What a recipe on texts has to state, and which data it can run on."""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

TEXT_SOURCE = "Chollet, Deep Learning with Python, 2017, chapter 6, and 2021, chapter 11"


@dataclass(frozen=True)
class TextConfig:
    """How one model is trained.

    Args:
        title: What the model is, in a few words.
        epochs: Epochs at most.
        patience: Epochs without a better validation loss before training stops.
        optimizer: Keras name of the optimizer.
        learning_rate: Its learning rate.
        decay: Whether it falls to 0 over all `epochs`, as half a cosine (Loshchilov and Hutter,
            2017).
        batch_size: Texts in a batch.
        parameters: How many the chapter counts, asserted at every run.
        published: By name of the model, the accuracy in print.
        published_part: Of which part it is.
        refit: Whether to train anew on training and validation texts together, for as many
            epochs as the validation loss chose, before the test.
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
    """All that `build` may look at: what a vocabulary and a model are fitted on.

    Args:
        documents: Training texts.
        labels: `(documents,)`, 0 or 1.
        word_vectors: Gives the path of a file of word vectors of so many numbers.
    """

    documents: tuple[str, ...]
    labels: np.ndarray
    word_vectors: Callable[[int], Path]


@cache
def load_texts(name: str, path: str | None) -> Any:
    """The data set of that name, read once a process."""
    from datasets import load_imdb, load_sample_reviews

    loaders: dict[str, Callable[[], Any]] = {
        # A review that is also in the test part must not be learned from.
        "imdb": lambda: load_imdb(path, duplicates="drop"),
        "reviews": load_sample_reviews,
    }
    return loaders[name]()
