"""Checks of concurrent reads: threads, processes and the data loading of Keras."""

import pickle
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np

from keras_seqext.testing.contexts.dataset import (
    DatasetContext,
    arrays,
    copied,
    number_of_rows,
    require_same,
)
from keras_seqext.testing.core.failure import (
    CheckFailure,
    NotApplicable,
    Skipped,
    require,
    require_close,
)
from keras_seqext.testing.core.registry import dataset_check
from keras_seqext.testing.helpers.interleaving import Interleaved, files_of

THREADS = 6
SECONDS = 3.0  # time limit of the interrupted reads
PROCESS_SECONDS = 300
READER = """
import pickle, sys
sys.path[:] = pickle.loads(bytes.fromhex(sys.argv[1]))
from keras_seqext.testing.contexts.dataset import copied
with open(sys.argv[2], "rb") as file:
    dataset, indices = pickle.load(file)
with open(sys.argv[3], "wb") as file:
    pickle.dump([copied(dataset[index]) for index in indices], file)
"""


@dataset_check("core", after=("order_of_access",), cost="medium")
def threads(ctx: DatasetContext) -> None:
    """Several threads read the same batches as a single thread, starting with the first read.

    Why it matters: `workers=4` reads from four threads.
    Usual causes: intermediate values of a read stored on the dataset; an order that the first read
    creates and the second read sees half finished; a buffer or open file shared by all reads.
    """
    import keras

    ctx.require_same_content()
    dataset = ctx.new()
    count = ctx.count(dataset)
    files = files_of([dataset], "__getitem__", keras.utils.PyDataset)
    second = min(1, count - 1)
    begin, line, lines = time.perf_counter(), 0, 1
    # Each interruption begins a new epoch, so that the preparations of its first read are
    # interrupted too.
    while line < lines and time.perf_counter() - begin < SECONDS:
        dataset.on_epoch_end()
        run = Interleaved(
            lambda: copied(dataset[0]), lambda: copied(dataset[second]), files, only=line
        )
        found = run.run()
        line, lines = line + 1, len(run.seen)
        for index, got in ((0, found), *((second, other) for other in run.others)):
            batch = dataset[index]
            require_same(
                got,
                arrays(batch),
                batch,
                f"batch {index} read during another read, in a single thread",
            )
    dataset.on_epoch_end()
    order = [int(i) for _ in range(3) for i in ctx.rng.permutation(min(count, 24))]
    with ThreadPoolExecutor(THREADS) as pool:
        batches = list(pool.map(lambda index: copied(dataset[index]), order))
    for index, got in zip(order, batches, strict=True):
        batch = dataset[index]
        require_same(
            got,
            arrays(batch),
            batch,
            f"batch {index} read in one of {THREADS} threads, in a single thread",
        )


@dataset_check("recommended", after=("order_of_access",))
def pickle_dataset(ctx: DatasetContext) -> None:
    """An unpickled dataset has the same batches, at the same position in training.

    Why it matters: worker processes receive the dataset by pickle.
    Usual causes: a lambda, a lock, an open file or a generator stored on the dataset.
    """
    dataset = ctx.new()
    dataset.on_epoch_end()
    dataset[0]
    other = pickle.loads(pickle.dumps(dataset))
    require(
        other.num_batches == dataset.num_batches,
        f"the unpickled dataset has {other.num_batches} batches; expected {dataset.num_batches}",
    )
    ctx.require_same_content()
    for index in range(min(ctx.count(dataset), 24)):
        batch = dataset[index]
        require_same(
            arrays(other[index]),
            arrays(batch),
            batch,
            f"batch {index} of the unpickled dataset, of the original",
        )


