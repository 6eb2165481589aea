"""Datasets, broken in one way each and correct."""

import random
import time

import keras
import numpy as np

from keras_seqext import TimeseriesWindow

ROWS, SIZE = 23, 4
DATA = np.random.default_rng(0).normal(size=(ROWS, 3)).astype("float32")
DATA[:, 0] = np.arange(ROWS)


def key(batch):
    """Return the index of each sample, which is its first feature."""
    x = batch[0] if isinstance(batch, tuple) else batch
    return x[:, 0].astype(int).tolist()


class Correct(keras.utils.PyDataset):
    """Shuffled by a pure function of seed and epoch; a batch is a copy of rows."""

    def __init__(self, seed=0, **kwargs):
        super().__init__(**kwargs)
        self.data = DATA.copy()
        self.seed, self.epoch = seed, 0

    def __len__(self):
        return -(-ROWS // SIZE)

    def order(self):
        return np.random.default_rng([self.seed, self.epoch]).permutation(ROWS)

    def rows(self, index):
        if not -len(self) <= index < len(self):
            raise IndexError(f"no batch {index}")
        index %= len(self)
        return self.order()[index * SIZE : (index + 1) * SIZE]

    def batch(self, rows):
        x = self.data[rows]
        return x, x.sum(axis=1)

    def __getitem__(self, index):
        return self.batch(self.rows(index))

    def on_epoch_end(self):
        self.epoch += 1


class Augmented(Correct):
    """Adds new noise at each read, except to the first column."""

    def batch(self, rows):
        x = self.data[rows]
        x[:, 1:] += np.random.default_rng().normal(size=(len(rows), 2)).astype("float32")
        return x, x.sum(axis=1)


class DropsLast(Correct):
    """Only full batches."""

    def __len__(self):
        return ROWS // SIZE


class Dicts(Correct):
    """Named inputs and sample weights."""

    def batch(self, rows):
        x = self.data[rows]
        return {"a": x, "b": x[:, :1] * 2}, x.sum(axis=1), np.ones(len(rows), "float32")


class InputsOnly(Correct):
    """No targets."""

    def batch(self, rows):
        return self.data[rows]


class Endless(Correct):
    """Unlimited number of batches."""

    @property
    def num_batches(self):
        return None

    def rows(self, index):
        return np.random.default_rng([self.seed, self.epoch, index]).permutation(ROWS)[:SIZE]


class Caching(Correct):
    """Caches the order of the current epoch, and replaces it in one assignment."""

    cached = None

    def order(self):
        cached = self.cached
        if cached is None or cached[0] != self.epoch:
            cached = (self.epoch, super().order())
            self.cached = cached
        return cached[1]


def windows(**options):
    """Return a function that makes a `TimeseriesWindow` of a counted series."""
    series = np.arange(60.0).reshape(30, 2)
    options = {"lookback": 4, "delay": 1, "batch_size": 5, **options}
    return lambda: TimeseriesWindow(series, **options)


def window_key(batch):
    """Return the last observed row of each window."""
    x = batch[0]["values"] if isinstance(batch[0], dict) else batch[0]
    return x[:, -1, 0].tolist()


class ShufflesInPlace(Correct):
    """A generator of its own shuffles the order when batch 0 is read."""

    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self.rng = np.random.default_rng(0)
        self.stored_order = np.arange(ROWS)

    def order(self):
        return self.stored_order

    def __getitem__(self, index):
        if index == 0:
            self.rng.shuffle(self.stored_order)
        return super().__getitem__(index)


class ShufflesAfterLastBatch(ShufflesInPlace):
    """Shuffles when the last batch is read."""

    def __getitem__(self, index):
        batch = Correct.__getitem__(self, index)
        if index == len(self) - 1:
            self.rng.shuffle(self.stored_order)
        return batch


class ShufflesOnSmallerIndex(ShufflesInPlace):
    """Treats a smaller index than the previous one as the start of an epoch."""

    previous = 0

    def __getitem__(self, index):
        if 0 <= index < self.previous:
            self.rng.shuffle(self.stored_order)
        self.previous = index
        return Correct.__getitem__(self, index)


class Iterates(Correct):
    """Returns the next rows for any index."""

    position = 0

    def rows(self, index):
        super().rows(index)
        start = self.position % (len(self) * SIZE)
        self.position += SIZE
        return np.arange(start, min(start + SIZE, ROWS))


class TooLong(Correct):
    """One batch too many."""

    def __len__(self):
        return ROWS // SIZE + 2


class CountsSamples(Correct):
    """The length is the number of samples."""

    def __len__(self):
        return ROWS

    def rows(self, index):
        return np.arange(ROWS)[index * SIZE : (index + 1) * SIZE]


class TooShort(Correct):
    """Omits the last samples, which differ between epochs, without declaring it."""

    def __len__(self):
        return ROWS // SIZE


class FloatLength(Correct):
    """The length is a float."""

    @property
    def num_batches(self):
        return ROWS / SIZE


class NoSuper(Correct):
    """Does not call `super().__init__()`."""

    def __init__(self):
        self.data, self.seed, self.epoch = DATA.copy(), 0, 0


class NoIndexError(Correct):
    """Returns empty batches beyond the end."""

    def rows(self, index):
        return self.order()[index * SIZE : (index + 1) * SIZE]


class WrongError(Correct):
    """Raises `KeyError` for a batch that does not exist."""

    def rows(self, index):
        if not 0 <= index < len(self):
            raise KeyError(index)
        return super().rows(index)


class Views(Correct):
    """Returns views of the stored array, without shuffling."""

    def __getitem__(self, index):
        self.rows(index)
        x = self.data[(index % len(self)) * SIZE :][:SIZE]
        return x, x.sum(axis=1)


class OneBuffer(Correct):
    """Returns views of one buffer."""

    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self.buffer = np.zeros((SIZE, 3), "float32")

    def batch(self, rows):
        self.buffer[: len(rows)] = self.data[rows]
        x = self.buffer[: len(rows)]
        return x, x.sum(axis=1)


class ShufflesItsData(Correct):
    """Returns views, and shuffles the array in place when the epoch ends."""

    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self.rng = np.random.default_rng(0)

    def __getitem__(self, index):
        self.rows(index)
        x = self.data[(index % len(self)) * SIZE :][:SIZE]
        return x, x.sum(axis=1)

    def on_epoch_end(self):
        self.rng.shuffle(self.data)


class Replacement(Correct):
    """Samples with replacement."""

    def order(self):
        return np.random.default_rng([self.seed, self.epoch]).integers(0, ROWS, ROWS)


class Overlaps(Correct):
    """Each batch begins with the last sample of the previous batch."""

    def rows(self, index):
        super().rows(index)
        start = max((index % len(self)) * SIZE - 1, 0)
        return self.order()[start : start + SIZE]


class LosesSamples(Correct):
    """Omits one more sample after each epoch."""

    def order(self):
        return np.concatenate([np.arange(ROWS)[self.epoch :], np.arange(self.epoch)[:0]])

    def on_epoch_end(self):
        self.epoch = min(self.epoch + 1, 3)


class SkipsAfterPartialPass(Correct):
    """Starts an epoch at another row after a pass that was not complete."""

    start = 0

    def order(self):
        return np.arange(ROWS)[self.start :]

    def __getitem__(self, index):
        self.read = getattr(self, "read", 0) + 1
        return super().__getitem__(index)

    def on_epoch_end(self):
        full = getattr(self, "read", 0) >= len(self)
        self.start, self.read = 0 if full else 2, 0


class NeedsBegin(Correct):
    """Creates its order in `on_epoch_begin`, and shortens it in `on_epoch_end`."""

    stored_order = np.arange(ROWS)

    def order(self):
        return self.stored_order

    def on_epoch_begin(self):
        self.stored_order = super().order()

    def on_epoch_end(self):
        self.epoch += 1
        self.stored_order = self.stored_order[: ROWS - 3]


class Drifts(Correct):
    """Scales the stored array after each epoch."""

    def on_epoch_end(self):
        self.epoch += 1
        self.data[:, 1:] *= 1.01


class ShufflesOnlyInputs(Correct):
    """The targets are not shuffled."""

    def __getitem__(self, index):
        rows = self.rows(index)
        index %= len(self)
        y = self.data.sum(axis=1)[index * SIZE : (index + 1) * SIZE]
        return self.data[rows], y


class MixedTypes(Correct):
    """The last batch has another dtype."""

    def batch(self, rows):
        x = self.data[rows]
        return (x.astype("float64") if len(rows) < SIZE else x), x.sum(axis=1)


class MixedRows(Correct):
    """More inputs than targets."""

    def batch(self, rows):
        x = self.data[rows]
        return x, x.sum(axis=1)[:-1]


class ReturnsList(Correct):
    """Returns `[x, y]` instead of a tuple."""

    def batch(self, rows):
        x = self.data[rows]
        return [x, x.sum(axis=1)]


class SometimesWeights(Correct):
    """Only some batches have sample weights."""

    def batch(self, rows):
        x = self.data[rows]
        weight = (np.ones(len(rows)),) if len(rows) < SIZE else ()
        return (x, x.sum(axis=1), *weight)


class HasNaN(Correct):
    """One missing value."""

    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self.data[7, 2] = np.nan


class SmallFirst(Correct):
    """The smaller batch is the first."""

    def rows(self, index):
        if not -len(self) <= index < len(self):
            raise IndexError(index)
        index %= len(self)
        stop = ROWS - (len(self) - 1 - index) * SIZE
        return self.order()[max(stop - SIZE, 0) : stop]


class GlobalShuffle(Correct):
    """Shuffles with the global generator of NumPy."""

    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self.stored_order = np.arange(ROWS)

    def order(self):
        return self.stored_order

    def on_epoch_end(self):
        np.random.shuffle(self.stored_order)


class PythonNoise(Correct):
    """Draws from the global generator of Python at each read."""

    def batch(self, rows):
        x = self.data[rows]
        x[:, 1] += random.random()
        return x, x.sum(axis=1)


class Entropy(Correct):
    """A new random order in each process."""

    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self.seed = int(np.random.default_rng().integers(2**31))


class SharesRows(Correct):
    """Stores the rows of the current read in an attribute."""

    def __getitem__(self, index):
        self.current = self.rows(index)
        time.sleep(0.001)
        return self.batch(self.current)


class LazyOrder(Correct):
    """Overwrites the order in place at the first read of an epoch."""

    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self.stored_order, self.cached_epoch = np.arange(ROWS), -1

    def order(self):
        if self.cached_epoch != self.epoch:
            self.cached_epoch = self.epoch
            self.stored_order[:] = 0
            self.stored_order[:] = super().order()
        return self.stored_order


class Unpicklable(Correct):
    """Has a lambda as attribute."""

    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self.scale = lambda x: x * 1.0


class ForgetsEpoch(Correct):
    """Restarts at epoch 0 when it is unpickled."""

    def __getstate__(self):
        return {**self.__dict__, "epoch": 0}


class HashesText(Correct):
    """The order depends on the hash of a string, which differs between processes."""

    def order(self):
        return np.random.default_rng([abs(hash("seed")), self.epoch]).permutation(ROWS)


class GrowsInMemory(Correct):
    """Stores every batch that it returns."""

    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self.made = []

    def batch(self, rows):
        self.made.append(np.tile(self.data[rows], (1, 100)))
        return super().batch(rows)


class UnsupportedDtype(Correct):
    """Has a dtype that no backend supports."""

    def batch(self, rows):
        x = self.data[rows]
        return x.astype("datetime64[s]"), x.sum(axis=1)
