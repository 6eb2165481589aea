"""`GloVeEmbedding` in a layer: backends, dtypes, saving and loading."""

import copy
import json
import os
import pickle
import subprocess
import sys
import warnings
from pathlib import Path

import keras
import numpy as np
import pytest

from conftest import to_numpy
from keras_seqext.text.word_vectors.glove_embedding import GloVeEmbedding

from .word_vector_files import numbered_lines, write

WORDS = ["w3", "zzz", "W1", "w0's", "yyy"]
IDS = np.array([[1, 2, 3, 5, 0, 0], [4, 4, 0, 0, 0, 0]])
OOV = [2, 4, 5]


@pytest.fixture
def source(tmp_path: Path) -> Path:
    return write(tmp_path, numbered_lines(9))


def make(source: Path, **options: object) -> GloVeEmbedding:
    return GloVeEmbedding(source, WORDS, **{"cache": False, "seed": 3, **options})


def embedding(initializer: GloVeEmbedding, **options: object) -> keras.layers.Embedding:
    return keras.layers.Embedding(
        initializer.input_dim,
        initializer.output_dim,
        embeddings_initializer=initializer,
        mask_zero=True,
        trainable=False,
        **options,
    )


def model_of(initializer: GloVeEmbedding) -> keras.Model:
    model = keras.Sequential(
        [
            keras.Input((None,), dtype="int32"),
            embedding(initializer),
            keras.layers.GlobalAveragePooling1D(),
            keras.layers.Dense(1),
        ]
    )
    model.compile("sgd", "mse")
    return model


def count_own_warnings(caught: pytest.WarningsRecorder) -> int:
    """Count the warnings of `GloVeEmbedding`; NumPy may add some about array conversions."""
    return sum("GloVeEmbedding" in str(warning.message) for warning in caught)


@pytest.mark.parametrize("oov", ["zeros", "mean", "normal"])
def test_layer_looks_up_the_matrix(source: Path, oov: str) -> None:
    initializer = make(source, oov=oov)
    layer = embedding(initializer)
    got = to_numpy(layer(IDS))
    want = initializer.load()
    np.testing.assert_array_equal(got, want[IDS])
    np.testing.assert_array_equal(to_numpy(layer.compute_mask(IDS)), IDS != 0)
    assert want[:2].tolist() == [[0, 0, 0], np.float32([3, 3.1, 3.2]).tolist()]
    known = want[[1, 3]]  # the same on every backend: drawn by NumPy
    if oov == "normal":
        noise = np.random.default_rng(3).standard_normal((3, 3))
        drawn = known.mean(0, dtype=float) + noise * known.std(0, dtype=float)
        np.testing.assert_array_equal(want[OOV], drawn.astype(np.float32))
    else:
        fill = known.mean(0) if oov == "mean" else np.zeros(3)
        np.testing.assert_allclose(want[OOV], np.tile(fill, (3, 1)), rtol=1e-6)
    assert initializer.coverage is not None
    assert initializer.coverage.missing == ("zzz", "w0's", "yyy")


@pytest.mark.parametrize(
    ("policy", "variable"),
    [
        ("float32", "float32"),
        ("float16", "float16"),
        ("bfloat16", "bfloat16"),
        ("mixed_float16", "float32"),
        ("mixed_bfloat16", "float32"),
    ],
)
def test_dtype_policies(source: Path, policy: str, variable: str) -> None:
    initializer = make(source, oov="normal")
    layer = embedding(initializer, dtype=policy)
    output = layer(IDS)
    assert keras.backend.standardize_dtype(layer.embeddings.dtype) == variable
    assert keras.backend.standardize_dtype(output.dtype) == layer.compute_dtype
    got = to_numpy(keras.ops.cast(output, "float32"))
    np.testing.assert_allclose(got, initializer.load()[IDS], rtol=1e-2, atol=1e-3)


def test_float64(source: Path) -> None:
    dtype = (
        "float64" if keras.backend.backend() != "jax" else "float32"
    )  # JAX requires x64 for float64
    got = make(source)((6, 3), dtype=dtype)
    assert keras.backend.standardize_dtype(got.dtype) == dtype
    np.testing.assert_array_equal(to_numpy(got), make(source).load())


def test_default_dtype_is_floatx(source: Path) -> None:
    assert keras.backend.standardize_dtype(make(source)((6, 3)).dtype) == keras.config.floatx()


