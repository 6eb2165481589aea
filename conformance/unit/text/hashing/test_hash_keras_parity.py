"""Bins compared with `keras.layers.Hashing`: random Unicode, integers, all of IMDB."""

import re
import tarfile
from pathlib import Path

import keras
import numpy as np
import pytest

from conftest import to_numpy
from keras_seqext.text.hashing.hashing_one_hot import HashingOneHot

pytestmark = pytest.mark.skipif(
    keras.backend.backend() != "tensorflow", reason="keras.layers.Hashing needs TensorFlow"
)

OPTIONS = [
    {"num_bins": 1000},
    {"num_bins": 2**31 - 1},
    {"num_bins": 997, "salt": 133},
    {"num_bins": 2**20, "salt": [-5, 2**63 - 1]},
    {"num_bins": 1000, "mask_value": ""},
    {"num_bins": 3, "mask_value": "the", "salt": (1, 2)},
    {"num_bins": 1, "mask_value": ""},
]
each_option = pytest.mark.parametrize("options", OPTIONS, ids=str)


def random_strings(count: int) -> list[str]:
    """Return strings of 0 to 300 characters, mostly short, of all UTF-8 lengths."""
    rng = np.random.default_rng(0)
    strings = []
    for length in np.minimum(rng.geometric(0.06, count) - 1, 300):
        limit = rng.choice([0x80, 0x800, 0x10000, 0x110000])
        points = rng.integers(0, limit, length)
        points[(points >= 0xD800) & (points < 0xE000)] = 0
        strings.append("".join(map(chr, points)))
    return strings


def keras_bins(tokens: object, **options: object) -> np.ndarray:
    return to_numpy(keras.layers.Hashing(**options)(tokens))


@each_option
def test_ten_thousand_random_unicode_strings(options: dict[str, object]) -> None:
    strings = [*random_strings(10_000), "", "the", "\0", "a\0"]
    got = HashingOneHot(output_mode="int", **options).to_ids(strings)
    np.testing.assert_array_equal(got, keras_bins(np.array(strings, object), **options))


@pytest.mark.parametrize("dtype", ["int8", "uint8", "int32", "uint32", "int64", "uint64"])
@pytest.mark.parametrize("salt", [None, (3, 4)])
def test_ten_thousand_random_integers(dtype: str, salt: tuple[int, int] | None) -> None:
    rng, limits = np.random.default_rng(1), np.iinfo(dtype)
    values = rng.integers(limits.min, limits.max, 10_000, dtype, endpoint=True)
    values = values >> rng.integers(0, limits.bits, 10_000).astype(dtype)  # all numbers of digits
    values[:4] = limits.min, limits.max, 0, 1
    for mask_value in (None, 1):
        options = {"num_bins": 1000, "salt": salt, "mask_value": mask_value}
        layer = HashingOneHot(output_mode="int", **options)
        want = keras_bins(values, **options)
        np.testing.assert_array_equal(layer.to_ids(values), want)
        np.testing.assert_array_equal(to_numpy(layer(keras.ops.convert_to_tensor(values))), want)


@pytest.mark.parametrize("output_mode", ["one_hot", "multi_hot", "count"])
@pytest.mark.parametrize("shape", [(6,), (4, 6)])
def test_encodings_equal_keras(output_mode: str, shape: tuple[int, ...]) -> None:
    tokens = np.random.default_rng(2).choice(np.array(["a", "b", "", "cat"], object), shape)
    options = {"num_bins": 5, "output_mode": output_mode, "mask_value": ""}
    got = HashingOneHot(**options)(tokens)
    np.testing.assert_array_equal(to_numpy(got), keras_bins(tokens, **options))


def distinct_tokens(folder: Path) -> list[str]:
    path = folder / "aclImdb_v1.tar.gz"
    if not path.exists():
        pytest.skip(f"real data: no {path.name} in the data folder")
    words: set[str] = set()
    with tarfile.open(path) as archive:
        for member in archive:
            if member.isfile() and re.search(r"/(train|test)/(pos|neg)/", member.name):
                stream = archive.extractfile(member)
                assert stream is not None
                text = stream.read().decode("utf-8")
                words.update(text.split(), re.findall(r"\w+", text.lower()))
    return sorted(words)


def test_every_distinct_token_of_imdb(real_data: Path) -> None:
    words = distinct_tokens(real_data)
    assert len(words) > 300_000
    array = np.array(words, object)
    for options in (
        {"num_bins": 1000},
        {"num_bins": 1000, "salt": (133, 137)},
        {"num_bins": 10_000, "mask_value": "the"},
        {"num_bins": 10_000, "mask_value": "the", "salt": 7},
    ):
        got = HashingOneHot(output_mode="int", **options).to_ids(words)
        np.testing.assert_array_equal(got, keras_bins(array, **options), err_msg=str(options))
