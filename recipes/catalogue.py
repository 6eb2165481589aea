"""Catalogue of the recipes: every model with every data set it supports."""

import ast
import importlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from types import ModuleType
from typing import Any

from keras_seqext._common.choices import did_you_mean
from recipes.usage_error import UsageError

FORECAST_DATA = ("weather", "jena")
TEXT_DATA = ("imdb", "reviews")

# Names and modules. `multi_horizon` needs hourly rows, so it does not support Jena.
FORECASTS = {
    "naive": "naive",
    "seasonal": "seasonal",
    "linear": "linear",
    "dense": "dense",
    "conv": "conv",
    "conv-gru": "conv_gru",
    "rnn": "rnn",
    "gru": "gru",
    "gru-residual": "gru_residual",
    "lstm": "lstm",
    "gru-dropout": "gru_dropout",
    "gru-stacked": "gru_stacked",
    "gru-bidirectional": "gru_bidirectional",
    "gru-reversed": "gru_reversed",
}

# Numbers of training reviews for word vectors. None means all, 19,825 without repeats.
SAMPLES = (200, 2_000, None)
GLOVE = {
    "frozen": "Pretrained word vectors, frozen",
    "learned": "Word vectors learned from the reviews, for comparison with pretrained ones",
    "tuned": "Pretrained word vectors, fine-tuned",
}


@dataclass(frozen=True)
class Recipe:
    """A model with a data set.

    Args:
        name: Name for the command line.
        data: Name of the data set.
        module: Module with `CONFIG` and `build`, or with `run` for demos.
        kind: `"forecast"`, `"text"`, or `"demo"` for recipes without a runner.
        options: Arguments of `build`.
        samples: Number of training documents. Defaults to all.
        description: One line for `list`. Defaults to the first line of the module.
    """

    name: str
    data: str
    module: str
    kind: str = "forecast"
    options: dict[str, Any] = field(default_factory=dict)
    samples: int | None = None
    description: str = ""

    @property
    def summary(self) -> str:
        """One line that describes the recipe. The module is not imported, since it needs Keras."""
        if self.description:
            return self.description
        path = Path(__file__).parent.joinpath(*self.module.split(".")).with_suffix(".py")
        text = ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))) or ""
        return text.partition("\n")[0]

    def load(self) -> ModuleType:
        """Import and return the module of the recipe, which imports Keras."""
        return importlib.import_module(f"recipes.{self.module}")

    @property
    def model(self) -> str:
        """Name without the data set, shared by the same model on other data."""
        return self.name.removeprefix(f"{self.data}-")


def catalogue() -> dict[str, Recipe]:
    """Return all recipes by name, in the order of `run --all`."""
    recipes = list(_forecasts())
    for data in TEXT_DATA:
        recipes += _texts(data)
    # Last, because some use models that other recipes train.
    recipes += _demos()
    return {recipe.name: recipe for recipe in recipes}


def find(name: str) -> Recipe:
    """Return a recipe by name. The error for an unknown name has suggestions."""
    recipes = catalogue()
    if name not in recipes:
        close = did_you_mean(name, recipes)
        raise UsageError(
            f"no recipe {name!r} (NAME).{close} `python -m recipes list` shows all names"
        )
    return recipes[name]


def _forecasts() -> Iterator[Recipe]:
    for data in FORECAST_DATA:
        for model, module in FORECASTS.items():
            yield Recipe(f"{data}-{model}", data, f"forecast.{module}")
    yield Recipe("weather-multi-horizon", "weather", "forecast.multi_horizon")


def _demos() -> Iterator[Recipe]:
    yield Recipe("jena-explore", "jena", "demos.jena_explore", "demo")
    for toy in ("words", "characters", "matrix", "hashing"):
        yield Recipe(f"toy-{toy}", "none", f"demos.toy_{toy}", "demo")
    for error in ("hash", "horizon", "boundary", "scaling", "pooling"):
        yield Recipe(f"errata-{error}", "none", f"errata.{error}", "demo")
    yield Recipe("vanishing-gradient", "weather", "demos.vanishing_gradient", "demo")
    for data in TEXT_DATA:
        yield Recipe(f"{data}-tf-data", data, "text.tfdata", "demo")
    yield Recipe("imdb-attention-words", "imdb", "demos.attention_words", "demo")
    yield Recipe("imdb-embedding-neighbours", "imdb", "demos.embedding_neighbours", "demo")


def _texts(data: str) -> Iterator[Recipe]:
    """Yield text recipes, fast and accurate ones first, since a time limit may skip the last."""

    def text(
        model: str, module: str, samples: int | None = None, about: str = "", **options: Any
    ) -> Recipe:
        return Recipe(f"{data}-{model}", data, f"text.{module}", "text", options, samples, about)

    yield text("naive-bayes", "naive_bayes")
    yield text("bag-bigrams", "bag", ngrams=2, num_words=20_000, mode="binary")
    yield text("embedding-20", "embedding")
    yield text("conv", "conv")
    yield text("conv-regularised", "conv_regularised")
    yield text("conv-wide", "conv_wide")
    yield text("lstm", "lstm")
    yield text("lstm-regularised", "lstm_regularised")
    yield text("rnn", "rnn")
    yield text("rnn-averaged", "rnn_averaged")
    yield text("lstm-pooled", "recurrent_pooled", layer="lstm")
    yield text("rnn-pooled", "recurrent_pooled", layer="rnn")
    yield text("ngrams", "ngrams")
    yield text("bag-words", "bag", ngrams=1, num_words=20_000, mode="binary")
    yield text("bag-tfidf", "bag", ngrams=2, num_words=20_000, mode="tfidf")
    for bits in (10, 12, 14, 16, 18):
        yield text(f"hashed-{bits}", "hashed", bits=bits)
    yield text("pooling", "pooling")
    yield text("attention", "attention")
    yield text("gru", "gru")
    for samples in SAMPLES:
        for vectors in GLOVE:
            about = f"{GLOVE[vectors]}, trained on {f'{samples:,}' if samples else 'all'} reviews."
            name = f"glove-{vectors}-{samples or 'all'}"
            yield text(name, "glove", samples, about, vectors=vectors)
    yield text("lstm-bidirectional", "bidirectional")
    about = "LSTM(32) over the last 500 words, read backwards."
    yield text("lstm-reversed", "lstm", about=about, reverse=True)
    for padding in ("left", "right"):
        for masked in (True, False):
            name = f"lstm-{'masked' if masked else 'unmasked'}-{padding}"
            about = f"LSTM(32) {'with' if masked else 'without'} a mask, padding on the {padding}."
            yield text(name, "masking", about=about, masked=masked, padding=padding)
    yield text("conv-dilated", "conv_dilated")
    # Errors of the book, as described or as coded: see docs/errata.md.
    about = "Embedding(8) with a linear head on the first 20 words, as the text of the book says."
    yield text("embedding-20-first", "embedding", about=about, truncation="right")
    about = "Convolutional network over words without a sigmoid, as in the book."
    yield text("conv-linear", "conv", about=about, activation="linear")
