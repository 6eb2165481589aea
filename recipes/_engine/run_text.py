"""Runs one recipe on texts: data, ids, model, the epoch chosen on validation, the test once."""

import time
from collections import OrderedDict
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import keras
import numpy as np
from rich.console import Console

from recipes._report.result import data_head, head, result_stem, write_json

from .checkpoint import Epochs
from .progress import ProgressBar
from .run_options import RunOptions
from .saved_model import ENCODER, save_model
from .seeds import seed_all
from .text_batches import TextBatches
from .text_config import TrainingTexts, load_texts
from .training import train

Encoder = Any  # one of `_encoders`


def run_text(recipe: Any, seed: int, options: RunOptions) -> dict[str, Any]:
    """Trains and evaluates one recipe and writes its JSON to `options.out`.

    Returns:
        The content of the JSON.
    """
    begin = time.monotonic()
    module, console = recipe.load(), options.console
    config = module.CONFIG
    if options.epochs is not None:
        config = replace(config, epochs=options.epochs)
    backend = keras.backend.backend()
    data = load_texts(recipe.data, options.data)
    console.print(f"[bold]{recipe.name}[/]  {config.title}  ({backend}, seed {seed})")
    console.print(f"data  {data.report}", highlight=False, soft_wrap=True)
    known = data.train if recipe.samples is None else data.train.sample(recipe.samples, seed)
    encode, model = build(module, recipe, known, data, seed)
    check_parameters(model, config)
    warn_of_no_probabilities(model, console)
    batches = {
        "train": TextBatches(
            encoded(encode, known.documents), known.labels, config.batch_size, seed
        ),
        "validation": _part(encode, data.validation, config.batch_size),
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
    before = epochs.seconds_before
    if config.refit:
        # The vocabulary is of more texts, so the test needs its encoder too.
        # Within the folder of the run, so that a run that begins anew begins this anew too.
        again_in = folder / "refit"
        encode, model, again = refit(
            module, recipe, data, config, seed, epochs.best, again_in, options
        )
        before += again.seconds_before
    test = _part(encode, data.test, config.batch_size)
    result = {
        **head(recipe.name, "text", config.title, backend, seed),
        "data": {
            **data_head(data),
            "synthetic": data.synthetic,
            "word_vectors": word_vectors(model),
        },
        "config": {**asdict(config), **recipe.options},
        "texts": {
            "train": len(known) + (len(data.validation) if config.refit else 0),
            "validation": len(data.validation),
            "test": len(data.test),
        },
        "published": config.published.get(recipe.model),
        "parameters": model.count_params(),
        "history": {key: [epoch[key] for epoch in epochs.metrics] for key in best},
        "best_epoch": epochs.best,
        "metrics": {"validation": chosen, "test": evaluate(model, test)},
        "seconds_an_epoch": epochs.seconds_an_epoch,
        "seconds": round(time.monotonic() - begin + before, 1),
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


def build(module: Any, recipe: Any, known: Any, data: Any, seed: int) -> tuple[Any, keras.Model]:
    """The encoder and the model of a recipe, which sees the training texts and no others."""
    seed_all(seed)
    texts = TrainingTexts(known.documents, known.labels, data.word_vectors)
    encode, model = module.build(texts, **recipe.options)
    return encode, model


def word_vectors(model: keras.Model) -> str | None:
    """The name of the file that an embedding began with, or None: it may be the head of one."""
    for layer in model.layers:
        source = getattr(getattr(layer, "embeddings_initializer", None), "source", None)
        if source is not None:
            return Path(source).name
    return None


def compile_model(model: keras.Model, config: Any, steps: int) -> None:
    """With the loss of two classes and the optimizer of the CONFIG, `steps` batches an epoch."""
    rate = config.learning_rate
    if config.decay:
        rate = keras.optimizers.schedules.CosineDecay(rate, config.epochs * steps)
    optimizer = keras.optimizers.get(
        {"class_name": config.optimizer, "config": {"learning_rate": rate}}
    )
    model.compile(optimizer, "binary_crossentropy", metrics=["accuracy"])


def check_parameters(model: keras.Model, config: Any) -> None:
    """The model has as many parameters as the chapter counts."""
    if config.parameters is not None and model.count_params() != config.parameters:
        raise AssertionError(
            f"{config.title}: the chapter counts {config.parameters:,} parameters, "
            f"this model has {model.count_params():,}."
        )


def warn_of_no_probabilities(model: keras.Model, console: Console) -> None:
    """The chapter's missing sigmoid: the loss clips what lies beyond 0 and 1, and learns less."""
    last = getattr(model.layers[-1], "activation", None)
    if last is not keras.activations.sigmoid:
        console.print(
            "this model does not end in a sigmoid, and the loss is of probabilities: outputs "
            "beyond 0 and 1 are clipped and learn nothing",
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
    """A new model, trained on training and validation texts for a number of epochs."""
    documents = data.train.documents + data.validation.documents
    both = type(data.train)(documents, np.concatenate([data.train.labels, data.validation.labels]))
    encode, model = build(module, recipe, both, data, seed)
    batches = TextBatches(encoded(encode, documents), both.labels, config.batch_size, seed)
    compile_model(model, config, len(batches))
    found = train(
        model,
        batches,
        None,
        replace(config, epochs=epochs),
        seed,
        folder,
        options,
        [ProgressBar(options.console, _note)],
    )
    return encode, model, found


def evaluate(model: keras.Model, batches: TextBatches) -> dict[str, float]:
    """Loss and accuracy."""
    found = model.evaluate(batches, verbose=0, return_dict=True)
    return {name: float(found[name]) for name in ("loss", "accuracy")}


_CACHE: "OrderedDict[Any, tuple[Any, Any]]" = OrderedDict()


def encoded(encode: Encoder, documents: Any) -> Any:
    """`encode(documents)`, kept for the next seed, whose encoder is another but an equal one."""
    key = (type(encode).__name__, encode.fingerprint, id(documents))
    if key not in _CACHE:
        # The documents are kept too, so that no other object can get their id.
        _CACHE[key] = (documents, encode(documents))
        while len(_CACHE) > 4:
            _CACHE.popitem(last=False)
    return _CACHE[key][1]


def _part(encode: Encoder, part: Any, batch_size: int) -> TextBatches:
    return TextBatches(encoded(encode, part.documents), part.labels, batch_size)


def _note(logs: dict[str, float]) -> str:
    return "  ".join(
        f"{name} accuracy {logs[key]:.4f}"
        for name, key in (("training", "accuracy"), ("validation", "val_accuracy"))
        if key in logs
    )
