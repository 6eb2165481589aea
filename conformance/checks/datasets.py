"""Datasets that break one promise each, and some that keep all of them."""

import random
import time

import keras
import numpy as np

from keras_seqext import TimeseriesWindow

ROWS, SIZE = 23, 4
DATA = np.random.default_rng(0).normal(size=(ROWS, 3)).astype("float32")
DATA[:, 0] = np.arange(ROWS)


def key(batch):
    """The number of each sample, which is its first feature."""
    x = batch[0] if isinstance(batch, tuple) else batch
    return x[:, 0].astype(int).tolist()


class Good(keras.utils.PyDataset):
    """Shuffled by a pure function of seed and epoch; a copy of the rows each time."""

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


class Augmented(Good):
    """Adds other noise at each read, on purpose, and never to the first column."""

    def batch(self, rows):
        x = self.data[rows]
        x[:, 1:] += np.random.default_rng().normal(size=(len(rows), 2)).astype("float32")
        return x, x.sum(axis=1)


class DropsLast(Good):
    """Whole batches alone."""

    def __len__(self):
        return ROWS // SIZE


class Dicts(Good):
    """Inputs by name, with a sample weight."""

    def batch(self, rows):
        x = self.data[rows]
        return {"a": x, "b": x[:, :1] * 2}, x.sum(axis=1), np.ones(len(rows), "float32")


class InputsAlone(Good):
    """No targets."""

    def batch(self, rows):
        return self.data[rows]


class Endless(Good):
    """As many batches as asked for."""

    @property
    def num_batches(self):
        return None

    def rows(self, index):
        return np.random.default_rng([self.seed, self.epoch, index]).permutation(ROWS)[:SIZE]


class Caching(Good):
    """Keeps the order of the present epoch, replaced in one step."""

    cached = None

    def order(self):
        cached = self.cached
        if cached is None or cached[0] != self.epoch:
            cached = (self.epoch, super().order())
            self.cached = cached
        return cached[1]


def windows(**options):
    """A function that makes our own dataset, of windows of a counted series."""
    series = np.arange(60.0).reshape(30, 2)
    options = {"lookback": 4, "delay": 1, "batch_size": 5, **options}
    return lambda: TimeseriesWindow(series, **options)


def window_key(batch):
    """The last observed row of each window."""
    x = batch[0]["values"] if isinstance(batch[0], dict) else batch[0]
    return x[:, -1, 0].tolist()


class ShufflesInPlace(Good):
    """The classic: its own generator shuffles the order in `__getitem__` of batch 0."""

    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self.rng = np.random.default_rng(0)
        self.kept = np.arange(ROWS)

    def order(self):
        return self.kept

    def __getitem__(self, index):
        if index == 0:
            self.rng.shuffle(self.kept)
        return super().__getitem__(index)


class ShufflesAtTheEnd(ShufflesInPlace):
    """Shuffles when the last batch was read."""

    def __getitem__(self, index):
        batch = Good.__getitem__(self, index)
        if index == len(self) - 1:
            self.rng.shuffle(self.kept)
        return batch


class ShufflesGoingBack(ShufflesInPlace):
    """Takes a smaller index than the last one for the beginning of an epoch."""

    previous = 0

    def __getitem__(self, index):
        if 0 <= index < self.previous:
            self.rng.shuffle(self.kept)
        self.previous = index
        return Good.__getitem__(self, index)


class Iterates(Good):
    """The next rows, whatever the index."""

    position = 0

    def rows(self, index):
        super().rows(index)
        start = self.position % (len(self) * SIZE)
        self.position += SIZE
        return np.arange(start, min(start + SIZE, ROWS))


class TooLong(Good):
    """One batch too many."""

    def __len__(self):
        return ROWS // SIZE + 2


class CountsSamples(Good):
    """Its length is the number of samples."""

    def __len__(self):
        return ROWS

    def rows(self, index):
        return np.arange(ROWS)[index * SIZE : (index + 1) * SIZE]


class TooShort(Good):
    """Loses the last samples, and others each epoch, without a word."""

    def __len__(self):
        return ROWS // SIZE


class FloatLength(Good):
    """A length that is no integer."""

    @property
    def num_batches(self):
        return ROWS / SIZE


class NoSuper(Good):
    """Leaves out `super().__init__()`."""

    def __init__(self):
        self.data, self.seed, self.epoch = DATA.copy(), 0, 0


class Unending(Good):
    """Slices beyond the end."""

    def rows(self, index):
        return self.order()[index * SIZE : (index + 1) * SIZE]


class WrongError(Good):
    """A KeyError for a batch that does not exist."""

    def rows(self, index):
        if not 0 <= index < len(self):
            raise KeyError(index)
        return super().rows(index)


class Views(Good):
    """Slices of the stored array; no shuffling."""

    def __getitem__(self, index):
        self.rows(index)
        x = self.data[(index % len(self)) * SIZE :][:SIZE]
        return x, x.sum(axis=1)


class OneBuffer(Good):
    """Fills one array again and again."""

    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self.buffer = np.zeros((SIZE, 3), "float32")

    def batch(self, rows):
        self.buffer[: len(rows)] = self.data[rows]
        x = self.buffer[: len(rows)]
        return x, x.sum(axis=1)


