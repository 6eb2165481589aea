"""The example that hashes a corpus with Ray Data gives the same bags as one process."""

import importlib.util
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from keras_seqext import HashingOneHot

pytestmark = pytest.mark.backend_free

EXAMPLE = Path(__file__).parents[3] / "docs" / "examples" / "hash_corpus.py"
TEXTS = ["The cat, the cat.", "A dog!", "...", *(f"word{i} and word{i % 7}" for i in range(300))]
BINS = 64


def expected():
    return HashingOneHot(BINS, output_mode="count").matrix(TEXTS)


def dense(bins, counts):
    found = np.zeros((len(bins), BINS))
    for row, (at, count) in enumerate(zip(bins, counts, strict=True)):
        found[row, np.asarray(at, int)] = count
    return found


def test_hash_batch_equals_the_layer():
    spec = importlib.util.spec_from_file_location("hash_corpus", EXAMPLE)
    example = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(example)
    halves = [example.hash_batch({"text": part}, BINS) for part in (TEXTS[:100], TEXTS[100:])]
    columns = [np.concatenate([half[name] for half in halves]) for name in ("bins", "counts")]
    np.testing.assert_array_equal(dense(*columns), expected())


@pytest.mark.skipif(importlib.util.find_spec("ray") is None, reason="pip install '.[scale]'")
@pytest.mark.skipif("KERAS_SEQEXT_LONG" not in os.environ, reason="starts Ray; run `make scale`")
def test_ray_data_equals_the_layer(tmp_path):
    import pyarrow.parquet

    for part in range(3):
        lines = "".join(f"{text}\n" for text in TEXTS[part::3])
        (tmp_path / f"{part}.txt").write_text(lines)
    command = [sys.executable, str(EXAMPLE), str(tmp_path / "*.txt"), str(tmp_path / "bags")]
    done = subprocess.run(
        [*command, "--num-bins", str(BINS), "--num-cpus", "2"],
        capture_output=True,
        text=True,
        timeout=280,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    table = pyarrow.parquet.read_table(tmp_path / "bags").to_pydict()
    found = dense(table["bins"], table["counts"])
    order = np.lexsort(found.T), np.lexsort(expected().T)
    np.testing.assert_array_equal(found[order[0]], expected()[order[1]])
