"""Benchmark of a dense layer on hashed words for a growing number of bins."""

from statistics import median

import keras
import numpy as np

from conformance.benchmarks.measure.memory import peak_above_start
from conformance.benchmarks.measure.rounds import interleaved
from conformance.benchmarks.pages.claims import Bound, Claim, Peer
from keras_seqext import HashedDense, HashingOneHot

BATCH, STEPS, UNITS = 64, 200, 16
BINS = [2**n for n in (10, 12, 14, 16, 18, 20)]
DENSE_UP_TO = 2**18  # a dense batch with more bins needs gigabytes
MAX_GROWTH = 3.0


def test_cost_does_not_grow_with_the_number_of_bins(compare):
    kinds = {"HashedDense": looked_up, "dense multi-hot": multiplied}
    if keras.backend.backend() in ("tensorflow", "jax"):
        kinds["sparse multi-hot"] = sparse
    series = {name: seconds(make) for name, make in kinds.items()}
    memory = [forward_memory(bins) for bins in (BINS[0], BINS[-1])]
    growth = series["HashedDense"][-1] / series["HashedDense"][0]
    claim = Claim(
        "growing-bins",
        f"Hashed words into a dense layer, batch {BATCH} x {STEPS} words",
        "batches/s",
        ours="HashedDense",
        bounds=[
            Bound("forward time at 2^20 bins over 2^10", growth, MAX_GROWTH, "times"),
            Bound(
                "memory of a forward pass at 2^20 bins above 2^10", memory[1] - memory[0], 16, "MB"
            ),
        ],
        curve={
            "x_name": "bins",
            "x": BINS,
            "y_name": "ms of a forward pass",
            "series": {name: [1e3 * s for s in found] for name, found in series.items()},
        },
        note="Ratios are for the largest number of bins for which dense multi-hot vectors fit "
        "into memory.",
    )
    compare(
        claim,
        forward(looked_up(DENSE_UP_TO)),
        [Peer("dense multi-hot", forward(multiplied(DENSE_UP_TO)), 10)],
        rounds=7,
    )


def looked_up(bins):
    return model_of(HashedDense(UNITS, bins, "multi_hot"))


def multiplied(bins):
    encoder = HashingOneHot(bins, output_mode="multi_hot").encoder()
    return model_of(encoder, keras.layers.Dense(UNITS)) if bins <= DENSE_UP_TO else None


def sparse(bins):
    encoder = HashingOneHot(bins, output_mode="multi_hot", sparse=True).encoder()
    return model_of(encoder, keras.layers.Dense(UNITS))


def model_of(*layers):
    return keras.Sequential([keras.Input((STEPS,), dtype="int32", batch_size=BATCH), *layers])


def forward(model):
    """Return a function that runs one forward pass on a batch in memory."""
    bins = model.weights[0].shape[0]
    ids = np.random.default_rng(0).integers(0, bins, (BATCH, STEPS)).astype("int32")
    return lambda: model.predict_on_batch(ids)


def seconds(make):
    """Return the median time for each number of bins that `make` supports."""
    works = {}
    for bins in BINS:
        model = make(bins)
        if model is not None:
            works[str(bins)] = forward(model)
    return [median(times) for times in interleaved(works, 7).values()]


def forward_memory(bins):
    """Return the MB that a forward pass adds after the weights exist and the model is compiled."""
    prepare = f"""
from conformance.benchmarks.test_growing_bins import forward, looked_up
run = forward(looked_up({bins}))
run()
"""
    return peak_above_start(prepare, "for _ in range(20): run()")