class ShufflesItsData(Good):
    """Hands out views and shuffles the array under them when the epoch ends."""

    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self.rng = np.random.default_rng(0)

    def __getitem__(self, index):
        self.rows(index)
        x = self.data[(index % len(self)) * SIZE :][:SIZE]
        return x, x.sum(axis=1)

    def on_epoch_end(self):
        self.rng.shuffle(self.data)


class Replacement(Good):
    """Samples with replacement."""

    def order(self):
        return np.random.default_rng([self.seed, self.epoch]).integers(0, ROWS, ROWS)


class Overlaps(Good):
    """Every batch begins with the last sample of the one before."""

    def rows(self, index):
        super().rows(index)
        start = max((index % len(self)) * SIZE - 1, 0)
        return self.order()[start : start + SIZE]


class LosesSamples(Good):
    """Leaves out one more sample after each epoch."""

    def order(self):
        return np.concatenate([np.arange(ROWS)[self.epoch :], np.arange(self.epoch)[:0]])

    def on_epoch_end(self):
        self.epoch = min(self.epoch + 1, 3)


class MovesOn(Good):
    """Begins an epoch where the last `on_epoch_end` left it, and so skips what a phantom read."""

    start = 0

    def order(self):
        return np.arange(ROWS)[self.start :]

    def __getitem__(self, index):
        self.read = getattr(self, "read", 0) + 1
        return super().__getitem__(index)

    def on_epoch_end(self):
        full = getattr(self, "read", 0) >= len(self)
        self.start, self.read = 0 if full else 2, 0


class NeedsBegin(Good):
    """Makes its order in `on_epoch_begin`, and uses it up in `on_epoch_end`."""

    kept = np.arange(ROWS)

    def order(self):
        return self.kept

    def on_epoch_begin(self):
        self.kept = super().order()

    def on_epoch_end(self):
        self.epoch += 1
        self.kept = self.kept[: ROWS - 3]


class Drifts(Good):
    """Scales the stored array a little each epoch."""

    def on_epoch_end(self):
        self.epoch += 1
        self.data[:, 1:] *= 1.01


class ShufflesInputsAlone(Good):
    """Targets keep their order."""

    def __getitem__(self, index):
        rows = self.rows(index)
        index %= len(self)
        y = self.data.sum(axis=1)[index * SIZE : (index + 1) * SIZE]
        return self.data[rows], y


class MixedTypes(Good):
    """The last batch is of another dtype."""

    def batch(self, rows):
        x = self.data[rows]
        return (x.astype("float64") if len(rows) < SIZE else x), x.sum(axis=1)


class MixedRows(Good):
    """More inputs than targets."""

    def batch(self, rows):
        x = self.data[rows]
        return x, x.sum(axis=1)[:-1]


class ReturnsList(Good):
    """`[x, y]` where Keras wants a tuple."""

    def batch(self, rows):
        x = self.data[rows]
        return [x, x.sum(axis=1)]


class SometimesWeighs(Good):
    """A third part in some batches."""

    def batch(self, rows):
        x = self.data[rows]
        weight = (np.ones(len(rows)),) if len(rows) < SIZE else ()
        return (x, x.sum(axis=1), *weight)


class HasNaN(Good):
    """One missing value."""

    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self.data[7, 2] = np.nan


class SmallFirst(Good):
    """The remainder comes first."""

    def rows(self, index):
        if not -len(self) <= index < len(self):
            raise IndexError(index)
        index %= len(self)
        stop = ROWS - (len(self) - 1 - index) * SIZE
        return self.order()[max(stop - SIZE, 0) : stop]


class GlobalShuffle(Good):
    """Shuffles with np.random."""

    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self.kept = np.arange(ROWS)

    def order(self):
        return self.kept

    def on_epoch_end(self):
        np.random.shuffle(self.kept)


class PythonNoise(Good):
    """Draws from Python's random at each read."""

    def batch(self, rows):
        x = self.data[rows]
        x[:, 1] += random.random()
        return x, x.sum(axis=1)


class Entropy(Good):
    """Another order in each run."""

    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self.seed = int(np.random.default_rng().integers(2**31))


class KeepsRows(Good):
    """Keeps the rows of the present read on itself."""

    def __getitem__(self, index):
        self.current = self.rows(index)
        time.sleep(0.001)
        return self.batch(self.current)


class LazyOrder(Good):
    """Empties and fills the order in place at the first read of an epoch."""

    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self.kept, self.kept_epoch = np.arange(ROWS), -1

    def order(self):
        if self.kept_epoch != self.epoch:
            self.kept_epoch = self.epoch
            self.kept[:] = 0
            self.kept[:] = super().order()
        return self.kept


class Unpicklable(Good):
    """Keeps a function."""

    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self.scale = lambda x: x * 1.0


class ForgetsEpoch(Good):
    """Starts anew when it is unpickled."""

    def __getstate__(self):
        return {**self.__dict__, "epoch": 0}


class HashesText(Good):
    """An order from `hash` of a text, another in each process."""

    def order(self):
        return np.random.default_rng([abs(hash("seed")), self.epoch]).permutation(ROWS)


class Hoards(Good):
    """Keeps every batch it ever made."""

    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self.made = []

    def batch(self, rows):
        self.made.append(np.tile(self.data[rows], (1, 100)))
        return super().batch(rows)


class Unreadable(Good):
    """A dtype no backend knows."""

    def batch(self, rows):
        x = self.data[rows]
        return x.astype("datetime64[s]"), x.sum(axis=1)
