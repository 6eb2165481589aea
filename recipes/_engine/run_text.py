"""Runner of text recipes: data, encoder, model, epoch chosen on validation, single test."""

import time
from collections import OrderedDict
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import keras
import numpy as np
from rich.console import Console

from recipes._report.result import common_fields, data_fields, result_stem, write_json

from .checkpoint import Epochs
from .progress import ProgressBar
from .run_options import RunOptions
from .saved_model import ENCODER, save_model
from .seeds import seed_all
from .text_batches import TextBatches
from .text_config import TrainingTexts, load_texts
from .training import train

Encoder = Any  # a class of `.encoders`


def run_text(recipe: Any, seed: int, options: RunOptions) -> dict[str, Any]:
    """Train and evaluate a recipe and write its JSON file to `options.out`.

    Returns:
        The content of the JSON file.
    """
    start = time.monotonic()
    module, console = recipe.load(), options.console
    config = module.CONFIG
    if options.epochs is not None:
        config = replace(config, epochs=options.epochs)
    backend = keras.backend.backend()
    data = load_texts(recipe.data, options.data)
    console.print(f"[bold]{recipe.name}[/]  {config.title}  ({backend}, seed {seed})")
    console.print(f"data  {data.report}", highlight=False, soft_wrap=True)
    training = data.train if recipe.samples is None else data.train.sample(recipe.samples, seed)
    encode, model = build(module, recipe, training, data, seed)
    check_parameters(model, config)
    warn_without_sigmoid(model, console)
    batches = {
        "train": TextBatches(
            encoded(encode, training.documents), training.labels, config.batch_size, seed
        ),
        "validation": _batches(encode, data.validation, config.batch_size),
    }
    compile_model(model, config, len(batches["train"]))
    stem = result_stem(recipe.name, backend, seed)
    folder = options.runs / stem
    epochs = train(
        model,
        batches["train"],
        batches["validation"],
        config,
        seed,
        folder,
        options,
        [ProgressBar(console, _note)],
    )
    best = epochs.metrics[epochs.best - 1]
    chosen = {"loss": best["val_loss"], "accuracy": best["val_accuracy"]}
    seconds_before = epochs.seconds_before
    if config.refit:
        # The encoder is fitted again too, since its vocabulary now covers more texts. The folder
        # is inside that of the run, so that restarting the run also restarts this training.
        refit_folder = folder / "refit"
        encode, model, refitted = refit(
            module, recipe, data, config, seed, epochs.best, refit_folder, options
        )
        seconds_before += refitted.seconds_before
    test = _batches(encode, data.test, config.batch_size)
    result = {
        **common_fields(recipe.name, "text", config.title, backend, seed),
        "data": {
            **data_fields(data),
            "synthetic": data.synthetic,
            "word_vectors": word_vectors(model),
        },
        "config": {**asdict(config), **recipe.options},
        "texts": {
            "train": len(training) + (len(data.validation) if config.refit else 0),
            "validation": len(data.validation),
            "test": len(data.test),
        },
        "published": config.published.get(recipe.model),
        "parameters": model.count_params(),
        "history": {key: [epoch[key] for epoch in epochs.metrics] for key in best},
        "best_epoch": epochs.best,
        "metrics": {"validation": chosen, "test": evaluate(model, test)},
        "seconds_an_epoch": epochs.seconds_per_epoch,
        "seconds": round(time.monotonic() - start + seconds_before, 1),
    }
    save_model(model, folder)
    encoder = {"encoder": type(encode).__name__, "config": encode.get_config()}
    write_json(folder / ENCODER, encoder, "the encoder of the model")
    write_json(options.out / f"{stem}.json", result)
    console.print(
        f"accuracy  validation {chosen['accuracy']:.4f}, "
        f"test [bold]{result['metrics']['test']['accuracy']:.4f}[/]"
        f"{'  (synthetic texts)' if data.synthetic else ''}"
    )
    console.print(f"written  {options.out / stem}.json  ({result['seconds']} s)", highlight=False)
    return result


