"""Batches of windows of a time series, as a `keras.utils.PyDataset`."""

import copy
import random
from typing import Any

import keras
import numpy as np
import numpy.typing as npt

from keras_seqext._common.choices import checked_choice
from keras_seqext._common.validation import checked_flag, checked_integer

from . import missing_values
from .baseline import Baseline, make_baseline
from .description import describe
from .permutation import ShuffledOrder
from .prefetch import Prefetcher
from .series_input import read_input
from .series_scaler import SeriesScaler, checked_scaler
from .shard import Shard, checked_shard
from .target_spec import read_targets
from .time_gaps import Gap
from .window_index import Rows, WindowIndex, WindowShape, checked_batch
from .window_source import WindowSource, checked_dtype, make_source, whole_segments
from .window_split import Scaling, WindowSplit, split_series

Batch = tuple[Any, ...]


class TimeseriesWindow(keras.utils.PyDataset):
    """Batches of windows of past rows, each with the rows to forecast.

    A window that ends on row `e`, the last observed row, consists of

        inputs    e - lookback + step, ..., e - step, e     lookback // step rows
        targets   e + delay, ..., e + delay + horizon - 1   horizon rows

        lookback=6, step=2, delay=3, horizon=2          e
        row    0   1   2   3   4   5   6   7   8   9
               .   x   .   x   .   x   .   .   y   y
                                   |<- delay ->|

    so `delay` counts rows from the last observed row to the first target. Each epoch contains
    every window once, and no window crosses the end of a series or a gap in time.

    With `shuffle=True` the windows (not the batches) are permuted by a pure function of
    `(seed, epoch, index)`. A plain `fit(dataset)` uses every window once per epoch, in a
    different order each time. The epoch number of a pass differs between backends, because
    Keras reads a dataset before it trains, and `fit` permutes the batches again unless it gets
    `shuffle=False`. For the same batches on every backend, use
    `fit(dataset, shuffle=False, callbacks=[dataset.epoch_callback()])`.

    With `fit(dataset, steps_per_epoch=...)` smaller than `len(dataset)`, Keras ends an epoch in
    the middle of a pass, so the order would change there: some windows are repeated, others left
    out. Call `dataset.set_epoch(0)` before `fit`: the order then remains the same, and each pass
    of several epochs contains every window once.

    Args:
        data: A series of shape `(rows,)` or `(rows, columns)`: NumPy array, table of pandas,
            polars, pyarrow or xarray, `np.memmap` or other object that can be sliced, such as
            an array of HDF5 or zarr (rows are read on demand, never the whole series), or a
            list or dict of them for several series.
        targets: Values to forecast. `None`: every column. A column number or name, or a list
            of them. Or an array (for several series a list or dict) as long as `data`
            whose row `r` is the value at row `r`; integers remain integers. A number that is also
            the name of another column is an error: pass the name as a string. Masked values of
            `numpy.ma` are missing values, in `data` as well.
        lookback: Length of the observed part of a window in rows, a multiple of `step`.
        delay: Rows from the last observed row to the first target; 0 is that row itself.
        step: Distance of neighbouring inputs, in rows.
        horizon: Number of consecutive rows to forecast.
        stride: Distance of the ends of neighbouring windows, in rows.
        batch_size: Number of windows per batch; the last batch may be smaller.
        shuffle: Whether to permute the windows, in a new order for each epoch.
        seed: Integer seed of the order. `None` draws one from Python's `random` (which
            `keras.utils.set_random_seed` seeds); it is available as `dataset.seed`.
        drop_remainder: Whether to drop a last batch that is not full.
        groups: Name of a column or index level, or array of one value per row, that identifies
            the series.
        timestamps: Name of a column or index level, or array of one time or number per row. By
            default, the index (pandas) or coordinate (xarray) of the rows is used if it
            consists of times; `False` ignores it. Neighbouring rows that are not one period
            apart are a gap; see `dataset.gaps`. The period is the most common distance, and
            must be the same for all series. With a time zone, rows that follow the local
            clock, such as daily rows at midnight, have no gap when the clocks change. Months
            and business days differ in length: pass months as `datetime64[M]` or a pandas
            `PeriodIndex`, and business days as numbers of `numpy.busday_count`.
        missing: Handling of NaN; infinite values always raise an error. `"error"`: raise.
            `"skip"`: drop the windows that contain a NaN. `"weight"`: NaN becomes 0 and a
            third array is returned, the sample weight, 0 where a target is missing. `"mask"`:
            the same, and the inputs become `{"values": ..., "mask": ...}` with a boolean
            `(batch, steps)` mask, true for time steps without a missing value.
        scaler: A fitted `SeriesScaler`, such as `split(...).train.scaler`. Columns of a data
            frame are matched by name. Targets from an array are scaled if the scaler was
            fitted to such targets as well.
        dtype: Floating dtype of the batches. Defaults to `keras.config.floatx()`.
        workers: Number of threads that prefetch batches if it is greater than 1. Useful for
            rows on a slow disk; prefetching from memory costs more than it saves.
        use_multiprocessing: Accepted for compatibility with `PyDataset`; `workers` are always
            threads, which share the rows instead of copying them.
        max_queue_size: Maximum number of prefetched batches.

    Returns:
        `dataset[i]` is `(x, y)` or `(x, y, sample_weight)`, new arrays: `x` of shape
        `(batch, lookback // step, columns)`; `y` of shape `(batch,)` for one target column
        or a one-dimensional array, `(batch, targets)` for several, with an axis `horizon`
        after the batch axis if `horizon > 1`; `sample_weight` of shape `(batch,)`.

    Raises:
        TypeError: If an argument has the wrong type.
        ValueError: If sizes do not match the data, time stamps do not increase, or values are
            missing with `missing="error"`.

    >>> windows = TimeseriesWindow(np.arange(10.0), lookback=6, step=2, delay=3, horizon=2)
    >>> x, y = windows[0]
    >>> x[0, :, 0], y[0]
    (array([1., 3., 5.], dtype=float32), array([8., 9.], dtype=float32))

    Reference: the generator of Chollet, *Deep Learning with Python* (2017), section 6.3. This
    class corrects its horizon, lost batches and leakage.
    """

    def __init__(
        self,
        data: Any,
        targets: Any = None,
        *,
        lookback: int,
        delay: int,
        step: int = 1,
        horizon: int = 1,
        stride: int = 1,
        batch_size: int = 128,
        shuffle: bool = False,
        seed: int | None = None,
        drop_remainder: bool = False,
        groups: Any = None,
        timestamps: Any = None,
        missing: str = "error",
        scaler: SeriesScaler | None = None,
        dtype: str | None = None,
        workers: int = 1,
        use_multiprocessing: bool = False,
        max_queue_size: int = 10,
    ) -> None:
        # With `workers=1` Keras does not use its own queue, which mixes epochs: see `Prefetcher`.
        depth = checked_integer("max_queue_size", max_queue_size, 1)
        super().__init__(workers=1, use_multiprocessing=False, max_queue_size=depth)
        self.shape = WindowShape(lookback, delay, step, horizon, stride)
        self.batch_size = checked_integer("batch_size", batch_size, 1)
        self.shuffle = checked_flag("shuffle", shuffle)
        self.seed = random.randrange(2**32) if seed is None else checked_integer("seed", seed, 0)
        self._seeded = not shuffle or seed is not None
        self._shard = Shard(0, 1)
        self.drop_remainder = checked_flag("drop_remainder", drop_remainder)
        self.missing = checked_choice("missing", missing, missing_values.MODES)
        self._epoch, self._epoch_is_set = 0, False
        self._num_threads = checked_integer("workers", workers, 0)
        self._depth = depth
        self._prefetcher: Prefetcher | None = None
        if isinstance(data, tuple) and len(data) == 2 and isinstance(data[0], WindowSource):
            source, segments = data  # private form of `data`, passed by `split`
        else:
            series = read_input(data, groups, timestamps)
            spec = read_targets(targets, series)
            dtype = checked_dtype(dtype, keras.config.floatx())
            scaler = checked_scaler(scaler, series.num_columns, series.columns)
            source = make_source(series, spec, self.shape.step, dtype, scaler)
            segments = whole_segments(source)
        self.source: WindowSource = source
        self._index = WindowIndex(self.shape, segments)
        self._ends = missing_values.find_missing(self.missing, source, self._index)
        self.num_windows = len(self._index) if self._ends is None else len(self._ends)
        self._order = ShuffledOrder(self.num_windows, self.seed) if self.shuffle else None
        if self.drop_remainder and self.num_windows < self.batch_size:
            raise ValueError(
                f"no full batch: drop_remainder=True, batch_size={self.batch_size}, and there are "
                f"{self.num_windows} windows. Use a smaller `batch_size` or drop_remainder=False."
            )

    def __len__(self) -> int:
        if self.drop_remainder:
            return self.num_windows // self.batch_size
        return -(-self.num_windows // self.batch_size)

    def __getitem__(self, index: int) -> Batch:
        epoch, index = self._epoch, checked_batch(index, len(self))
        if self._num_threads < 2:
            return self._make(epoch, index)
        if self._prefetcher is None:
            self._prefetcher = Prefetcher(self._make, self._num_threads, self._depth)
        batch: Batch = self._prefetcher.get(epoch, index, len(self))
        return batch

    def _make(self, epoch: int, index: int) -> Batch:
        ends = self._window_ends(epoch, index)
        x = self.source.inputs.windows(ends, self.shape)
        y = self.shape_targets(self.source.target_values(self.shape.target_rows(ends)))
        if not self.source.in_memory:  # rows in memory were checked by `find_missing`
            missing_values.check_batch(x, y, ends, self.shape, self.missing)
        if self.missing in ("error", "skip"):
            return x, y
        return missing_values.add_sample_weight(x, y, with_mask=self.missing == "mask")

    def window_ends(self, index: int) -> Rows:
        """Return the last observed row of each window of batch `index`, in this epoch.

        Rows are numbered through all series, in the order in which they were passed.
        """
        return self._window_ends(self._epoch, checked_batch(index, len(self)))

    def _window_ends(self, epoch: int, index: int) -> Rows:
        start = index * self.batch_size
        stop = min(start + self.batch_size, self.num_windows)
        positions = np.arange(*self._shard.part_of(start, stop))
        return self._ends_at(self._order(epoch, positions) if self._order else positions)

    def ends_in_time(self, start: int, stop: int) -> Rows:
        """Return the last observed rows of windows `start:stop`, in chronological order."""
        return self._ends_at(np.arange(start, min(stop, self.num_windows)))

    def _ends_at(self, positions: Rows) -> Rows:
        return self._index.ends(positions) if self._ends is None else self._ends[positions]

    def shard(self, index: int, count: int) -> "TimeseriesWindow":
        """Return a dataset with the part of each batch for one of several workers.

        The batches `i` of all shards together are batch `i` of this dataset, so `count` workers
        that average their gradients train like a single process. Nothing is copied. `len`,
        `num_windows` and `batch_size` are those of this dataset.

        Args:
            index: Index of the worker, from 0.
            count: Number of workers, a divisor of `batch_size`. The parts of a last batch that
                is not full may differ by one window; with `drop_remainder=True` all are equal.

        >>> windows = TimeseriesWindow(np.arange(9.0), lookback=2, delay=1, batch_size=4)
        >>> [windows.shard(worker, 2).window_ends(0).tolist() for worker in range(2)]
        [[1, 2], [3, 4]]
        """
        if self._shard.count > 1:
            raise ValueError(
                f"this dataset is shard {self._shard.index} of {self._shard.count} already. "
                "Call `shard` of the original dataset."
            )
        last = min(self.batch_size, self.num_windows - (len(self) - 1) * self.batch_size)
        part = copy.copy(self)
        part._shard = checked_shard(index, count, self.batch_size, last, self._seeded)
        part._prefetcher = None
        return part

    @property
    def epoch(self) -> int:
        """Number of the epoch that determines the order."""
        return self._epoch

    def set_epoch(self, epoch: int) -> None:
        """Set the epoch that determines the order. `on_epoch_end` no longer changes it.

        Args:
            epoch: Number of the epoch, an integer >= 0.
        """
        self._epoch, self._epoch_is_set = checked_integer("epoch", epoch, 0), True

    def epoch_callback(self) -> keras.callbacks.Callback:
        """Return a callback for `fit` that sets the epoch: all backends get the same batches."""
        return keras.callbacks.LambdaCallback(
            on_epoch_begin=lambda epoch, logs: self.set_epoch(epoch)
        )

    def on_epoch_end(self) -> None:
        """Advance to the next order. Keras calls this method, sometimes repeatedly per epoch."""
        if not self._epoch_is_set:
            self._epoch += 1

    @property
    def gaps(self) -> list[Gap]:
        """Gaps in the time stamps; no window crosses a gap."""
        return self.source.gaps

    @property
    def scaler(self) -> SeriesScaler | None:
        """Scaler of the columns of the inputs."""
        return self.source.scaler

    @property
    def timestamps(self) -> npt.NDArray[Any] | None:
        """Time stamps of all rows, series by series, or `None`; in UTC if they have a zone."""
        stamps = self.source.stamps
        return None if stamps is None else np.concatenate(stamps)

    @property
    def num_features(self) -> int:
        """Number of columns of the inputs."""
        return self.source.inputs.num_columns

    def inverse_transform(self, targets: Any) -> npt.NDArray[Any]:
        """Convert targets or predictions of the shape of `y` to original units.

        An axis of size 1 that `y` does not have is dropped, so the output of `Dense(1)`, of shape
        `(batch, 1)`, becomes `(batch,)` if that is the shape of `y`.
        """
        return self.source.in_original_units(targets, self.shape.horizon)

    def baseline(self, kind: str, *, period: int | None = None, mean: Any = None) -> Baseline:
        """Return a baseline forecast of the windows of this dataset, in original units.

        Args:
            kind: `"persistence"` (the last observed row), `"seasonal"` (the latest observed row
                that is a multiple of `period` earlier) or `"mean"` (of the training rows if
                the dataset was made by `split`, otherwise of its own targets).
            period: Rows per season, for `"seasonal"`: 24 for a daily cycle of hourly rows.
            mean: Replaces the mean of `"mean"`: a number, or one number per target.
        """
        return make_baseline(self, kind, period, mean)

    @classmethod
    def split(
        cls,
        data: Any,
        targets: Any = None,
        *,
        fractions: Any = None,
        indices: Any = None,
        dates: Any = None,
        embargo: bool | int = True,
        scaler: str | SeriesScaler | None = "standard",
        scale_targets: bool = True,
        **kwargs: Any,
    ) -> "WindowSplit[TimeseriesWindow]":
        """Divide the data into training, validation and test windows, in chronological order.

        Args:
            data: See `TimeseriesWindow`; every series is divided.
            targets: See `TimeseriesWindow`.
            fractions: Three fractions of the rows. Defaults to `(0.5, 0.25, 0.25)`.
            indices: Alternatively, the first rows of validation and test set in each series.
            dates: Alternatively, the first time stamps of validation and test set. Dates without
                a time zone are local times if the time stamps have a time zone.
            embargo: `True`: every window lies inside its set, so no row is both a target of one
                set and an input of the next. A number: additionally, that many rows are
                skipped after each cut. `False`: inputs may reach back before the cut;
                every target still belongs to one set only.
            scaler: `"standard"` (mean, standard deviation) or `"robust"` (median,
                interquartile range), fitted on the training rows only; a fitted
                `SeriesScaler`; or `None`. Targets that are columns of `data` are scaled like the
                inputs. Targets from an array or a frame get a separate scaler, `scaler.targets`;
                their columns of integers or booleans (class labels) are not scaled.
            scale_targets: Whether targets are scaled. `False`: inputs only, for example if a
                column of `data` has class labels. The scaler records it.
            **kwargs: Other arguments of `TimeseriesWindow`; `shuffle` and `drop_remainder`
                apply to the training windows only.

        Returns:
            A named tuple `(train, validation, test)`.

        >>> parts = TimeseriesWindow.split(np.arange(100.0), lookback=4, delay=1)
        >>> [part.num_windows for part in parts]
        [46, 21, 21]
        """
        cut = {"fractions": fractions, "indices": indices, "dates": dates}
        kwargs["dtype"] = checked_dtype(kwargs.get("dtype"), keras.config.floatx())
        scaling = Scaling(scaler, checked_flag("scale_targets", scale_targets))
        return split_series(cls, data, targets, cut, embargo, scaling, kwargs)

    def __repr__(self) -> str:
        return describe(self, self._index.segments, self._shard)

    def shape_targets(self, values: npt.NDArray[Any]) -> npt.NDArray[Any]:
        """Convert values of shape `(windows, horizon, targets)` to the shape of `y`."""
        if self.shape.horizon == 1:
            values = values[:, 0]
        return values[..., 0] if self.source.targets.flat else values

    def __getstate__(self) -> dict[str, Any]:
        return {**self.__dict__, "_prefetcher": None}  # threads are restarted on demand
