"""`HashingOneHot` as a Keras layer: eager, symbolic and compiled calls, saving, training."""

import json
from pathlib import Path

import keras
import numpy as np
import pytest

from conftest import to_numpy
from keras_seqext.text.hashing.hashing_one_hot import HashingOneHot

BACKEND = keras.backend.backend()
MODES = ["one_hot", "multi_hot", "count", "int"]
ROWS = [["the", "cat", "the", ""], ["a", "", "", "dog"]]
INTEGERS = np.array([[5, -1, 5, 0], [7, 0, 0, 12]], "int32")
SHAPES = [(), (3,), (2, 4), (2, 1), (2, 0), (2, 3, 4)]
each_mode = pytest.mark.parametrize("mode", MODES)
sparse_only = pytest.mark.skipif(BACKEND == "torch", reason="torch has no sparse tensors in Keras")


def encoded(ids: np.ndarray, mode: str, num_bins: int) -> np.ndarray:
    """Encode ids in NumPy, as the reference."""
    if mode == "int":
        return ids
    one_hot = np.eye(num_bins)[ids]
    if mode == "one_hot":
        return one_hot
    counts = one_hot if ids.ndim == 0 else one_hot.sum(axis=-2)
    return np.minimum(counts, 1) if mode == "multi_hot" else counts


@each_mode
@pytest.mark.parametrize("shape", SHAPES, ids=str)
def test_values_shape_and_dtype_for_strings_of_any_rank(mode: str, shape: tuple[int, ...]) -> None:
    tokens = np.random.default_rng(0).choice(np.array(["a", "b", "c", ""], object), shape)
    layer = HashingOneHot(7, mode, mask_value="")
    got = layer(tokens)
    want = encoded(layer.to_ids(tokens), mode, 7)
    np.testing.assert_array_equal(to_numpy(got), want)
    assert tuple(got.shape) == want.shape
    assert keras.backend.standardize_dtype(got.dtype) == ("int32" if mode == "int" else "float32")


@each_mode
@pytest.mark.parametrize("ngrams", [1, 3])
@pytest.mark.parametrize("shape", [(2, 4), (2, 1), (2, 2), (2, 3, 4)], ids=str)
def test_symbolic_eager_and_compiled_integers_agree(
    mode: str, ngrams: int, shape: tuple[int, ...]
) -> None:
    values = np.random.default_rng(1).integers(-3, 100, shape).astype("int32")
    layer = HashingOneHot(11, mode, ngrams=ngrams, mask_value=0, salt=(3, 4))
    inputs = keras.Input(shape[1:], dtype="int32")
    outputs = layer(inputs)
    model = keras.Model(inputs, outputs)
    want = encoded(layer.to_ids(values), mode, 11)
    assert outputs.shape == (None, *want.shape[1:])
    assert outputs.dtype == ("int32" if mode == "int" else "float32")
    for got in (
        layer(values),
        layer(keras.ops.convert_to_tensor(values)),
        model(values),
        model.predict(values, verbose=0),
    ):
        np.testing.assert_array_equal(to_numpy(got), want)


@each_mode
def test_a_layer_without_weights_is_built_when_constructed(mode: str) -> None:
    hashing = HashingOneHot(9, mode)
    assert hashing.built and hashing.encoder().built
    assert not hashing.weights
    assert HashingOneHot.from_config(hashing.get_config()).built


def test_steps_may_be_unknown() -> None:
    inputs = keras.Input((None,), dtype="int32")
    assert HashingOneHot(9, ngrams=2)(inputs).shape == (None, None, 9)
    assert HashingOneHot(9, "count", ngrams=2)(inputs).shape == (None, 9)
    model = keras.Model(inputs, HashingOneHot(9, "int", ngrams=2)(inputs))
    for steps in (3, 5):
        assert model.predict(np.ones((2, steps), "int32"), verbose=0).shape == (2, 2 * steps - 1)


