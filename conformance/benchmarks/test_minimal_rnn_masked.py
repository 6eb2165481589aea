"""Benchmark of a training step of MinimalRNN on padded sequences with a mask."""

import keras

from conformance.benchmarks.measure.training import sequence_batch, training_step
from conformance.benchmarks.pages.claims import Claim, Peer
from keras_seqext import MinimalRNN

BATCH, STEPS, UNITS = 128, 500, 32
AT_LEAST = {"torch": 5, "jax": 1.5, "tensorflow": 1.2}


def test_masked_minimal_rnn_training_step(compare):
    arrays, targets = sequence_batch(BATCH, STEPS, 14)

    def step(layer):
        return training_step(layer, arrays, targets, BATCH, masked=True)

    at_least = AT_LEAST[keras.backend.backend()]
    compare(
        Claim("minimal-rnn-masked", "MinimalRNN training step with a mask", "steps/s"),
        step(MinimalRNN(UNITS)),
        [Peer("keras SimpleRNN", step(keras.layers.SimpleRNN(UNITS)), at_least)],
        rounds=7,
    )
