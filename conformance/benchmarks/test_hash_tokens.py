"""Benchmark of hashing tokens from Python strings to bins."""

import string

import numpy as np
import pytest

from conformance.benchmarks.measure.peers import peer
from conformance.benchmarks.pages.claims import Claim
from keras_seqext import HashingOneHot

pytestmark = pytest.mark.backend_free

TOKENS, BINS = 200_000, 1000


def test_hashing_tokens(compare):
    tokens = zipf_tokens(TOKENS)
    hashing, part = HashingOneHot(BINS), tokens[: TOKENS // 10]
    compare(
        Claim(
            "hash-tokens",
            "Hashing tokens from Python strings to bins",
            "tokens/s",
            TOKENS,
            note="Keras hashes a tenth of the tokens; its time is scaled up by ten.",
        ),
        lambda: hashing.to_ids(tokens),
        [
            peer("keras.layers.Hashing", "tensorflow", lambda: keras_hashing(part), 4, work=0.1),
            peer("scikit-learn FeatureHasher", "sklearn", lambda: feature_hasher(tokens), 4),
        ],
        rounds=9,
    )


def zipf_tokens(count):
    """Return words with the frequencies of natural text, a Zipf distribution."""
    rng = np.random.default_rng(0)
    letters = np.array(list(string.ascii_lowercase))
    words = ["".join(rng.choice(letters, n)) for n in rng.integers(2, 12, 50_000)]
    ranks = np.minimum(rng.zipf(1.2, count), len(words)) - 1
    return [words[rank] for rank in ranks.tolist()]


def keras_hashing(tokens):
    import keras

    layer = keras.layers.Hashing(BINS)
    return lambda: np.asarray(layer(tokens))


def feature_hasher(tokens):
    from sklearn.feature_extraction import FeatureHasher

    hasher = FeatureHasher(BINS, input_type="string", alternate_sign=False)
    return lambda: hasher.transform([tokens])
