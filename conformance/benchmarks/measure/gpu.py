"""Command line of the benchmarks on an accelerator.

    KERAS_BACKEND=jax python -m conformance.benchmarks.measure.gpu [--out FILE] [--tiny]

It requires only Keras, NumPy and this package, and measures one backend per run.
"""

import argparse
import json
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import Any

import keras

import keras_seqext
from conformance.benchmarks.pages.claims import Claim, Peer
from recipes._report.result import device

from . import machine
from .rounds import interleaved
from .training import (
    chapter_rows,
    sequence_batch,
    training_step,
    waiting,
)

Works = dict[str, Callable[[], object]]


def torch_rnn(arrays: dict[str, Any], targets: Any, batch: int, units: int) -> Callable[[], object]:
    """Return a training step with `torch.nn.RNN`, without Keras."""
    import torch

    target_device = "cuda" if torch.cuda.is_available() else "cpu"
    x = torch.as_tensor(arrays["x"], device=target_device)
    y = torch.as_tensor(targets, dtype=torch.float32, device=target_device)
    rnn = torch.nn.RNN(x.shape[2], units, batch_first=True).to(target_device)
    head = torch.nn.Linear(units, 1).to(target_device)
    optimizer = torch.optim.Adam([*rnn.parameters(), *head.parameters()])

    def run() -> float:
        for first in range(0, len(x), batch):
            optimizer.zero_grad()
            _, last = rnn(x[first : first + batch])
            error = head(last[0]) - y[first : first + batch]
            loss = (error * error).mean()
            loss.backward()
            optimizer.step()
        return float(loss.detach())

    return run


def recurrent(sizes: dict[str, int], units: int, masked: bool) -> dict[str, Any]:
    """Measure a training step of `MinimalRNN`, `SimpleRNN` of Keras and `torch.nn.RNN`."""
    batch, count = sizes["batch"], sizes["batches"]
    arrays, targets = sequence_batch(batch, sizes["steps"], 14, count)

    def step(layer: keras.layers.Layer) -> Callable[[], object]:
        return training_step(layer, arrays, targets, batch, masked)

    works: Works = {
        "MinimalRNN": step(keras_seqext.MinimalRNN(units)),
        "keras SimpleRNN": step(keras.layers.SimpleRNN(units)),
    }
    if not masked:
        works["keras GRU"] = step(keras.layers.GRU(units))
    if keras.backend.backend() == "torch" and not masked:
        works["torch.nn.RNN"] = torch_rnn(arrays, targets, batch, units)
    name = f"MinimalRNN({units}) training step{' with a mask' if masked else ''}"
    return claim(name, "step", count, works, sizes["rounds"])


def pooling(sizes: dict[str, int]) -> dict[str, Any]:
    """Measure a training step of max pooling with and without a mask."""
    batch, count = sizes["batch"], sizes["batches"]
    arrays, targets = sequence_batch(batch, sizes["steps"], 128, count)
    layer = keras_seqext.MaskedGlobalMaxPooling1D
    works: Works = {
        "with a mask": training_step(layer(), arrays, targets, batch, True),
        "without": training_step(layer(), arrays, targets, batch, False),
    }
    return claim("masked max pooling, training step", "step", count, works, sizes["rounds"])


def claim(name: str, unit: str, amount: float, works: Works, rounds: int) -> dict[str, Any]:
    """Measure the first of `works` against the others and return a record to store."""
    times = interleaved(works, rounds)
    ours, *others = works
    peers = [Peer(other, works[other]) for other in others]
    description = Claim(name.replace(" ", "-"), name, unit, amount, ours)
    record = description.record(times[ours], peers, times, keras.backend.backend())
    for peer in record["peers"]:
        milliseconds = [1e3 * median(s) / amount for s in (times[ours], peer["seconds"])]
        print(
            f"{name}: {milliseconds[0]:.2f} ms; {peer['name']} {milliseconds[1]:.2f} ms; "
            f"{peer['ratio']:.2f} times as fast",
            flush=True,
        )
    return record


def main() -> int:
    """Run all benchmarks and write one JSON file."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, help="JSON file to write")
    parser.add_argument(
        "--seconds", type=float, default=120, help="start no benchmark after this time"
    )
    parser.add_argument("--tiny", action="store_true", help="small sizes for a test run on a CPU")
    options = parser.parse_args()
    start = perf_counter()
    backend = keras.backend.backend()
    out = options.out or Path("docs", "results", f"performance-gpu-{backend}.json")
    sizes = {"batch": 128, "steps": 500, "batches": 10, "rounds": 5}
    if options.tiny:
        sizes = {"batch": 8, "steps": 20, "batches": 2, "rounds": 2}
    found: dict[str, Any] = {
        **machine.describe(),
        "backend": backend,
        "device": device(),
        "sizes": sizes,
        "claims": [],
    }
    print(f"{backend} on {found['device']}", flush=True)

    def save() -> None:
        # Called after each benchmark, so that an interrupted run leaves its results.
        out.parent.mkdir(parents=True, exist_ok=True)
        out.write_text(json.dumps(found, indent=1) + "\n")

    gru = waiting(8, chapter_rows((20_000, 14)), 0.2, 2) if options.tiny else None
    found["waiting"] = gru or waiting(256, chapter_rows(), 5.0, 3)
    found["waiting"]["units"] = 8 if options.tiny else 256
    print(
        f"GRU({found['waiting']['units']}): {100 * found['waiting']['share']:.2f} % of fit spent "
        f"in the dataset, {100 * found['waiting']['slower']:.2f} % slower than with a single batch "
        "in memory",
        flush=True,
    )
    save()
    parts = [partial(pooling, sizes)]
    for units in (4,) if options.tiny else (32, 256):
        parts += [partial(recurrent, sizes, units, masked) for masked in (False, True)]
    for done, part in enumerate(parts):
        if perf_counter() - start > options.seconds:
            found["left_out"] = len(parts) - done
            print(f"time limit reached: the last {found['left_out']} benchmarks were skipped")
            break
        found["claims"].append(part())
        save()
    save()
    print(f"wrote {out}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
