"""Every text recipe on the synthetic reviews: training, results and saved models."""

import ast
import dataclasses
import importlib
import json
from pathlib import Path

import keras
import numpy as np
import pytest

from recipes.__main__ import main
from recipes._engine import text_config
from recipes._engine.run_text import compile_model
from recipes._engine.text_config import TextConfig
from recipes.catalogue import catalogue

# One recipe per module.
TEXTS = [r for r in catalogue().values() if r.kind == "text" and r.data == "reviews"]
ONCE = {recipe.module: recipe.name for recipe in reversed(TEXTS)}
CHOSEN = sorted(ONCE.values())
# Recipes with layers of this package are trained on every backend, the others on one.
PACKAGE_LAYERS = {
    "text.embedding",
    "text.naive_bayes",
    "text.pooling",
    "text.attention",
    "text.rnn",
}
ON_BACKENDS = [
    pytest.param(
        n, marks=[] if catalogue()[n].module in PACKAGE_LAYERS else pytest.mark.first_backend
    )
    for n in CHOSEN
]


@pytest.fixture(scope="module")
def small():
    """Return synthetic reviews with two full training batches, so that one shape is compiled."""
    from datasets import load_sample_reviews

    return load_sample_reviews(train=288, test=32, validation=1 / 9)


@pytest.fixture
def folders(tmp_path, small, monkeypatch):
    """Return arguments for folders outside the checkout, and use the small data."""
    from recipes._engine import run_text

    monkeypatch.setattr(run_text, "load_texts", lambda name, path: small)
    return ["--out", str(tmp_path / "out"), "--runs", str(tmp_path / "runs")]


def found(folders, name, seed=0):
    path = Path(folders[1], f"{name}-{keras.backend.backend()}-{seed}.json")
    return json.loads(path.read_text(encoding="utf-8"))


# Recurrent layers of Keras are Python loops on PyTorch: 500 steps take a minute per epoch.
LOOPS = {
    "text.lstm",
    "text.lstm_regularised",
    "text.gru",
    "text.bidirectional",
    "text.masking",
    "text.recurrent_pooled",
}


@pytest.mark.parametrize("name", [n for n in CHOSEN if catalogue()[n].module in LOOPS])
def test_recurrent_recipes_return_probabilities(name, small):
    if keras.backend.backend() != "torch":
        pytest.skip("trained by the next test")
    recipe = catalogue()[name]
    texts = text_config.TrainingTexts(small.train.documents, small.train.labels, small.word_vectors)
    encode, model = recipe.load().build(texts, **recipe.options)
    out = keras.ops.convert_to_numpy(model(encode(small.test.documents[:2]), training=False))
    assert out.shape == (2, 1) and ((out > 0) & (out < 1)).all()


@pytest.mark.parametrize("name", ON_BACKENDS)
def test_every_recipe_runs_on_the_synthetic_reviews(name, folders, tmp_path):
    if keras.backend.backend() == "torch" and catalogue()[name].module in LOOPS:
        pytest.skip("too slow on PyTorch to train in a test")
    assert main(["run", name, "--epochs", "1", *folders]) == 0
    result = found(folders, name)
    assert result["data"]["synthetic"] and "synthetic" in result["data"]["report"]
    assert result["texts"]["test"] == 32
    for part in ("validation", "test"):
        assert 0 <= result["metrics"][part]["accuracy"] <= 1
        assert np.isfinite(result["metrics"][part]["loss"])
    assert (result["data"]["word_vectors"] is not None) == ("glove-frozen" in name)
    assert (tmp_path / "runs" / f"{name}-{keras.backend.backend()}-0" / "model.keras").exists()


def test_bag_of_words_learns_the_synthetic_reviews(tmp_path):
    folders = ["--out", str(tmp_path / "out"), "--runs", str(tmp_path / "runs")]
    assert main(["run", "reviews-bag-words", "--epochs", "8", *folders]) == 0
    # Three quarters of the phrases match the label. Guessing gives 0.5 +- 0.035.
    assert found(folders, "reviews-bag-words")["metrics"]["test"]["accuracy"] > 0.7


