"""Pooling layers in models: training with masks, compilation, saving and export."""

from pathlib import Path

import keras
import numpy as np
import pytest

from conftest import to_numpy

from .cases import CASES, MASKS, Case, each_pooling, sequences

VOCABULARY, STEPS = 12, 6
IDS = np.array(
    [[3, 5, 2, 0, 0, 0], [7, 1, 4, 9, 2, 8], [0, 0, 6, 0, 11, 0], [0, 0, 0, 0, 0, 0]], "int32"
)
TARGETS = np.array([[1.0], [-1.0], [0.5], [0.25]], "float32")
# On PyTorch `jit_compile` uses torch.compile, which needs a C++ compiler and takes minutes.
COMPILED = [False] if keras.backend.backend() == "torch" else [False, True]


def classifier(case: Case) -> keras.Model:
    """Return a model from padded token ids to a scalar."""
    ids = keras.Input((None,), dtype="int32")
    x = keras.layers.Embedding(VOCABULARY, 4, mask_zero=True)(ids)
    return keras.Model(ids, keras.layers.Dense(1)(case.make()(x)))


@each_pooling
@pytest.mark.parametrize("jit_compile", COMPILED)
def test_fit_with_mask_of_embedding(case: Case, jit_compile: bool) -> None:
    keras.utils.set_random_seed(1)
    model = classifier(case)
    model.compile(keras.optimizers.Adam(0.1), "mse", jit_compile=jit_compile)
    before = model.get_weights()
    history = model.fit(IDS, TARGETS, epochs=12, verbose=0, batch_size=len(IDS))
    losses = history.history["loss"]
    assert np.isfinite(losses).all()
    assert losses[-1] < 0.7 * losses[0]
    after = model.get_weights()
    assert all(np.isfinite(weight).all() for weight in after)
    # Id 0 is padding and always masked, so its embedding must not change in training.
    np.testing.assert_array_equal(after[0][0], before[0][0])
    assert not np.array_equal(after[0][1:], before[0][1:])
    # Additional padding must not change the prediction.
    longer = np.pad(IDS, ((0, 0), (2, 3)))
    np.testing.assert_allclose(
        model.predict(IDS, verbose=0), model.predict(longer, verbose=0), rtol=1e-4, atol=1e-5
    )


@each_pooling
def test_fit_with_mask_of_masking_layer(case: Case) -> None:
    rng = np.random.default_rng(0)
    x = rng.normal(size=(8, STEPS, 3)).astype("float32")
    x[:, 4:], x[0] = -1.0, -1.0
    model = keras.Sequential(
        [keras.Input((None, 3)), keras.layers.Masking(-1.0), case.make(), keras.layers.Dense(1)]
    )
    model.compile("sgd", "mse")
    history = model.fit(x, rng.normal(size=(8, 1)), epochs=2, verbose=0)
    assert np.isfinite(history.history["loss"]).all()
    assert all(np.isfinite(weight).all() for weight in model.get_weights())


@each_pooling
def test_loaded_model_predicts_the_same(case: Case, tmp_path: Path) -> None:
    model = classifier(case)
    path = tmp_path / "model.keras"
    model.save(path)
    again = keras.saving.load_model(path)
    np.testing.assert_array_equal(model.predict(IDS, verbose=0), again.predict(IDS, verbose=0))


@each_pooling
def test_weights_go_from_model_to_model(case: Case, tmp_path: Path) -> None:
    model, other = classifier(case), classifier(case)
    path = tmp_path / "model.weights.h5"
    model.save_weights(path)
    other.load_weights(path)
    np.testing.assert_array_equal(model.predict(IDS, verbose=0), other.predict(IDS, verbose=0))


@each_pooling
# Keras 3.15 still passes an argument that JAX 0.10 deprecates.
@pytest.mark.filterwarnings("ignore:The `native_serialization` parameter:DeprecationWarning")
def test_exported_model_accepts_any_length(case: Case, tmp_path: Path) -> None:
    if keras.backend.backend() == "torch":
        pytest.skip("Keras exports a SavedModel only on TensorFlow and JAX")
    if keras.backend.backend() == "jax" and case.name.startswith("top"):
        pytest.skip("JAX 0.10 exports top_k as an operation that TensorFlow 2.21 cannot read")
    tf = pytest.importorskip("tensorflow", reason="a SavedModel is written by TensorFlow")

    model = classifier(case)
    model.export(tmp_path / "exported", format="tf_saved_model", verbose=False)
    served = tf.saved_model.load(str(tmp_path / "exported"))
    for ids in (IDS, IDS[:1, :2], np.pad(IDS, ((0, 0), (0, 5)))):
        np.testing.assert_allclose(
            served.serve(ids).numpy(), model.predict(ids, verbose=0), rtol=1e-5, atol=1e-6
        )


@each_pooling
# torch.compile reads `.grad` of the scores at a graph break in Keras.
@pytest.mark.filterwarnings("ignore:The .grad attribute of a Tensor:UserWarning")
def test_torch_compile_gives_the_same_output(case: Case) -> None:
    if keras.backend.backend() != "torch":
        pytest.skip("torch.compile; other backends are tested with jit_compile above")
    import torch

    layer, mask = case.built(), torch.tensor(MASKS["scattered"])
    x = torch.tensor(sequences())
    # Traced like with the default backend, but executed without a C++ compiler.
    compiled = torch.compile(lambda inputs: layer(inputs, mask=mask), backend="eager")
    try:
        np.testing.assert_allclose(to_numpy(compiled(x)), to_numpy(layer(x, mask=mask)), rtol=1e-6)
    finally:
        torch._dynamo.reset()


@pytest.mark.parametrize("case", [CASES[5], CASES[7], CASES[10]], ids=lambda case: case.name)
def test_fit_in_mixed_precision(case: Case) -> None:
    keras.config.set_dtype_policy("mixed_float16")
    try:
        model = classifier(case)
        model.compile(keras.optimizers.Adam(0.01), "mse")
        history = model.fit(IDS, TARGETS, epochs=3, verbose=0)
    finally:
        keras.config.set_dtype_policy("float32")
    assert np.isfinite(history.history["loss"]).all()
    assert all(np.isfinite(weight).all() for weight in model.get_weights())
