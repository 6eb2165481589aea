"""Benchmark of a training step of MinimalRNN compared with SimpleRNN of Keras."""

import keras

from conformance.benchmarks.measure.gpu import torch_rnn
from conformance.benchmarks.measure.peers import peer
from conformance.benchmarks.measure.training import bare_products, sequence_batch, training_step
from conformance.benchmarks.pages.claims import Claim, Peer
from keras_seqext import MinimalRNN

BATCH, STEPS, UNITS = 128, 500, 32
# Products with both kernels: once in the forward pass and twice for the gradients.
FLOPS = 3 * 2 * BATCH * STEPS * UNITS * (14 + UNITS)
AT_LEAST = {"torch": 30, "jax": 2, "tensorflow": 1.5}


def test_minimal_rnn_training_step(compare):
    arrays, targets = sequence_batch(BATCH, STEPS, 14)

    def step(layer):
        return training_step(layer, arrays, targets, BATCH, masked=False)

    backend = keras.backend.backend()
    peers = [Peer("keras SimpleRNN", step(keras.layers.SimpleRNN(UNITS)), AT_LEAST[backend])]
    if backend == "torch":
        peers.append(Peer("torch.nn.RNN", torch_rnn(arrays, targets, BATCH, UNITS), 0.8))
    name = "its products alone, by XLA"
    peers.append(peer(name, "jax", lambda: bare_products(arrays["x"], UNITS), None, is_limit=True))
    compare(
        Claim(
            "minimal-rnn",
            "MinimalRNN training step",
            "steps/s",
            note=f"A step is {FLOPS / 1e9:.2f} GFLOP, in {2 * STEPS:,} small matrix products that "
            "depend on one another. The machine limit is the time of these products alone in "
            "XLA, without tanh, sums, optimizer and Keras.",
        ),
        step(MinimalRNN(UNITS)),
        peers,
        rounds=7,
    )