def test_extra_rows_have_the_oov_fill_and_other_rows_are_unchanged(source: Path) -> None:
    for oov in ("zeros", "mean", "normal"):
        initializer = make(source, oov=oov)
        more = to_numpy(initializer((9, 3)))
        matrix = initializer.load()
        np.testing.assert_array_equal(more[:6], matrix)
        assert np.isfinite(more).all()
        if oov == "mean":
            np.testing.assert_array_equal(more[6:], matrix[[2, 2, 2]])
        if oov == "normal":
            assert len(np.unique(more[OOV + [6, 7, 8]])) == 18


@pytest.mark.parametrize(
    ("shape", "message"),
    [
        ((5, 3), "has 5 rows, but the vocabulary requires 6.*Pass input_dim=6"),
        ((6, 4), "3 numbers"),
        ((6,), r"must be \(rows, dimension\). Received: shape=\(6,\)"),
        ((6, 3, 1), r"must be \(rows, dimension\)"),
        ((None, 3), r"must be \(rows, dimension\)"),
    ],
)
def test_shape_must_fit(source: Path, shape: tuple[int, ...], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        make(source)(shape)


def test_known_dimension_is_checked_before_reading(source: Path) -> None:
    with pytest.raises(
        ValueError, match="output_dim=4, but the word vectors have dimension 3.*output_dim=3"
    ):
        GloVeEmbedding("nowhere.txt", WORDS, dimension=3)((6, 4))


def test_argument_errors(source: Path) -> None:
    with pytest.raises(ValueError, match="`oov` must be one of 'zeros', 'mean', 'normal'"):
        make(source, oov="random")
    with pytest.raises(ValueError, match="`seed` must be an integer"):
        make(source, seed=-1)
    with pytest.raises(TypeError, match="`cache` must be True, False or a folder"):
        make(source, cache=None)
    with pytest.raises(TypeError, match="`source` must be the path"):
        GloVeEmbedding(None, WORDS)
    with pytest.raises(FileNotFoundError, match="nowhere"):
        GloVeEmbedding("nowhere.txt", WORDS, cache=False)((6, 3))
    with pytest.raises(ValueError, match=r"contains none of the 1 words, such as \['zzz'\]"):
        GloVeEmbedding(source, ["zzz"], cache=False).load()


def test_set_random_seed_makes_the_seed_reproducible(source: Path) -> None:
    keras.utils.set_random_seed(5)
    one = make(source, oov="normal", seed=None).load()
    keras.utils.set_random_seed(5)
    np.testing.assert_array_equal(make(source, oov="normal", seed=None).load(), one)


def test_config_is_small_and_round_trips(source: Path) -> None:
    words = [f"w{n}" for n in range(5000)]
    initializer = GloVeEmbedding(source, words, cache=False, seed=1)
    unread = initializer.get_config()
    initializer.load()
    config = initializer.get_config()
    assert config == {**unread, "dimension": 3}
    assert len(json.dumps(config)) < 500
    assert config["source"] == "tiny.txt"
    assert config["fingerprints"]["input_dim"] == 5001
    rebuilt = keras.initializers.deserialize(
        json.loads(json.dumps(keras.initializers.serialize(initializer)))
    )
    assert isinstance(rebuilt, GloVeEmbedding)
    assert rebuilt.get_config() == config
    assert (rebuilt.input_dim, rebuilt.output_dim) == (5001, 3)
    with pytest.raises(ValueError, match="created without a vocabulary"):
        rebuilt.load()


def test_without_vocabulary_returns_oov_fill_and_warns_once(source: Path) -> None:
    for oov in ("zeros", "mean", "normal"):
        rebuilt = GloVeEmbedding.from_config(make(source, oov=oov).get_config())
        with pytest.warns(UserWarning, match=r"`clone.set_weights\(model.get_weights") as caught:
            one = to_numpy(rebuilt((6, 3)))
            two = to_numpy(rebuilt((6, 3)))
        assert count_own_warnings(caught) == 1
        np.testing.assert_array_equal(one, two)
        assert one[0].tolist() == [0, 0, 0]
        assert one[1:].any() == (oov == "normal")
        assert abs(one).max() < 0.3


@pytest.mark.parametrize("oov", ["zeros", "normal"])
def test_saved_model_does_not_require_the_file(source: Path, tmp_path: Path, oov: str) -> None:
    model = model_of(make(source, oov=oov))
    model.fit(IDS, np.ones((2, 1)), verbose=0)
    want = model.predict(IDS, verbose=0)
    model.save(tmp_path / "model.keras")
    source.unlink()
    loaded = keras.models.load_model(tmp_path / "model.keras")
    np.testing.assert_array_equal(loaded.predict(IDS, verbose=0), want)
    np.testing.assert_array_equal(loaded.get_weights()[0], model.get_weights()[0])
    loaded.save(tmp_path / "again.keras")  # a loaded model can be saved and loaded again
    again = keras.models.load_model(tmp_path / "again.keras")
    np.testing.assert_array_equal(again.predict(IDS, verbose=0), want)


def test_saved_model_loads_in_a_fresh_process(source: Path, tmp_path: Path) -> None:
    model = model_of(make(source, oov="normal"))
    model.save(tmp_path / "model.keras")
    want = model.predict(IDS, verbose=0)
    source.unlink()
    script = (
        "import sys, keras, numpy, keras_seqext.text.word_vectors.glove_embedding\n"
        f"model = keras.models.load_model(sys.argv[1])\n"
        f"numpy.save(sys.argv[2], model.predict(numpy.array({IDS.tolist()}), verbose=0))\n"
    )
    files = [str(tmp_path / "model.keras"), str(tmp_path / "got.npy")]
    environment = {**os.environ, "KERAS_BACKEND": keras.backend.backend()}
    subprocess.run([sys.executable, "-c", script, *files], check=True, env=environment)
    np.testing.assert_allclose(np.load(files[1]), want, rtol=1e-6)


def test_a_model_is_loaded_without_a_warning(source: Path, tmp_path: Path) -> None:
    model = model_of(make(source))
    model.save(tmp_path / "model.keras")
    want = model.predict(IDS, verbose=0)
    for load in (keras.saving.load_model, keras.models.load_model):
        with warnings.catch_warnings():
            warnings.filterwarnings("error", message="GloVeEmbedding")
            loaded = load(tmp_path / "model.keras")
        np.testing.assert_allclose(loaded.predict(IDS, verbose=0), want, rtol=1e-6)
    # Without the weights of the file, the embedding is empty.
    with pytest.warns(UserWarning, match="has no vocabulary.*or `load_weights`"):
        empty = keras.models.model_from_json(model.to_json())
    assert not empty.get_weights()[0].any()
    with pytest.warns(UserWarning, match="has no vocabulary"):
        keras.models.clone_model(loaded)


def test_clone_warns_and_accepts_weights(source: Path) -> None:
    model = model_of(make(source))
    with pytest.warns(UserWarning, match="set_weights") as caught:
        clone = keras.models.clone_model(model)
    assert count_own_warnings(caught) == 1
    assert not clone.get_weights()[0].any()
    clone.set_weights(model.get_weights())
    np.testing.assert_array_equal(clone.predict(IDS, verbose=0), model.predict(IDS, verbose=0))


def test_copies_can_read_the_file(source: Path) -> None:
    initializer = make(source, oov="normal")
    want = initializer.load()
    copies = [copy.deepcopy(initializer), pickle.loads(pickle.dumps(initializer))]
    with warnings.catch_warnings():
        warnings.filterwarnings("error", message="GloVeEmbedding")
        for other in [*copies, initializer.clone(), copy.copy(make(source, oov="normal"))]:
            np.testing.assert_array_equal(to_numpy(other((6, 3))), want)
            np.testing.assert_array_equal(other.load(), want)


def test_coverage_reads_the_file(source: Path) -> None:
    initializer = make(source)
    assert "not read yet" in repr(initializer)
    assert initializer.coverage is not None
    assert initializer.coverage.missing == ("zzz", "w0's", "yyy")
    source.unlink()
    assert to_numpy(initializer((6, 3)))[1].any()  # the file was read once
    assert GloVeEmbedding.from_config(initializer.get_config()).coverage is None
    with pytest.raises(FileNotFoundError):
        _ = make(source).coverage


def test_coverage_counts_skipped_lines(tmp_path: Path) -> None:
    source = write(tmp_path, b"caf\xe9 1 2 3\n" + numbered_lines(9).encode())
    for _ in range(2):  # the second time from the cache
        coverage = make(source, cache=tmp_path).coverage
        assert coverage is not None
        assert coverage.skipped_lines == 1
        assert repr(coverage).endswith("\n1 line skipped: not UTF-8")
    assert "skipped" not in repr(make(write(tmp_path, numbered_lines(9), "valid.txt")).coverage)


def test_load_returns_a_copy_and_the_file_is_read_once(source: Path) -> None:
    initializer = make(source)
    initializer.load()[:] = 7
    source.unlink()
    assert to_numpy(initializer((6, 3)))[1].tolist() == np.float32([3, 3.1, 3.2]).tolist()


def test_relative_path_and_home_directory(source: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(source.parent)
    assert make(Path("tiny.txt")).output_dim == 3
    monkeypatch.setenv("HOME", str(source.parent))
    assert GloVeEmbedding("~/tiny.txt", WORDS, cache=False).output_dim == 3
