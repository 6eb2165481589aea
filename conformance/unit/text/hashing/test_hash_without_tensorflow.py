"""Bins recorded from `keras.layers.Hashing`, in processes with and without TensorFlow."""

import json
import os
import subprocess
import sys
from importlib.util import find_spec

import numpy as np
import pytest

from keras_seqext.text.hashing.token_hash import TokenHash

TOKENS = [
    "the", "movie", "", "don't", "naïve", "영화", "\U0001f600", "a\0b", "a\0",
    "antidisestablishmentarianism", "x" * 40, "y" * 70, "z" * 200, "12", "-7",
]  # fmt: skip
INTEGERS = [0, 1, -1, 12, -7, 2**31, -(2**31) - 1, 2**63 - 1, -(2**63)]
# keras.layers.Hashing(1000, **options)(tokens) on TensorFlow 2.21, Keras 3.15.1.
STRING_BINS = [
    ({}, [354, 345, 263, 307, 233, 470, 395, 280, 180, 87, 852, 122, 92, 888, 62]),
    ({"salt": (133, 133)},
     [419, 913, 907, 488, 920, 970, 507, 136, 258, 38, 161, 677, 216, 609, 757]),
    ({"salt": (133, 137)},
     [331, 144, 900, 989, 308, 828, 751, 383, 169, 894, 846, 741, 406, 217, 228]),
    ({"mask_value": ""}, [137, 492, 0, 84, 88, 728, 975, 138, 696, 373, 739, 136, 382, 125, 30]),
    ({"mask_value": "the", "salt": (7, 7)},
     [0, 429, 506, 150, 292, 453, 40, 435, 858, 546, 20, 686, 86, 479, 658]),
]  # fmt: skip
INTEGER_BINS = [
    ({}, [735, 849, 430, 888, 62, 294, 400, 319, 112]),
    ({"salt": (133, 133)}, [385, 310, 766, 609, 757, 274, 321, 459, 299]),
    ({"mask_value": 0}, [0, 766, 139, 125, 30, 997, 198, 414, 960]),
]

# The module is hidden rather than made to fail at import: torch, like any package, may check
# whether TensorFlow can be found.
HIDE_TENSORFLOW = """
import sys

class Hiding:
    def __init__(self, finder):
        self.finder = finder

    def __getattr__(self, name):
        return getattr(self.finder, name)

    def find_spec(self, name, path=None, target=None):
        if name.split(".")[0] in ("tensorflow", "tensorflow_text", "tf_keras"):
            return None
        return self.finder.find_spec(name, path, target)

sys.meta_path[:] = [Hiding(finder) for finder in sys.meta_path]
"""
HASH_IN_LAYER = """
import json
from keras import ops
from keras_seqext.text.hashing.hashing_one_hot import HashingOneHot

tokens, options = json.loads(sys.argv[1])
layer = HashingOneHot(1000, output_mode="int", **options)
assert "tensorflow" not in sys.modules
print(json.dumps([layer.to_ids(tokens).tolist(), ops.convert_to_numpy(layer(tokens)).tolist()]))
"""


def fresh_process(backend: str, code: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", HIDE_TENSORFLOW + code, *arguments],
        env={**os.environ, "KERAS_BACKEND": backend, "PYTHONHASHSEED": "random"},
        capture_output=True,
        text=True,
        timeout=240,
    )


@pytest.mark.backend_free
@pytest.mark.parametrize(("options", "bins"), STRING_BINS)
def test_string_bins(options: dict[str, object], bins: list[int]) -> None:
    assert TokenHash(1000, **options).ids(TOKENS).tolist() == bins


@pytest.mark.backend_free
@pytest.mark.parametrize(("options", "bins"), INTEGER_BINS)
def test_integer_bins(options: dict[str, object], bins: list[int]) -> None:
    assert TokenHash(1000, **options).ids(np.array(INTEGERS)).tolist() == bins


@pytest.mark.backend_free
@pytest.mark.parametrize("backend", ["jax", "torch"])
def test_a_fresh_process_without_tensorflow_gives_the_same_bins(backend: str) -> None:
    if find_spec(backend) is None:
        pytest.skip(f"{backend} is not installed")
    for options, bins in (STRING_BINS[0], STRING_BINS[4]):
        done = fresh_process(backend, HASH_IN_LAYER, json.dumps([TOKENS, options]))
        assert done.returncode == 0, done.stderr
        assert json.loads(done.stdout) == [bins, bins]


@pytest.mark.backend_free
def test_hidden_tensorflow_cannot_be_imported() -> None:
    if find_spec("tensorflow") is None:
        pytest.skip("TensorFlow is not installed, so there is nothing to hide")
    done = fresh_process("tensorflow", "import tensorflow")
    assert done.returncode != 0
    assert "ModuleNotFoundError: No module named 'tensorflow'" in done.stderr