def test_a_dense_layer_after_one_hot() -> None:
    model = keras.Sequential(
        [keras.Input((2,), dtype="int32"), HashingOneHot(8), keras.layers.Dense(3)]
    )
    assert model.output_shape == (None, 2, 3)
    assert model.predict(np.ones((2, 2), "int32"), verbose=0).shape == (2, 2, 3)


def test_integers_of_64_bits_are_not_truncated() -> None:
    values = np.array([[2**40, 2**63 - 1]])
    want = HashingOneHot(1000, "int")([[str(2**40), str(2**63 - 1)]])
    np.testing.assert_array_equal(
        to_numpy(HashingOneHot(1000, "int")(values)), to_numpy(want)
    )  # Keras itself would convert them to int32 on JAX


@each_mode
@pytest.mark.parametrize("ngrams", [1, 2])
def test_fit_on_ids_of_strings(mode: str, ngrams: int, tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    words = np.array(["good", "bad", "film", "the", ""], object)
    texts = rng.choice(words, (64, 6))
    labels = (texts == "good").any(axis=1).astype("float32")
    hashing = HashingOneHot(50, mode, ngrams=ngrams, mask_value="", salt=1)
    ids = hashing.to_ids(texts)
    model = keras.Sequential([keras.Input(ids.shape[1:], dtype="int32"), hashing.encoder()])
    if mode == "int":
        model.add(keras.layers.Embedding(50, 4))
    if mode in ("int", "one_hot"):
        model.add(keras.layers.GlobalAveragePooling1D())
    model.add(keras.layers.Dense(1, activation="sigmoid"))
    model.compile("adam", "binary_crossentropy")
    model.fit(ids, labels, epochs=2, batch_size=16, verbose=0)
    model.save(tmp_path / "model.keras")
    loaded = keras.saving.load_model(tmp_path / "model.keras")
    want = model.predict(ids, verbose=0)
    np.testing.assert_allclose(loaded.predict(ids, verbose=0), want, rtol=1e-5, atol=1e-6)


@each_mode
def test_encoder_of_ids_equals_the_layer(mode: str) -> None:
    hashing = HashingOneHot(6, mode, ngrams=2, mask_value="")
    ids = hashing.to_ids(ROWS)
    inputs = keras.Input(ids.shape[1:], dtype="int32")
    model = keras.Model(inputs, hashing.encoder()(inputs))
    want = to_numpy(hashing(ROWS))
    np.testing.assert_array_equal(model.predict(ids, verbose=0), want)
    np.testing.assert_array_equal(to_numpy(hashing.encoder()(ids)), want)


@pytest.mark.parametrize("ids", [[[6]], [[-1]], [[0.5]], [["word"]]])
def test_encoder_raises_for_invalid_ids(ids: object) -> None:
    with pytest.raises(ValueError, match="must be ids returned by `to_ids`, from 0 to 5"):
        HashingOneHot(6).encoder()(ids)


@pytest.mark.parametrize("mode", ["count", "multi_hot"])
def test_an_id_out_of_range_is_not_counted_in_another_row(mode: str) -> None:
    ids = keras.ops.convert_to_tensor(np.array([[9, 0], [-1, 2]], "int32"))
    got = to_numpy(HashingOneHot(3, mode, hashed=True)(ids))
    np.testing.assert_array_equal(got, [[1, 0, 0], [0, 0, 1]])


@pytest.mark.parametrize("policy", ["mixed_float16", "mixed_bfloat16", "float64"])
def test_dtype_policies(policy: str) -> None:
    layer, want = HashingOneHot(4, "count", dtype=policy), policy.removeprefix("mixed_")
    assert layer(keras.Input((4,), dtype="int32")).dtype == want
    if want == "float64" and BACKEND == "jax":
        pytest.skip("JAX supports float64 only if it is enabled for the whole process")
    assert keras.backend.standardize_dtype(layer(ROWS).dtype) == want


def test_int_mode_accepts_int64_and_raises_for_floats() -> None:
    assert HashingOneHot(4, "int", dtype="int64").compute_dtype == "int64"
    with pytest.raises(ValueError, match="requires dtype='int32' or 'int64'"):
        HashingOneHot(4, "int", dtype="float32")


@pytest.mark.parametrize("salt", [None, 5, (5, 6), [5, 6]])
@pytest.mark.parametrize("mask_value", [None, "", "naïve", 0])
def test_config_is_json_and_round_trips(
    salt: int | tuple[int, int] | None, mask_value: str | int | None
) -> None:
    layer = HashingOneHot(30, "count", ngrams=2, salt=salt, mask_value=mask_value)
    config = json.loads(json.dumps(layer.get_config()))
    again = HashingOneHot.from_config(config)
    assert again.get_config() == layer.get_config()
    tokens = INTEGERS if mask_value == 0 else ROWS
    np.testing.assert_array_equal(to_numpy(again(tokens)), to_numpy(layer(tokens)))


def test_collisions() -> None:
    words = [f"w{n}" for n in range(1000)]
    layer = HashingOneHot(1001, mask_value="", ngrams=2)
    assert round(layer.expected_collisions(1000)) == 368
    assert layer.measured_collisions([*words, "w1", ""]) == 1000 - len(
        set(layer.token_hash.ids([[w] for w in words]).ravel())
    )
    assert 300 < layer.measured_collisions(words) < 440


class TestMasks:
    def test_one_hot_masks_padded_steps(self) -> None:
        inputs = keras.Input((4,), dtype="int32")
        outputs = HashingOneHot(9, mask_value=0)(inputs)
        model = keras.Model(inputs, keras.layers.GlobalAveragePooling1D()(outputs))
        want = [
            to_numpy(HashingOneHot(9, mask_value=0)(row[row != 0])).mean(axis=0) for row in INTEGERS
        ]
        np.testing.assert_allclose(model.predict(INTEGERS, verbose=0), want, rtol=1e-6)

    @pytest.mark.parametrize("ngrams", [1, 2, 3, 5])
    def test_the_mask_is_where_ids_are_not_zero(self, ngrams: int) -> None:
        hashing = HashingOneHot(9, mask_value=0, ngrams=ngrams)
        ids = hashing.to_ids(INTEGERS)
        got = hashing.compute_mask(keras.ops.convert_to_tensor(INTEGERS))
        np.testing.assert_array_equal(to_numpy(got), ids != 0)
        got = hashing.encoder().compute_mask(keras.ops.convert_to_tensor(ids))
        np.testing.assert_array_equal(to_numpy(got), ids != 0)

    def test_the_mask_of_the_inputs_is_passed_on(self) -> None:
        values = keras.ops.convert_to_tensor(INTEGERS)
        mask = keras.ops.convert_to_tensor(np.array([[1, 1, 0, 1], [0, 1, 1, 1]], "bool"))
        for hashing in (HashingOneHot(9), HashingOneHot(9, hashed=True)):
            np.testing.assert_array_equal(
                to_numpy(hashing.compute_mask(values, mask)), to_numpy(mask)
            )
        both = HashingOneHot(9, mask_value=0).compute_mask(values, mask)
        np.testing.assert_array_equal(to_numpy(both), to_numpy(mask) & (INTEGERS != 0))

    def test_int_mode_creates_no_mask_but_passes_one_on(self) -> None:
        values = keras.ops.convert_to_tensor(INTEGERS)
        mask = keras.ops.convert_to_tensor(INTEGERS > 5)
        hashing = HashingOneHot(9, "int", mask_value=0)
        assert hashing.compute_mask(values) is None
        np.testing.assert_array_equal(to_numpy(hashing.compute_mask(values, mask)), INTEGERS > 5)

    def test_a_mask_value_that_the_dtype_cannot_hold_masks_nothing(self) -> None:
        values = keras.ops.convert_to_tensor(np.array([[1, 2]], "uint8"))
        hashing = HashingOneHot(9, mask_value=-1)
        assert to_numpy(hashing.compute_mask(values)).all()
        assert to_numpy(hashing(values))[..., 0].sum() == 0

    @pytest.mark.parametrize("mode", ["count", "multi_hot"])
    def test_the_mask_ends_where_the_steps_end(self, mode: str) -> None:
        values = keras.ops.convert_to_tensor(INTEGERS)
        assert HashingOneHot(9, mode, mask_value=0).compute_mask(values) is None


@sparse_only
class TestSparse:
    @staticmethod
    def dense(tensor: object) -> np.ndarray:
        if BACKEND == "tensorflow":
            import tensorflow as tf

            assert isinstance(tensor, tf.SparseTensor)
            return tf.sparse.to_dense(tf.sparse.reorder(tensor)).numpy()
        from jax.experimental.sparse import BCOO

        assert isinstance(tensor, BCOO)
        return np.asarray(tensor.todense())

    @pytest.mark.parametrize("mode", MODES[:3])
    @pytest.mark.parametrize("shape", [(3,), (2, 4), (2, 3, 4)], ids=str)
    def test_equals_dense(self, mode: str, shape: tuple[int, ...]) -> None:
        tokens = np.random.default_rng(0).choice(np.array(["a", "b", "c", ""], object), shape)
        layer = HashingOneHot(7, mode, sparse=True, mask_value="")
        want = to_numpy(HashingOneHot(7, mode, mask_value="")(tokens))
        np.testing.assert_array_equal(self.dense(layer(tokens)), want)
        assert keras.backend.standardize_dtype(layer(tokens).dtype) == "float32"
        of_integers = HashingOneHot(7, mode, sparse=True)
        assert of_integers(keras.Input((4,), dtype="int32")).sparse

    @pytest.mark.parametrize("mode", MODES[:3])
    def test_compiled(self, mode: str) -> None:
        layer = HashingOneHot(7, mode, sparse=True)
        want = to_numpy(HashingOneHot(7, mode)(INTEGERS))
        if BACKEND == "jax":
            import jax

            got = jax.jit(lambda values: layer(values).todense())(INTEGERS)
            np.testing.assert_array_equal(np.asarray(got), want)
        else:
            import tensorflow as tf

            got = tf.function(layer)(tf.constant(INTEGERS))
            np.testing.assert_array_equal(self.dense(got), want)


@pytest.mark.skipif(BACKEND != "torch", reason="the other backends have sparse tensors")
def test_sparse_raises_on_torch() -> None:
    with pytest.raises(ValueError, match="on TensorFlow or JAX.*on torch; use sparse=False"):
        HashingOneHot(5, sparse=True)


@pytest.mark.skipif(BACKEND != "jax", reason="jax.jit and jax.vmap")
def test_integers_under_jit_and_vmap_and_in_bulk() -> None:
    import jax

    layer = HashingOneHot(1000, "int")
    values = np.arange(-500_000, 500_000, dtype="int32").reshape(1000, 1000)
    want = layer.to_ids(values)
    np.testing.assert_array_equal(jax.jit(layer)(values), want)
    np.testing.assert_array_equal(jax.jit(jax.vmap(layer))(values[:5]), want[:5])


def test_tensors_of_other_dtypes_raise() -> None:
    layer = HashingOneHot(5)
    with pytest.raises(TypeError, match=r"dtype float32.*keras.Input\(shape, dtype='int32'\)"):
        layer(keras.Input((3,)))
    with pytest.raises(TypeError, match="`mask_value` must have the type of the tokens"):
        HashingOneHot(5, mask_value="")(keras.Input((3,), dtype="int32"))
    with pytest.raises(TypeError, match=r"must be strings or integers"):
        layer(keras.ops.convert_to_tensor([[1.5]]))