def test_refitted_model_is_saved_with_its_own_vocabulary(folders, small, tmp_path):
    name = "reviews-conv-regularised"
    assert main(["run", name, "--epochs", "1", *folders]) == 0
    run = tmp_path / "runs" / f"{name}-{keras.backend.backend()}-0"
    saved = json.loads((run / "encoder.json").read_text(encoding="utf-8"))
    documents = small.train.documents + small.validation.documents
    texts = text_config.TrainingTexts(documents, None, small.word_vectors)
    expected, _ = catalogue()[name].load().build(texts)
    assert saved["config"] == json.loads(json.dumps(expected.get_config()))
    model = keras.saving.load_model(run / "model.keras")
    loss = model.evaluate(expected(small.test.documents), small.test.labels, verbose=0)[0]
    assert loss == pytest.approx(found(folders, name)["metrics"]["test"]["loss"], rel=1e-4)


def test_same_seed_gives_same_result(folders):
    for out in ("one", "two"):
        arguments = ["--out", f"{folders[1]}/{out}", *folders[2:]]
        assert main(["run", "reviews-embedding-20", "--epochs", "2", *arguments]) == 0
    first, second = (
        found(["--out", f"{folders[1]}/{out}"], "reviews-embedding-20") for out in ("one", "two")
    )
    for key in ("history", "metrics", "best_epoch", "parameters"):
        assert first[key] == second[key]


def test_unexpected_number_of_parameters_is_an_error(folders, monkeypatch):
    module = importlib.import_module("recipes.text.embedding")
    wrong = dataclasses.replace(module.CONFIG, parameters=80_162)
    monkeypatch.setattr(module, "CONFIG", wrong)
    with pytest.raises(
        AssertionError, match="must have 80,162 parameters, .* Received: 80,161 parameters"
    ):
        main(["run", "reviews-embedding-20", "--epochs", "1", *folders])


def test_build_receives_the_training_set_only(small):
    texts = text_config.TrainingTexts(small.train.documents, small.train.labels, small.word_vectors)
    module = importlib.import_module("recipes.text.embedding")
    words, _ = module.build(texts)
    known = {word for text in texts.documents for word in words.words.tokenizer(text)}
    assert set(words.words.vocabulary) == known
    assert words(["flabbergasting"])[0, -1] == 1  # the id of out-of-vocabulary words


def test_recipes_are_short_and_import_no_other_recipe():
    folder = Path(text_config.__file__).parents[1]
    for module in {recipe.module for recipe in catalogue().values()}:
        path = folder.joinpath(*module.split(".")).with_suffix(".py")
        tree = ast.parse(path.read_text(encoding="utf-8"))
        assert len(ast.unparse(tree).splitlines()) < 80, module
        imported = [node for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)]
        assert not any(node.level for node in imported), module
        internal = [node.module for node in imported if (node.module or "").startswith("recipes.")]
        assert all(name.startswith(("recipes._engine", "recipes._report")) for name in internal), (
            module
        )


def test_decaying_learning_rate_ends_at_zero_with_the_last_batch():
    model = keras.Sequential([keras.Input((3,)), keras.layers.Dense(1)])
    config = TextConfig("decay", optimizer="sgd", learning_rate=0.5, epochs=2, decay=True)
    compile_model(model, config, steps=3)
    rates = []
    for _ in range(7):
        rates.append(float(keras.ops.convert_to_numpy(model.optimizer.learning_rate)))
        model.train_on_batch(np.ones((2, 3)), np.ones((2, 1)))
    expected = [0.25 * (1 + np.cos(np.pi * step / 6)) for step in range(7)]
    np.testing.assert_allclose(rates, expected, atol=1e-7)
