"""`HashingOneHot` on TensorFlow tensors and in `tf.data`, under every backend."""

import keras
import numpy as np
import pytest

from conftest import to_numpy
from keras_seqext.text.hashing.hashing_one_hot import HashingOneHot

tf = pytest.importorskip("tensorflow")

ROWS = [["the", "cat", "the", ""], ["a", "", "né", "dog"]]
LAYERS = [
    {"output_mode": "int"},
    {"output_mode": "int", "salt": (3, 4), "mask_value": ""},
    {"output_mode": "int", "ngrams": 3, "mask_value": ""},
    {"output_mode": "int", "ngrams": 6},
    {"output_mode": "one_hot", "ngrams": 2},
    {"output_mode": "multi_hot", "mask_value": "", "ngrams": 2},
    {"output_mode": "count", "mask_value": ""},
]
each_layer = pytest.mark.parametrize("options", LAYERS, ids=str)


@each_layer
def test_string_tensors(options: dict[str, object]) -> None:
    layer = HashingOneHot(13, **options)
    got = layer(tf.constant(ROWS))
    assert tf.is_tensor(got)
    np.testing.assert_array_equal(got.numpy(), to_numpy(layer(ROWS)))


@each_layer
@pytest.mark.parametrize("batched", [True, False])
def test_inside_a_dataset_map(options: dict[str, object], batched: bool) -> None:
    layer = HashingOneHot(13, **options)
    dataset = tf.data.Dataset.from_tensor_slices(np.array(ROWS, object))
    dataset = dataset.batch(2) if batched else dataset
    got = list(dataset.map(layer).as_numpy_iterator())
    want = to_numpy(layer(ROWS))
    np.testing.assert_array_equal(got[0] if batched else got, want)


def test_rows_of_unknown_length_in_a_graph() -> None:
    layer = HashingOneHot(13, "count", ngrams=2, mask_value="")

    @tf.function(input_signature=[tf.TensorSpec([None, None], tf.string)])
    def count(tokens: object) -> object:
        return layer(tokens)

    for rows in (ROWS, [["a"]], [["a", ""]] * 3):
        np.testing.assert_array_equal(count(tf.constant(rows)).numpy(), to_numpy(layer(rows)))


@pytest.mark.parametrize("dtype", ["int8", "int32", "int64", "uint64"])
@pytest.mark.parametrize("mask_value", [None, 0, -1, 2**40])
def test_integer_tensors(dtype: str, mask_value: int | None) -> None:
    values = np.array([[0, 5, 0], [7, 1, 127]], dtype)
    layer = HashingOneHot(13, "int", mask_value=mask_value, ngrams=2)
    np.testing.assert_array_equal(to_numpy(layer(tf.constant(values))), layer.to_ids(values))


def test_fit_from_a_dataset_of_strings() -> None:
    keras.utils.set_random_seed(0)
    rng = np.random.default_rng(0)
    texts = rng.choice(np.array(["good", "bad", "film", ""], object), (64, 5))
    labels = (texts == "good").any(axis=1).astype("float32")
    hashing = HashingOneHot(20, "multi_hot", mask_value="")
    dataset = tf.data.Dataset.from_tensor_slices((texts, labels)).batch(16)
    dataset = dataset.map(lambda tokens, label: (hashing(tokens), label))
    model = keras.Sequential([keras.layers.Dense(1, activation="sigmoid")])
    model.compile(keras.optimizers.Adam(0.05), "binary_crossentropy")
    losses = model.fit(dataset, epochs=15, shuffle=False, verbose=0).history["loss"]
    assert losses[-1] < losses[0] * 0.7


@pytest.mark.skipif(keras.backend.backend() != "tensorflow", reason="only TensorFlow has strings")
@pytest.mark.parametrize("mode", ["one_hot", "count", "int"])
def test_a_string_input_in_a_tensorflow_model(mode: str) -> None:
    layer = HashingOneHot(13, mode, mask_value="", ngrams=2)
    inputs = keras.Input((4,), dtype="string")
    model = keras.Model(inputs, layer(inputs))
    dataset = tf.data.Dataset.from_tensor_slices(np.array(ROWS, object)).batch(2)
    np.testing.assert_array_equal(model.predict(dataset, verbose=0), to_numpy(layer(ROWS)))


@pytest.mark.parametrize(
    ("tensor", "remedy"),
    [
        (lambda: tf.ragged.constant([["a"], ["b", "c"]]), "to_tensor"),
        (lambda: tf.sparse.from_dense([["a"]]), "to_dense"),
        (lambda: tf.constant([1.5]), "tf.cast"),
        (lambda: tf.constant([True]), "tf.cast"),
    ],
)
def test_unsupported_tensors_raise_with_a_remedy(tensor: object, remedy: str) -> None:
    with pytest.raises(TypeError, match=remedy):
        HashingOneHot(5)(tensor())  # type: ignore[operator]


def test_mask_value_of_another_type_raises() -> None:
    with pytest.raises(TypeError, match="`mask_value` must have the type of the tokens"):
        HashingOneHot(5, mask_value=0)(tf.constant(["a"]))
    with pytest.raises(TypeError, match="`mask_value` must have the type of the tokens"):
        HashingOneHot(5, mask_value="")(tf.constant([1]))
