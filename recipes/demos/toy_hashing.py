"""Hashing trick with shape `(2, 10, 1000)`, reproducible bins and counted collisions."""

import string

import keras

from keras_seqext import HashingOneHot, Tokenizer, pad_ids
from recipes._engine.demo_result import write_demo_result
from recipes._engine.run_options import RunOptions

TEXTS = ["The cat sat on the mat.", "The dog ate my homework."]


def run(options: RunOptions) -> None:
    hashing = HashingOneHot(num_bins=1_000, mask_value="")
    rows = [hashing.to_ids(Tokenizer()(text)) for text in TEXTS]
    ids, _ = pad_ids(rows, 10, padding="right", truncation="right")
    vectors = keras.ops.convert_to_numpy(hashing.encoder()(ids))
    assert vectors.shape == (2, 10, 1_000)
    words = [f"{a}{b}{c}" for a in string.ascii_lowercase for b in "aeiou" for c in "nrst"]
    collisions = {
        f"{count:,} words": [
            round(hashing.expected_collisions(count), 1),
            hashing.measured_collisions(words[:count]),
        ]
        for count in (10, 100, 500)
    }
    write_demo_result(
        options,
        "toy-hashing",
        "the hashing trick in 1,000 bins",
        {
            "ids": ids.tolist(),
            "shape": list(vectors.shape),
            "words that share a bin, expected and counted": collisions,
        },
    )
