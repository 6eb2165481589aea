"""Benchmark of hashing the 25,000 IMDB training reviews into a multi-hot matrix."""

import tarfile

import numpy as np
import pytest

from conformance.benchmarks.measure.peers import peer
from conformance.benchmarks.pages.claims import Claim
from keras_seqext import HashingOneHot

pytestmark = pytest.mark.backend_free

BINS, PART = 1000, 5000


def test_hashing_reviews(compare, real_data):
    reviews = training_reviews(real_data / "aclImdb_v1.tar.gz")
    hashing = HashingOneHot(BINS, output_mode="multi_hot")
    part = PART / len(reviews)
    compare(
        Claim(
            "hash-reviews",
            "Hashing IMDB's 25,000 reviews, text to multi-hot matrix",
            "reviews/s",
            len(reviews),
            bytes=sum(len(review.encode()) for review in reviews),
            note="`TextVectorization` encodes 5,000 reviews and its time is scaled up by five; its "
            "vocabulary is fitted before. All matrices are dense.",
        ),
        lambda: hashing.matrix(reviews),
        [
            peer("scikit-learn HashingVectorizer", "sklearn", lambda: vectorizer(reviews), 2),
            peer("TextVectorization", "tensorflow", lambda: keras_layer(reviews), 2, work=part),
        ],
        rounds=3,
    )


def training_reviews(path):
    """Return the training reviews of both labels in the order of the archive."""
    with tarfile.open(path) as archive:
        return [
            archive.extractfile(member).read().decode()
            for member in archive
            if member.name.startswith(("aclImdb/train/pos/", "aclImdb/train/neg/"))
        ]


def vectorizer(reviews):
    from sklearn.feature_extraction.text import HashingVectorizer

    hashing = HashingVectorizer(
        n_features=BINS, binary=True, norm=None, alternate_sign=False, dtype=np.float32
    )
    return lambda: hashing.transform(reviews).toarray()


def keras_layer(reviews):
    import keras

    layer = keras.layers.TextVectorization(max_tokens=BINS, output_mode="multi_hot")
    layer.adapt(reviews[:PART])
    return lambda: [np.asarray(layer(reviews[i : i + 500])) for i in range(0, PART, 500)] and None
