"""Invalid arguments about scaling and targets of `TimeseriesWindow` and `SeriesScaler`."""

import keras
import numpy as np
import pandas as pd

from keras_seqext import SeriesScaler

from .case import Case, cases_for
from .windows import FRAME, HOURS, ROWS, build, split

SCALER = SeriesScaler.fit(FRAME)
OTHER = FRAME.rename(columns={"b": "c"})
NUMBERED = pd.DataFrame(np.zeros((20, 3)), columns=[1, 2, 3])
TEXT = np.array(["up", "down"] * 10)

new = cases_for("TimeseriesWindow")
split_case = cases_for("TimeseriesWindow.split")
fitted = cases_for("SeriesScaler")


def with_bfloat16(call):
    before = keras.config.floatx()
    keras.config.set_floatx("bfloat16")
    try:
        return call()
    finally:
        keras.config.set_floatx(before)


CASES: list[Case] = [
    new("scaler", "columns 'a', 'c'", "in any order", lambda: build(OTHER, scaler=SCALER)),
    new(
        "scaler",
        "`targets` has 2",
        "same columns",
        lambda: build(ROWS, FRAME, scaler=split(ROWS, ROWS).train.scaler),
    ),
    new("targets", "Received: 2; the columns", "targets='2'", lambda: build(NUMBERED, 2)),
    new("targets", "<U4", "return_inverse", lambda: build(ROWS, TEXT), error=TypeError),
    new("targets", "of type list", "return_inverse", lambda: build(ROWS, [*TEXT]), error=TypeError),
    new(
        "targets",
        "a DataFrame of shape (20, 1)",
        "return_inverse",
        lambda: build(ROWS, pd.DataFrame({"y": TEXT})),
        error=TypeError,
    ),
    new(
        "dtype",
        "floatx()='bfloat16'",
        "dtype='float32'",
        lambda: with_bfloat16(build),
        named="dtype",
    ),
    split_case(
        "dtype",
        "floatx()='bfloat16'",
        "dtype='float32'",
        lambda: with_bfloat16(split),
        named="dtype",
    ),
    split_case("scale_targets", "=1", "=True or", lambda: split(scale_targets=1), error=TypeError),
    split_case(
        "targets", "column 0 does not vary", "scale_targets=False", lambda: split(ROWS, ROWS * 0.0)
    ),
    split_case(
        "dates",
        "dates=('2019-01-01', '2019-02-01')",
        "inside this time",
        lambda: split(timestamps=HOURS, dates=("2019-01-01", "2019-02-01")),
    ),
    split_case(
        "fractions", "2 series of 2 rows", "longer series", lambda: split([ROWS[:1], ROWS[:1]])
    ),
    fitted("blocks", "={'x'", "list(series", lambda: SeriesScaler.fit({"x": 3}), error=TypeError),
    fitted("blocks", "a Series of shape (20,)", "reshape", lambda: SeriesScaler.fit(FRAME["a"])),
    fitted("blocks", "['a', 'c']", "in any order", lambda: SeriesScaler.fit([FRAME, OTHER])),
    fitted("names", "='ab'", "tuple", lambda: SCALER.fit(FRAME, names="ab"), error=TypeError),
    fitted("names", "('a',)", "tuple", lambda: SeriesScaler.fit(FRAME, names=("a",))),
    fitted(
        "targets", "=3", "fit", lambda: SeriesScaler(*np.ones((2, 2)), targets=3), error=TypeError
    ),
    fitted(
        "scaler", "`values` with the columns 'a', 'c'", "order", lambda: SCALER.transform(OTHER)
    ),
]
