"""Catalogue of the recipes: every model with every data set it supports."""

import importlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from types import ModuleType
from typing import Any

from keras_seqext._common.choices import did_you_mean

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
    """

    name: str
    data: str
    module: str
    kind: str = "forecast"
    options: dict[str, Any] = field(default_factory=dict)
    samples: int | None = None

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
    """Return a recipe by name. The error for an unknown name has suggestions and all names."""
    recipes = catalogue()
    if name not in recipes:
        close = did_you_mean(name, recipes)
        raise SystemExit(f"no recipe {name!r} (NAME).{close} Choose one of: {', '.join(recipes)}")
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

    def text(model: str, module: str, samples: int | None = None, **options: Any) -> Recipe:
        return Recipe(f"{data}-{model}", data, f"text.{module}", "text", options, samples)

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
        for vectors in ("frozen", "learned", "tuned"):
            yield text(f"glove-{vectors}-{samples or 'all'}", "glove", samples, vectors=vectors)
    yield text("lstm-bidirectional", "bidirectional")
    yield text("lstm-reversed", "lstm", reverse=True)
    for padding in ("left", "right"):
        for masked in (True, False):
            name = f"lstm-{'masked' if masked else 'unmasked'}-{padding}"
            yield text(name, "masking", masked=masked, padding=padding)
    yield text("conv-dilated", "conv_dilated")
    # Errors of the book, as described or as coded: see docs/errata.md.
    yield text("embedding-20-first", "embedding", truncation="right")
    yield text("conv-linear", "conv", activation="linear")
