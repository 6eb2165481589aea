"""Invalid arguments of `TimeseriesWindow` and `SeriesScaler`."""

import datetime as dt

import numpy as np
import pandas as pd

from keras_seqext import SeriesScaler, TimeseriesWindow

from .case import Case, Subject, cases_for

ROWS = np.arange(20.0)
FRAME = pd.DataFrame({"a": ROWS, "b": ROWS * 2})
HOURS = pd.date_range("2020-01-01", periods=20, freq="h").to_numpy()
MONTHS = pd.date_range("2020-01-01", periods=20, freq="MS")
WORKDAYS = pd.date_range("2020-01-01", periods=20, freq="B")
NIGHT = pd.date_range("2023-10-29", periods=20, freq="h", tz="Europe/Berlin").tz_localize(None)
DAY = np.timedelta64(24, "h")
LATER = np.datetime64("3000-01-01", "h") + np.arange(20)
ZONES = [dt.UTC, dt.timezone(dt.timedelta(hours=1))]
STATIONS = pd.concat({"x": FRAME.set_index(HOURS)}, names=["st", "time"])
WITH_NAN = np.where(ROWS == 4, np.nan, ROWS)
SCALER = SeriesScaler(np.zeros(2), np.ones(2))


def build(data=ROWS, targets=None, **options):
    return TimeseriesWindow(data, targets, **{"lookback": 4, "delay": 1, **options})


def split(data=ROWS, targets=None, **options):
    return TimeseriesWindow.split(data, targets, **{"lookback": 2, "delay": 1, **options})


def swapped(first, second):
    stamps = HOURS.copy()
    stamps[[first, second]] = stamps[[second, first]]
    return stamps


def repeated(row):
    stamps = HOURS.copy()
    stamps[row] = stamps[row - 1]
    return stamps


DATASET = Subject(lambda: build(batch_size=4), lambda windows: (windows[0], windows.shard(0, 2)))
SCALED = Subject(lambda: split(FRAME).train, lambda windows: windows.baseline("mean").mae)

new = cases_for("TimeseriesWindow")
used = cases_for("TimeseriesWindow", DATASET)
scaled = cases_for("TimeseriesWindow", SCALED)
split_case = cases_for("TimeseriesWindow.split")
fitted = cases_for("SeriesScaler")
scaler = cases_for("SeriesScaler", Subject(lambda: SCALER, lambda s: s.transform(np.ones((1, 2)))))

