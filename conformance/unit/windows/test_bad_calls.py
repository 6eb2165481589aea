"""Wrong calls, and the message each gives: what was passed, what is expected, the remedy."""

import re

import numpy as np
import pandas as pd
import pytest

from keras_seqext import SeriesScaler, TimeseriesWindow

pytestmark = pytest.mark.backend_free

ROWS = np.arange(20.0)
FRAME = pd.DataFrame({"a": ROWS, "b": ROWS * 2})
HOURS = pd.date_range("2020-01-01", periods=20, freq="h").to_numpy()
WITH_NAN = np.where(ROWS == 4, np.nan, ROWS)


def swapped(first, second):
    stamps = HOURS.copy()
    stamps[[first, second]] = stamps[[second, first]]
    return stamps


def doubled(row):
    stamps = HOURS.copy()
    stamps[row] = stamps[row - 1]
    return stamps


def build(data=ROWS, targets=None, **options):
    return TimeseriesWindow(data, targets, **{"lookback": 4, "delay": 1, **options})


def split(data=ROWS, targets=None, **options):
    return TimeseriesWindow.split(data, targets, **{"lookback": 2, "delay": 1, **options})


# name: (call, kind of error, what its message must say)
WRONG_CALLS = {
    "lookback 0": (lambda: build(lookback=0), ValueError, "`lookback` must be .* >= 1.*=0"),
    "lookback text": (lambda: build(lookback="4"), TypeError, "`lookback`.*'4'.*str.*whole number"),
    "lookback float": (lambda: build(lookback=4.0), TypeError, "`lookback`.*4.0.*float"),
    "lookback true": (lambda: build(lookback=True), TypeError, "`lookback`.*True.*bool"),
    "delay negative": (lambda: build(delay=-1), ValueError, "`delay` must be .* >= 0.*-1"),
    "step 0": (lambda: build(step=0), ValueError, "`step`.*>= 1.*=0"),
    "step too large": (lambda: build(step=6), ValueError, "multiple.*4 % 6 = 4.*lookback=6"),
    "step no divisor": (lambda: build(step=3), ValueError, "multiple.*4 % 3 = 1.*3 or 6"),
    "horizon 0": (lambda: build(horizon=0), ValueError, "`horizon`.*>= 1.*=0"),
    "stride 0": (lambda: build(stride=0), ValueError, "`stride`.*>= 1.*=0"),
    "window too long": (
        lambda: build(lookback=19, delay=2, horizon=3),
        ValueError,
        r"no window fits.*19 \+ 2 \+ 3 - 1 = 23.*has 20.*smaller",
    ),
    "batch 0": (lambda: build(batch_size=0), ValueError, "`batch_size`.*>= 1.*=0"),
    "no full batch": (
        lambda: build(batch_size=99, drop_remainder=True),
        ValueError,
        "batch_size=99.*16 windows.*smaller",
    ),
    "seed text": (lambda: build(seed="x"), TypeError, "`seed`.*'x'"),
    "seed negative": (lambda: build(seed=-1), ValueError, "`seed`.*-1"),
    "workers negative": (lambda: build(workers=-1), ValueError, "`workers`.*-1"),
    "missing unknown": (lambda: build(missing="drop"), ValueError, "'error', 'skip'.*'drop'"),
    "missing value": (lambda: build(WITH_NAN), ValueError, "row 4.*missing='skip'"),
    "only missing": (
        lambda: build(ROWS * np.nan, missing="skip"),
        ValueError,
        "no window is complete.*16.*Fill",
    ),
    "dtype integer": (lambda: build(dtype="int32"), ValueError, "`dtype`.*'int32'.*leave it out"),
    "dtype unknown": (lambda: build(dtype="float99"), ValueError, "`dtype`.*'float99'"),
    "data a path": (lambda: build("jena.csv"), TypeError, "`data` must be.*str.*asarray"),
    "data none": (lambda: build(None), TypeError, "`data` must be.*NoneType"),
    "data empty": (lambda: build(np.zeros((0, 2))), ValueError, r"neither empty.*\(0, 2\)"),
    "data no columns": (lambda: build(np.zeros((5, 0))), ValueError, r"neither empty.*\(5, 0\)"),
    "data three axes": (lambda: build(np.zeros((2, 9, 3))), ValueError, r"\(2, 9, 3\).*list"),
    "data generator": (lambda: build(x for x in ROWS), TypeError, "`data`.*generator"),
    "data text array": (lambda: build(np.array(["a"] * 9)), TypeError, "real numbers.*<U1"),
    "data objects": (lambda: build(ROWS.astype(object)), TypeError, "real numbers.*object"),
    "data complex": (lambda: build(ROWS * 1j), TypeError, "real numbers.*complex128"),
    "data list of lists": (lambda: build([[1, 2], [3, 4]]), TypeError, "list of lists.*asarray"),
    "data empty dict": (lambda: build({}), ValueError, "empty dict.*at least one"),
    "frame with text": (
        lambda: build(FRAME.assign(name="x")),
        TypeError,
        "column 'name'.*dtype.*groups",
    ),
    "series differ": (
        lambda: build([np.zeros((9, 2)), np.zeros((9, 3))]),
        ValueError,
        "same columns.*0 has 2.*1 has 3",
    ),
    "target column name": (lambda: build(FRAME, "c"), ValueError, r"'c'.*\['a', 'b'\]"),
    "target name, no names": (lambda: build(ROWS, "a"), ValueError, "'a'; none has a name"),
    "target column number": (lambda: build(FRAME, 2), ValueError, "2.*2 columns: use 0 to 1"),
    "target list number": (lambda: build(FRAME, [0, -3]), ValueError, "-3.*0 to 1"),
    "targets short": (lambda: build(ROWS, ROWS[:-1]), ValueError, r"20 rows.*\(19,\).*delay"),
    "targets shifted": (lambda: build(ROWS, ROWS[4:]), ValueError, r"20 rows.*\(16,\).*unshifted"),
    "targets one for two": (
        lambda: build([ROWS, ROWS], [ROWS]),
        ValueError,
        "`targets`.*2 series.*length 1",
    ),
    "targets missing key": (
        lambda: build({"x": ROWS, "y": ROWS}, {"x": ROWS}),
        ValueError,
        "`targets` has no entry for series 'y'",
    ),
    "groups of an array": (lambda: build(ROWS, groups="g"), TypeError, "`groups`.*data frame.*'g'"),
    "groups unknown": (lambda: build(FRAME, groups="g"), ValueError, r"'g'.*\['a', 'b'\]"),
    "groups short": (
        lambda: build(ROWS, groups=[1, 2]),
        ValueError,
        r"`groups`.*20.*\(2,\)",
    ),
    "groups unknown row": (
        lambda: build(FRAME.assign(g=["x", None] * 10), groups="g"),
        ValueError,
        "`groups`.*10 rows have no group.*row 1",
    ),
    "groups nan": (
        lambda: build(ROWS, groups=np.where(ROWS == 3, np.nan, 1.0)),
        ValueError,
        "`groups`.*1 rows have no group.*row 3.*nan",
    ),
    "columns twice": (
        lambda: build(pd.DataFrame(np.zeros((9, 2)), columns=["a", "a"]), "a"),
        ValueError,
        "2 columns named 'a'.*Rename",
    ),
    "series of series": (
        lambda: build({"x": {"y": ROWS, "z": ROWS}}),
        TypeError,
        "'x': a dict of 2.*one list or dict",
    ),
    "groups and list": (
        lambda: build([ROWS], groups=[1]),
        ValueError,
        "list of series already.*one or the other",
    ),
    "stamps repeat": (
        lambda: build(timestamps=doubled(7)),
        ValueError,
        r"Row 7 \(2020-01-01T06.*repeats row 6.*Sort",
    ),
    "stamps backwards": (
        lambda: build(timestamps=swapped(3, 4)),
        ValueError,
        r"Row 4 \(2020-01-01T03.*earlier than row 3",
    ),
    "stamps text": (
        lambda: build(timestamps=HOURS.astype(str)),
        TypeError,
        "datetime64 or numbers.*to_datetime",
    ),
    "stamp missing": (
        lambda: build(timestamps=np.where(ROWS == 3, np.datetime64("NaT"), HOURS)),
        ValueError,
        "row 3 has none.*NaT",
    ),
    "stamps short": (lambda: build(timestamps=HOURS[:5]), ValueError, "`timestamps`.*20 values"),
    "stamps of one series": (
        lambda: build([ROWS, ROWS], timestamps=[HOURS]),
        ValueError,
        "`timestamps`.*2 series",
    ),
    "batch beyond the end": (lambda: build()[9], IndexError, "batch 9.*1 batches"),
    "batch slice": (lambda: build()[:2], TypeError, "slice.*integer"),
    "epoch negative": (lambda: build().set_epoch(-1), ValueError, "`epoch`.*-1"),
    "baseline unknown": (lambda: build().baseline("naive"), ValueError, "'persistence'.*'naive'"),
    "baseline no period": (lambda: build().baseline("seasonal"), ValueError, "period=24"),
    "baseline long period": (
        lambda: build().baseline("seasonal", period=24),
        ValueError,
        "period=24, lookback=4.*longer",
    ),
    "split two ways": (
        lambda: split(fractions=(0.5, 0.3, 0.2), indices=(5, 9)),
        ValueError,
        r"one of.*\['fractions', 'indices'\]",
    ),
    "split sum": (lambda: split(fractions=(0.5, 0.3, 0.3)), ValueError, "sum is 1.*1.1"),
    "split two shares": (lambda: split(fractions=(0.5, 0.5)), ValueError, "three positive"),
    "split decreasing": (lambda: split(indices=(9, 5)), ValueError, "9 and 5.*increase"),
    "split outside": (lambda: split(indices=(9, 50)), ValueError, "9 and 50.*20 rows"),
    "split one index": (lambda: split(indices=9), ValueError, "pair.*=9"),
    "split dates without": (lambda: split(dates=("2020", "2021")), ValueError, "`timestamps`"),
    "split no date": (
        lambda: split(dates=("soon", "later"), timestamps=HOURS),
        ValueError,
        "`dates`.*2013-07-01.*soon",
    ),
    "split short part": (
        lambda: split(fractions=(0.9, 0.05, 0.05)),
        ValueError,
        "validation part: no window fits",
    ),
    "embargo text": (lambda: split(embargo="no"), TypeError, "`embargo`.*'no'"),
    "scaler unknown": (
        lambda: split(scaler="minmax"),
        ValueError,
        "'robust'.*'minmax'",
    ),
    "no variance": (
        lambda: split(FRAME.assign(b=3.0)),
        ValueError,
        "column 'b' does not vary.*3.*scaler=None",
    ),
    "nothing to scale": (
        lambda: split(FRAME.assign(b=np.nan), missing="weight"),
        ValueError,
        "column 'b' has no value",
    ),
    "scaler of other width": (
        lambda: build(scaler=SeriesScaler(np.zeros(3), np.ones(3))),
        ValueError,
        "`scaler`.*3 columns.*1",
    ),
    "scaler a name": (lambda: build(scaler="standard"), TypeError, "`scaler`.*split"),
    "inverse of other width": (
        lambda: split(FRAME).test.inverse_transform(np.zeros((4, 5))),
        ValueError,
        r"2 targets.*\(4, 5\)",
    ),
}


@pytest.mark.parametrize("name", WRONG_CALLS)
def test_a_wrong_call_says_what_and_how_to_mend_it(name):
    call, kind, pattern = WRONG_CALLS[name]
    with pytest.raises((ValueError, TypeError, IndexError)) as caught:
        call()
    assert type(caught.value) is kind
    assert re.search(pattern, str(caught.value)), str(caught.value)


def test_the_table_is_as_long_as_promised():
    assert len(WRONG_CALLS) >= 25