def build(module: Any, recipe: Any, training: Any, data: Any, seed: int) -> tuple[Any, keras.Model]:
    """Return the encoder and the model of a recipe, built from the training set only."""
    seed_all(seed)
    texts = TrainingTexts(training.documents, training.labels, data.word_vectors)
    encode, model = module.build(texts, **recipe.options)
    return encode, model


def word_vectors(model: keras.Model) -> str | None:
    """Return the file name of the word vectors that initialize an embedding, or None."""
    for layer in model.layers:
        source = getattr(getattr(layer, "embeddings_initializer", None), "source", None)
        if source is not None:
            return Path(source).name
    return None


def compile_model(model: keras.Model, config: Any, steps: int) -> None:
    """Compile for binary classification with the optimizer of `config`.

    Args:
        model: Model to compile.
        config: Configuration of the recipe.
        steps: Number of batches per epoch, for a decaying learning rate.
    """
    rate = config.learning_rate
    if config.decay:
        rate = keras.optimizers.schedules.CosineDecay(rate, config.epochs * steps)
    optimizer = keras.optimizers.get(
        {"class_name": config.optimizer, "config": {"learning_rate": rate}}
    )
    model.compile(optimizer, "binary_crossentropy", metrics=["accuracy"])


def check_parameters(model: keras.Model, config: Any) -> None:
    """Check that the model has the published number of parameters."""
    if config.parameters is not None and model.count_params() != config.parameters:
        raise AssertionError(
            f"{config.title}: the model must have {config.parameters:,} parameters, as in the "
            f"book. Received: {model.count_params():,} parameters."
        )


def warn_without_sigmoid(model: keras.Model, console: Console) -> None:
    """Warn if the output is not a probability: the loss clips it, and its gradient vanishes."""
    last = getattr(model.layers[-1], "activation", None)
    if last is not keras.activations.sigmoid:
        console.print(
            "the last layer has no sigmoid activation, but the loss expects probabilities: outputs "
            "outside 0 to 1 are clipped and have no gradient",
            style="red",
        )


def refit(
    module: Any,
    recipe: Any,
    data: Any,
    config: Any,
    seed: int,
    epochs: int,
    folder: Path,
    options: RunOptions,
) -> tuple[Any, keras.Model, Epochs]:
    """Train a new model on the training and validation sets for a number of epochs."""
    documents = data.train.documents + data.validation.documents
    both = type(data.train)(documents, np.concatenate([data.train.labels, data.validation.labels]))
    encode, model = build(module, recipe, both, data, seed)
    batches = TextBatches(encoded(encode, documents), both.labels, config.batch_size, seed)
    compile_model(model, config, len(batches))
    completed = train(
        model,
        batches,
        None,
        replace(config, epochs=epochs),
        seed,
        folder,
        options,
        [ProgressBar(options.console, _note)],
    )
    return encode, model, completed


def evaluate(model: keras.Model, batches: TextBatches) -> dict[str, float]:
    """Return loss and accuracy."""
    found = model.evaluate(batches, verbose=0, return_dict=True)
    return {name: float(found[name]) for name in ("loss", "accuracy")}


_CACHE: "OrderedDict[Any, tuple[Any, Any]]" = OrderedDict()


def encoded(encode: Encoder, documents: Any) -> Any:
    """Return `encode(documents)`, cached for the next seed, which fits an equal encoder."""
    key = (type(encode).__name__, encode.fingerprint, id(documents))
    if key not in _CACHE:
        # The documents are stored too, so that their id is not reused by another object.
        _CACHE[key] = (documents, encode(documents))
        while len(_CACHE) > 4:
            _CACHE.popitem(last=False)
    return _CACHE[key][1]


def _batches(encode: Encoder, part: Any, batch_size: int) -> TextBatches:
    return TextBatches(encoded(encode, part.documents), part.labels, batch_size)


def _note(logs: dict[str, float]) -> str:
    # Short, so that the progress bar fits in 80 columns.
    return ", ".join(
        f"{name} {logs[key]:.4f}"
        for name, key in (("accuracy", "accuracy"), ("validation", "val_accuracy"))
        if key in logs
    )