SIZES = [
    new("lookback", "=0", "whole number >= 1", lambda: build(lookback=0)),
    new("lookback", "'4' (of type str)", "whole", lambda: build(lookback="4"), error=TypeError),
    new("lookback", "4.0 (of type float)", "whole", lambda: build(lookback=4.0), error=TypeError),
    new("lookback", "True (of type bool)", "whole", lambda: build(lookback=True), error=TypeError),
    new("lookback", "None (of type", "whole", lambda: build(lookback=None), error=TypeError),
    new("lookback", "lookback=4, step=6", "lookback=6", lambda: build(step=6)),
    new("lookback", "lookback=4, step=3", "lookback=3 or 6", lambda: build(step=3)),
    new(
        "lookback", "19 + 2 + 3 - 1 = 23", "smaller", lambda: build(lookback=19, delay=2, horizon=3)
    ),
    new("lookback", "1000000000 + 1", "smaller", lambda: build(lookback=10**9)),
    new("delay", "=-1", "whole number >= 0", lambda: build(delay=-1)),
    new("delay", "=nan", "whole number", lambda: build(delay=np.nan), error=TypeError),
    new("delay", "=array(1.)", "whole number", lambda: build(delay=np.array(1.0)), error=TypeError),
    new("step", "=0", "whole number >= 1", lambda: build(step=0)),
    new("step", "=[1]", "whole number", lambda: build(step=[1]), error=TypeError),
    new("horizon", "=0", "whole number >= 1", lambda: build(horizon=0)),
    new("horizon", "=inf", "whole number", lambda: build(horizon=np.inf), error=TypeError),
    new("stride", "=0", "whole number >= 1", lambda: build(stride=0)),
    new("stride", "='2'", "whole number", lambda: build(stride="2"), error=TypeError),
    new("batch_size", "=0", "whole number >= 1", lambda: build(batch_size=0)),
    new("batch_size", "=None", "whole number", lambda: build(batch_size=None), error=TypeError),
    new(
        "batch_size",
        "batch_size=99",
        "smaller `batch_size`",
        lambda: build(batch_size=99, drop_remainder=True),
    ),
    new("seed", "='x'", "whole number", lambda: build(seed="x"), error=TypeError),
    new("seed", "=-1", "whole number >= 0", lambda: build(seed=-1)),
    new("workers", "=-1", "whole number >= 0", lambda: build(workers=-1)),
    new("workers", "=1.5", "whole number", lambda: build(workers=1.5), error=TypeError),
    new("max_queue_size", "=0", "whole number >= 1", lambda: build(max_queue_size=0)),
]
OPTIONS = [
    new("shuffle", "='no'", "shuffle=True or", lambda: build(shuffle="no"), error=TypeError),
    new("drop_remainder", "=2", "=True or", lambda: build(drop_remainder=2), error=TypeError),
    new("missing", "='drop'", "'skip'", lambda: build(missing="drop")),
    new("missing", "='wieght'", "Did you mean 'weight'", lambda: build(missing="wieght")),
    new("missing", "=None", "Pass e.g.", lambda: build(missing=None)),
    new("dtype", "='int32'", "leave it out", lambda: build(dtype="int32")),
    new("dtype", "='float99'", "leave it out", lambda: build(dtype="float99")),
    new("dtype", "=3", "leave it out", lambda: build(dtype=3)),
    new(
        "scaler", "3 columns", "same columns", lambda: build(scaler=SeriesScaler(*np.ones((2, 3))))
    ),
    new("scaler", "='standard'", "split", lambda: build(scaler="standard"), error=TypeError),
]
DATA = [
    new("data", "'jena.csv' (of type str)", "asarray", lambda: build("jena.csv"), error=TypeError),
    new("data", "=None", "numpy.asarray", lambda: build(None), error=TypeError),
    new("data", "generator", "numpy.asarray", lambda: build(x for x in ROWS), error=TypeError),
    new("data", "=3.5", "numpy.asarray", lambda: build(3.5), error=TypeError),
    new("data", "=<map", "numpy.asarray", lambda: build(map(float, ROWS)), error=TypeError),
    new("data", "shape (0, 2)", "dict", lambda: build(np.zeros((0, 2)))),
    new("data", "shape (5, 0)", "dict", lambda: build(np.zeros((5, 0)))),
    new("data", "shape (2, 9, 3)", "list", lambda: build(np.zeros((2, 9, 3)))),
    new("data", "shape ()", "list", lambda: build(np.array(3.0))),
    new("data", "dtype <U1", ".astype", lambda: build(np.array(["a"] * 9)), error=TypeError),
    new("data", "dtype object", ".astype", lambda: build(ROWS.astype(object)), error=TypeError),
    new("data", "complex128", ".astype", lambda: build(ROWS * 1j), error=TypeError),
    new("data", "dtype datetime64", ".astype", lambda: build(HOURS), error=TypeError),
    new("data", "2 lists", "numpy.asarray", lambda: build([[1, 2], [3, 4]]), error=TypeError),
    new("data", "an empty dict", "at least one series", lambda: build({})),
    new("data", "an empty list", "at least one series", lambda: build([])),
    new(
        "data",
        "column 'name'",
        "`groups` or `timestamps`",
        lambda: build(FRAME.assign(name="x")),
        error=TypeError,
    ),
    new(
        "data",
        "datetime64",
        "`groups` or `timestamps`",
        lambda: build(FRAME.assign(when=HOURS)),
        error=TypeError,
    ),
    new(
        "data",
        "2 columns named 'a'",
        "Rename",
        lambda: build(pd.DataFrame(np.zeros((9, 2)), columns=["a", "a"]), "a"),
    ),
    new(
        "data",
        "Series 0 has 2, series 1 has 3",
        "in the same order",
        lambda: build([np.zeros((9, 2)), np.zeros((9, 3))]),
    ),
    new(
        "data",
        "('a', 'b'), series 'y' has ('b', 'a')",
        "in the same order",
        lambda: build({"x": FRAME, "y": FRAME[["b", "a"]]}),
    ),
    new(
        "data",
        "a dict of 2",
        "one list or dict",
        lambda: build({"x": {"y": ROWS, "z": ROWS}}),
        error=TypeError,
    ),
    new("data", "row 4 of data", "missing='skip'", lambda: build(WITH_NAN)),
    new("data", "all 16", "missing='weight'", lambda: build(ROWS * np.nan, missing="skip")),
    new("data", "(inf) in row 7", "Replace", lambda: build(np.where(ROWS == 7, np.inf, ROWS))),
    new("data", "(-inf) in row 0", "Replace", lambda: build(np.where(ROWS == 0, -np.inf, ROWS))),
]
TARGETS = [
    new("targets", "'c'", "names or numbers of the columns", lambda: build(FRAME, "c")),
    new("targets", "'a'; the columns have no names", "numbers", lambda: build(ROWS, "a")),
    new("targets", "2, and", "use 0 to 1", lambda: build(FRAME, 2)),
    new("targets", "-3, and", "use 0 to 1", lambda: build(FRAME, [0, -3])),
    new("targets", "shape (19,)", "`delay` shifts it", lambda: build(ROWS, ROWS[:-1])),
    new("targets", "shape (16,)", "unshifted", lambda: build(ROWS, ROWS[4:])),
    new("targets", "shape (20, 1, 1)", "dict", lambda: build(ROWS, ROWS.reshape(20, 1, 1))),
    new(
        "targets", "dtype object", ".astype", lambda: build(ROWS, ROWS.astype("O")), error=TypeError
    ),
    new("targets", "generator", "asarray", lambda: build(ROWS, (r for r in ROWS)), error=TypeError),
    new("targets", "=b'a'", "name or number", lambda: build(ROWS, b"a"), error=TypeError),
    new("targets", "=True", "number", lambda: build(ROWS, True), error=TypeError),
    new("targets", "length 1", "a list or dict", lambda: build([ROWS, ROWS], [ROWS])),
    new("targets", "['x']", "keys of `data`", lambda: build({"x": ROWS, "y": ROWS}, {"x": ROWS})),
    new(
        "targets",
        "(inf) in row 3",
        "Replace",
        lambda: build(ROWS, np.where(ROWS == 3, np.inf, 0.0)),
    ),
]
GROUPS_AND_STAMPS = [
    new("groups", "='g'", "one value per row", lambda: build(ROWS, groups="g"), error=TypeError),
    new("groups", "groups='g'. Use", "['a', 'b']", lambda: build(FRAME, groups="g")),
    new("groups", "shape (2,)", "as long as `data`", lambda: build(ROWS, groups=[1, 2])),
    new("groups", "shape (20, 2)", "one-dimensional", lambda: build(ROWS, groups=FRAME)),
    new(
        "groups",
        "row 1 (nan)",
        "Drop them",
        lambda: build(FRAME.assign(g=["x", np.nan] * 10), groups="g"),
    ),
    new(
        "groups",
        "row 3 (nan)",
        "Drop them",
        lambda: build(ROWS, groups=np.where(ROWS == 3, np.nan, 1.0)),
    ),
    new("groups", "list of series", "one or the other", lambda: build([ROWS], groups=[1])),
    new(
        "groups",
        "a mix of int, str",
        "astype(str)",
        lambda: build(ROWS, groups=np.array([1, "x"] * 10, object)),
        error=TypeError,
    ),
    new(
        "timestamps",
        "06:00:00",
        "Sort the rows",
        lambda: build(timestamps=repeated(7)),
        named="`timestamps` of data",
    ),
    new("timestamps", "Row 4", "Sort", lambda: build(timestamps=swapped(3, 4))),
    new(
        "timestamps",
        "<U",
        "to_datetime",
        lambda: build(timestamps=HOURS.astype(str)),
        error=TypeError,
    ),
    new(
        "timestamps",
        "row 3 has no time (NaT)",
        "give them a time",
        lambda: build(timestamps=np.where(ROWS == 3, np.datetime64("NaT", "h"), HOURS)),
    ),
    new(
        "timestamps",
        "row 2 has no time (nan)",
        "give them a time",
        lambda: build(timestamps=np.where(ROWS == 2, np.nan, ROWS)),
    ),
    new("timestamps", "shape (5,)", "as long as `data`", lambda: build(timestamps=HOURS[:5])),
    new("timestamps", "shape ()", "as long as `data`", lambda: build(timestamps=3)),
    new("timestamps", "length 1", "like `data`", lambda: build([ROWS, ROWS], timestamps=[HOURS])),
    new("timestamps", "='t'", "one value per row", lambda: build(timestamps="t"), error=TypeError),
    new("timestamps", "timestamps='c'", "['a', 'b']", lambda: build(FRAME, timestamps="c")),
    new("timestamps", "shape (0,)", "as long as `data`", lambda: build(timestamps=[])),
    new("groups", "levels ['st', 'time']", "groups='st'", lambda: build(STATIONS)),
    new("groups", "='station'", "levels ['st', 'time']", lambda: build(STATIONS, groups="station")),
    new(
        "groups",
        "levels [None, None]",
        "get_level_values(0)",
        lambda: build(STATIONS["a"].rename_axis([None, None])),
    ),
    new(
        "timestamps",
        "'2020-01-01",
        "pandas.to_datetime",
        lambda: build(FRAME.set_axis(HOURS.astype(str))),
        error=TypeError,
    ),
    new("timestamps", "2020-03-01, ...", "to_period", lambda: build(timestamps=MONTHS)),
    new("timestamps", "2020-01-03, ...", "busday_count", lambda: build(timestamps=WORKDAYS)),
    new(
        "timestamps",
        "2023-10-29T02:00",
        "ambiguous='infer'",
        lambda: build(timestamps=NIGHT),
    ),
    new(
        "timestamps",
        "float32",
        "float64",
        lambda: build(timestamps=(1e6 + ROWS / 10).astype("float32")),
    ),
    new(
        "timestamps",
        "3000-01-01T00",
        "datetime64[us]",
        lambda: build([ROWS, ROWS], timestamps=[HOURS.astype("M8[ns]"), LATER]),
    ),
    new(
        "timestamps",
        "a mix of both",
        "utc=True",
        lambda: build(timestamps=[*MONTHS[:10], *MONTHS[10:].tz_localize("UTC")]),
    ),
    new(
        "timestamps",
        "UTC, UTC+01:00",
        "tz_convert",
        lambda: build(timestamps=[HOURS[0].item().replace(tzinfo=zone) for zone in ZONES * 10]),
    ),
    new(
        "timestamps",
        "datetime64[us] for series 0, int64 for series 1",
        "all to numbers",
        lambda: build([ROWS, ROWS], timestamps=[HOURS, np.arange(20)]),
        error=TypeError,
    ),
    new(
        "timestamps",
        "a time zone for series 1, none for series 0",
        "tz_localize",
        lambda: build([ROWS, ROWS], timestamps=[HOURS, MONTHS.tz_localize("UTC")]),
    ),
    new(
        "timestamps",
        "none for series 1",
        "timestamps=False",
        lambda: build([ROWS, ROWS], timestamps=[HOURS, None]),
    ),
    new(
        "timestamps",
        "1 hour for series 0, 1 day for series 1",
        "one dataset per period",
        lambda: build([ROWS, ROWS], timestamps=[HOURS, HOURS[0] + np.arange(20) * DAY]),
    ),
]
USE = [
    used("index", "batch 9", "0 to 3", lambda w: w[9], error=IndexError, named="batch 9"),
    used(
        "index",
        "slice(None, 2",
        "Pass an integer",
        lambda w: w[:2],
        error=TypeError,
        named="batches",
    ),
    used("index", "='0'", "whole number", lambda w: w.shard("0", 2), error=TypeError),
    used("index", "index=2, count=2", "one of 0 to 1", lambda w: w.shard(2, 2)),
    used("index", "=-1", "whole number >= 0", lambda w: w.shard(-1, 2)),
    used("count", "=0", "whole number >= 1", lambda w: w.shard(0, 0)),
    used("batch_size", "batch_size=4, count=3", "Use batch_size=3 or 6", lambda w: w.shard(0, 3)),
    new("seed", "without a seed", "same `seed`", lambda: build(shuffle=True).shard(0, 2)),
    new(
        "batch_size",
        "1 windows, too few",
        "drop_remainder=True",
        lambda: build(batch_size=5).shard(0, 5),
    ),
    used(
        "shard",
        "shard 0 of 2 already",
        "of the original dataset",
        lambda w: w.shard(0, 2).shard(0, 2),
        named="shard",
    ),
    used("epoch", "=-1", "whole number >= 0", lambda w: w.set_epoch(-1)),
    used("epoch", "=1.0", "whole number", lambda w: w.set_epoch(1.0), error=TypeError),
    used("kind", "='naive'", "'persistence'", lambda w: w.baseline("naive")),
    used("kind", "='seasonel'", "Did you mean 'seasonal'", lambda w: w.baseline("seasonel")),
    used("kind", "=None", "Pass e.g.", lambda w: w.baseline(None)),
    used("period", "=None", "period=24", lambda w: w.baseline("seasonal")),
    used("period", "period=24, lookback=4", "longer", lambda w: w.baseline("seasonal", period=24)),
    used(
        "period",
        "='day'",
        "whole number",
        lambda w: w.baseline("seasonal", period="day"),
        error=TypeError,
    ),
    used(
        "mean",
        "='zero'",
        "one per target",
        lambda w: w.baseline("mean", mean="zero"),
        error=TypeError,
    ),
    scaled("mean", "shape (3,)", "one per target", lambda w: w.baseline("mean", mean=[1, 2, 3])),
    scaled("targets", "shape (4, 5)", "2 targets", lambda w: w.inverse_transform(np.zeros((4, 5)))),
    scaled("targets", "=3.0", "2 targets", lambda w: w.inverse_transform(3.0)),
    scaled("targets", "='x'", "numbers", lambda w: w.inverse_transform("x"), error=TypeError),
]
SPLIT = [
    split_case(
        "fractions",
        "['fractions', 'indices']",
        "pass only one of",
        lambda: split(fractions=(0.5, 0.3, 0.2), indices=(5, 9)),
    ),
    split_case("fractions", "(here 1.1)", "with sum 1", lambda: split(fractions=(0.5, 0.3, 0.3))),
    split_case(
        "fractions", "(0.5, 0.5)", "three positive numbers", lambda: split(fractions=(0.5, 0.5))
    ),
    split_case(
        "fractions", "(1.5, -0.25, -0.25)", "three", lambda: split(fractions=(1.5, -0.25, -0.25))
    ),
    split_case("fractions", "nan", "three", lambda: split(fractions=(0.5, np.nan, 0.5))),
    split_case(
        "fractions",
        "='half'",
        "(0.5, 0.25, 0.25)",
        lambda: split(fractions="half"),
        error=TypeError,
    ),
    split_case("fractions", "=0.5", "three", lambda: split(fractions=0.5)),
    split_case("fractions", "0.05", "validation set", lambda: split(fractions=(0.9, 0.05, 0.05))),
    split_case("indices", "9 and 5.", "increasing", lambda: split(indices=(9, 5))),
    split_case("indices", "9 and 50", "from 1 to 19", lambda: split(indices=(9, 50))),
    split_case("indices", "=9", "a pair", lambda: split(indices=9)),
    split_case("indices", "=0.5", "whole number", lambda: split(indices=(0.5, 9)), error=TypeError),
    split_case("indices", "=0", "whole number", lambda: split(indices=(0, 9))),
    split_case(
        "dates", "data has none", "Pass `timestamps`", lambda: split(dates=("2020", "2021"))
    ),
    split_case(
        "dates", "'soon'", "2013-07-01", lambda: split(dates=("soon", "later"), timestamps=HOURS)
    ),
    split_case(
        "dates",
        "'2021', '2020'",
        "start of the validation set",
        lambda: split(dates=("2021", "2020"), timestamps=HOURS),
    ),
    split_case(
        "dates",
        "'2020-01-01T05Z'",
        "tz_localize",
        lambda: split(dates=("2020-01-01T05Z", "2020-01-01T10Z"), timestamps=HOURS),
    ),
    split_case("dates", "(NaT,", "2013-07-01", lambda: split(dates=(pd.NaT, 0), timestamps=HOURS)),
    split_case(
        "dates",
        "('x', 'y')",
        "timedelta64",
        lambda: split(dates=("x", "y"), timestamps=HOURS - HOURS[0]),
        error=TypeError,
    ),
    split_case("dates", "={'a'", "a pair", lambda: split(dates={"a": 1, "b": 2}, timestamps=HOURS)),
    split_case(
        "dates",
        "'a', 'b'",
        "numbers",
        lambda: split(dates=("a", "b"), timestamps=ROWS),
        error=TypeError,
    ),
    split_case("embargo", "='no'", "whole number", lambda: split(embargo="no"), error=TypeError),
    split_case("embargo", "=-1", "whole number", lambda: split(embargo=-1)),
    split_case("embargo", "=100", "smaller", lambda: split(embargo=100)),
    split_case("scaler", "='minmax'", "'robust'", lambda: split(scaler="minmax")),
    split_case("scaler", "=3", "'standard'", lambda: split(scaler=3)),
    split_case(
        "scaler",
        "column 'b' does not vary",
        "scaler=None",
        lambda: split(FRAME.assign(b=3.0)),
        named="scaled",
    ),
    split_case(
        "scaler",
        "column 'b' has no value",
        "Drop",
        lambda: split(FRAME.assign(b=np.nan), missing="weight"),
        named="scaled",
    ),
    split_case(
        "lookbak",
        "lookbak=2",
        "Did you mean 'lookback'",
        lambda: split(lookbak=2),
        error=TypeError,
    ),
]
SCALERS = [
    fitted("kind", "='minmax'", "'robust'", lambda: SeriesScaler.fit([FRAME.to_numpy()], "minmax")),
    fitted("blocks", "0 blocks", "at least one", lambda: SeriesScaler.fit([])),
    fitted("blocks", "=3.0", "iterable", lambda: SeriesScaler.fit(3.0), error=TypeError),
    fitted("blocks", "shape (20,)", "(rows, columns)", lambda: SeriesScaler.fit([ROWS])),
    fitted(
        "blocks",
        "dtype <U1",
        "numbers",
        lambda: SeriesScaler.fit([np.array([["a"]])]),
        error=TypeError,
    ),
    fitted(
        "blocks",
        "2 and 1 columns",
        "same columns",
        lambda: SeriesScaler.fit([np.eye(2), np.ones((3, 1))]),
    ),
    fitted("blocks", "inf", "Replace", lambda: SeriesScaler.fit([np.array([[1.0], [np.inf]])])),
    fitted("scale", "0.0", "fit", lambda: SeriesScaler(np.zeros(2), np.zeros(2))),
    fitted("scale", "nan", "fit", lambda: SeriesScaler(np.zeros(1), np.array([np.nan]))),
    fitted("scale", "shape (3,)", "same length", lambda: SeriesScaler(np.zeros(2), np.ones(3))),
    fitted("center", "='a'", "fit", lambda: SeriesScaler("a", np.ones(1)), error=TypeError),
    fitted(
        "center",
        "shape (1, 1)",
        "one per column",
        lambda: SeriesScaler(np.ones((1, 1)), np.ones(1)),
    ),
    scaler("values", "shape (4, 3)", "2 columns", lambda s: s.transform(np.ones((4, 3)))),
    scaler("values", "shape (4, 1)", "2 columns", lambda s: s.inverse_transform(np.ones((4, 1)))),
    scaler("values", "='x'", "numbers", lambda s: s.transform("x"), error=TypeError),
]

CASES: list[Case] = [
    *SIZES,
    *OPTIONS,
    *DATA,
    *TARGETS,
    *GROUPS_AND_STAMPS,
    *USE,
    *SPLIT,
    *SCALERS,
]