@dataset_check("recommended", after=("pickle_dataset",), cost="slow", fresh_process=True)
def processes(ctx: DatasetContext) -> None:
    """Another process reads the same batches.

    Why it matters: `use_multiprocessing=True` reads in other processes.
    Usual causes: global variables that do not exist in the other process; `hash` of strings, whose
    salt differs between processes; an order drawn from the entropy of the operating system when the
    dataset is unpickled.
    """
    ctx.require_same_content()
    dataset = ctx.new()
    if type(dataset).__module__ == "__main__":
        raise Skipped(f"{type(dataset).__name__} is defined in __main__, which cannot be imported")
    dataset.on_epoch_end()
    indices = list(range(min(ctx.count(dataset), 24)))[::-1]
    path = pickle.dumps(sys.path).hex()
    with tempfile.TemporaryDirectory() as folder:
        given, taken = Path(folder, "dataset.pickle"), Path(folder, "batches.pickle")
        given.write_bytes(pickle.dumps((dataset, indices)))
        command = [sys.executable, "-W", "ignore", "-c", READER, path, str(given), str(taken)]
        done = subprocess.run(
            command, capture_output=True, text=True, timeout=PROCESS_SECONDS, check=False
        )
        if done.returncode:
            last = (done.stderr.strip().splitlines() or ["no message"])[-1]
            raise CheckFailure(f"another process cannot read the dataset: {last}")
        batches = pickle.loads(taken.read_bytes())
    for index, got in zip(indices, batches, strict=True):
        batch = dataset[index]
        require_same(
            got, arrays(batch), batch, f"batch {index} in another process, in this process"
        )


@dataset_check("recommended", after=("order_of_access",), cost="medium")
def keras_loop(ctx: DatasetContext) -> None:
    """`predict` returns one row per sample, with one worker and with two.

    Why it matters: datasets are read by `fit`, `evaluate` and `predict`.
    Usual causes: a dtype that the backend does not support; a structure that Keras does not expect;
    batches that two threads cannot read.
    """
    ctx.require_same_content()
    for workers in (1, 2):
        dataset = ctx.new()
        count = ctx.whole_epoch(dataset)
        kinds = {array.dtype.kind for array in arrays(_inputs(dataset[0]))}
        if kinds & set("OUS"):
            raise NotApplicable("the inputs are strings or objects, which a model does not accept")
        if workers > 1:
            try:
                dataset.workers = workers
            except AttributeError:
                raise NotApplicable(
                    "`workers` cannot be set; the check passed with one worker"
                ) from None
        model = _probe_model()
        # Keras builds an unbuilt model on a batch that it reads first. With two workers, Keras
        # 3.15 then omits that batch from the pass on JAX and torch.
        model(_inputs(dataset[0]))
        found = model.predict(dataset, verbose=0)
        rows = sum(number_of_rows(dataset[i]) for i in range(count))
        require(len(found) == rows, f"predict returned {len(found)} rows for {rows} samples")
        if ctx.drops:
            continue  # the samples may differ between epochs
        expected = np.concatenate([_row_means(_inputs(dataset[i])) for i in range(count)])
        # Keras ends an epoch before it reads, so the order may be that of another epoch; the
        # sorted values are compared.
        left, right = np.sort(found[:, 0]), np.sort(expected)
        require_close(left, right, 1e-5, f"predict with workers={workers}, direct reads")


def _inputs(batch: Any) -> Any:
    return batch[0] if isinstance(batch, tuple) else batch


def _row_means(inputs: Any) -> Any:
    total: Any = 0.0
    for array in arrays(inputs):
        total = total + array.reshape(len(array), -1).astype("float64").mean(axis=1)
    return total


def _probe_model() -> Any:
    import keras

    class RowMeans(keras.Model):
        """Model that returns the mean of each row, added up over the inputs."""

        def call(self, inputs: Any) -> Any:
            total: Any = 0.0
            for part in keras.tree.flatten(inputs):
                flat = keras.ops.reshape(part, (keras.ops.shape(part)[0], -1))
                total = total + keras.ops.mean(keras.ops.cast(flat, "float32"), axis=1)
            return keras.ops.expand_dims(total, -1)

    model = RowMeans()
    model.compile(run_eagerly=True)
    return model
