"""Tests of data, targets, groups and time stamps in the containers of several libraries."""

import numpy as np
import pandas as pd
import pytest

from keras_seqext import TimeseriesWindow

pytestmark = pytest.mark.backend_free
SIZES = dict(lookback=4, delay=1, batch_size=100)
GAP = pd.date_range("2024-01-01", periods=45, freq="h").delete(range(20, 25))
VALUES = np.random.default_rng(0).normal(size=(40, 2))
FRAME = pd.DataFrame(VALUES, GAP, ["a", "b"])
TABLE = FRAME.reset_index(names="t")
X, Y = TimeseriesWindow(FRAME, "b", **SIZES)[0]
FLOATS = ["Float64", "Float32", "float64[pyarrow]"]


def polars_frame(frame):
    return pytest.importorskip("polars").DataFrame({name: frame[name].to_numpy() for name in frame})


def arrow_table(frame):
    return pytest.importorskip("pyarrow").table({name: frame[name].to_numpy() for name in frame})


def check(data, targets="b", **options):
    dataset = TimeseriesWindow(data, targets, **options, **SIZES)
    x, y = dataset[0]
    np.testing.assert_array_equal(x, X)
    np.testing.assert_array_equal(y.reshape(Y.shape), Y)
    assert [gap.row for gap in dataset.gaps] == [20]


@pytest.mark.parametrize("make", [polars_frame, arrow_table])
class TestFrames:
    def test_column_of_time_stamps(self, make):
        check(make(TABLE), timestamps="t")
        check({"x": make(TABLE)}, timestamps="t")
        check([make(TABLE)], timestamps="t")

    def test_columns_as_targets_and_stamps(self, make):
        table = make(TABLE)
        check(VALUES, table["b"], timestamps=table["t"])
        check(make(TABLE[["a", "b"]]), make(TABLE[["b"]]), timestamps=table["t"])
        dataset = TimeseriesWindow(table["b"], timestamps=table["t"], **SIZES)
        np.testing.assert_array_equal(dataset[0][1], Y)

    def test_groups(self, make):
        both = pd.concat([TABLE.assign(g="x"), TABLE.assign(g="y")])
        dataset = TimeseriesWindow(make(both), "b", groups="g", timestamps="t", **SIZES)
        assert [gap[:2] for gap in dataset.gaps] == [("group x", 20), ("group y", 20)]
        columns = {"groups": make(both)["g"], "timestamps": make(both)["t"]}
        again = TimeseriesWindow(make(both[["a", "b"]]), "b", **columns, **SIZES)
        np.testing.assert_array_equal(again[0][0], dataset[0][0])

    def test_integers_are_not_scaled_and_missing_values_are_nan(self, make):
        labels = make(pd.DataFrame({"y": np.arange(40) % 2}))
        for targets in (labels, labels["y"]):
            parts = TimeseriesWindow.split(VALUES, targets, lookback=2, delay=1)
            assert set(np.unique(parts.train[0][1])) == {0, 1}

    def test_split(self, make):
        parts = TimeseriesWindow.split(
            make(TABLE),
            "b",
            timestamps="t",
            dates=("2024-01-01T12", "2024-01-02"),
            lookback=2,
            delay=1,
        )
        ours = TimeseriesWindow.split(
            FRAME, "b", dates=("2024-01-01T12", "2024-01-02"), lookback=2, delay=1
        )
        for part, our in zip(parts, ours, strict=True):
            np.testing.assert_array_equal(part[0][0], our[0][0])

    def test_text_and_times_are_not_inputs(self, make):
        with pytest.raises(TypeError, match="column 't' of `data` has dtype"):
            TimeseriesWindow(make(TABLE), **SIZES)
        with pytest.raises(TypeError, match="column 's' of `data` has dtype"):
            TimeseriesWindow(make(TABLE[["a"]].assign(s="x")), **SIZES)
        with pytest.raises(
            ValueError, match=r"timestamps='tt'.*Did you mean 't'.*\['t', 'a', 'b'\]"
        ):
            TimeseriesWindow(make(TABLE), timestamps="tt", **SIZES)


def column_with_missing_values(library, kind):
    """Return 30 values of the kind "int64", "double" or "bool"; every third is missing."""
    values = [True, None, False] * 10 if kind == "bool" else [1, None, 3] * 10
    if library == "polars":
        polars = pytest.importorskip("polars")
        dtypes = {"int64": polars.Int64, "double": polars.Float64, "bool": polars.Boolean}
        column = polars.Series("a", values, dtypes[kind])
        return column, column.to_frame()
    if library == "pyarrow":
        pyarrow = pytest.importorskip("pyarrow")
        column = pyarrow.array(values, kind)
        return column, pyarrow.table({"a": column})
    if library == "pandas":
        kind = {"int64": "Int64", "double": "Float64", "bool": "boolean"}[kind]
    else:
        pytest.importorskip("pyarrow")
        kind = f"{kind}[pyarrow]"
    column = pd.Series(values, dtype=kind)
    return column, column.to_frame("a")


@pytest.mark.parametrize("kind", ["int64", "double", "bool"])
@pytest.mark.parametrize("library", ["polars", "pyarrow", "pandas", "pandas of pyarrow"])
def test_missing_values_of_any_dtype(library, kind):
    column, frame = column_with_missing_values(library, kind)
    for data in (column, frame):
        x, _, weight = TimeseriesWindow(data, missing="weight", lookback=1, delay=1)[0]
        assert weight.sum() == 19 and x[1] == 0
        with pytest.raises(ValueError, match="row 1 of data"):
            TimeseriesWindow(data, lookback=1, delay=1)


@pytest.mark.parametrize("dtype", FLOATS)
def test_extension_dtypes_of_pandas(dtype):
    if "pyarrow" in dtype:
        pytest.importorskip("pyarrow")
    frame = FRAME.astype("float32").astype(dtype)
    x, y = TimeseriesWindow(frame, "b", **SIZES)[0]
    np.testing.assert_array_equal(x, X)
    np.testing.assert_array_equal(y, Y)


@pytest.mark.parametrize("zone", [None, "Europe/Berlin"])
def test_times_of_pyarrow_in_pandas(zone):
    pytest.importorskip("pyarrow")
    dtype = f"timestamp[ns{', tz=' + zone if zone else ''}][pyarrow]"
    check(FRAME.set_axis(pd.Index(GAP.tz_localize(zone), dtype=dtype)))
    check(
        FRAME.set_axis(GAP.tz_localize(zone)).reset_index(names="t").astype({"t": dtype}),
        timestamps="t",
    )


def test_local_times_of_polars_and_pyarrow():
    polars, pyarrow = pytest.importorskip("polars"), pytest.importorskip("pyarrow")
    days = pd.date_range("2023-01-01", periods=400, freq="D", tz="Europe/Berlin")
    cut = ("2023-05-01", "2023-10-30")
    for stamps in (polars.Series(days), pyarrow.array(days), pd.Series(days)):
        parts = TimeseriesWindow.split(
            np.arange(400.0), timestamps=stamps, dates=cut, lookback=2, delay=1, embargo=False
        )
        assert parts.train.gaps == []
        assert [part.window_ends(0)[0] + 1 for part in parts[1:]] == [120, 302]


def test_dates_in_any_container():
    xarray, pyarrow = pytest.importorskip("xarray"), pytest.importorskip("pyarrow")
    polars = pytest.importorskip("polars")
    dates = GAP[[10, 30]]
    for make in (list, np.asarray, pd.Series, xarray.DataArray, pyarrow.array, polars.Series):
        parts = TimeseriesWindow.split(FRAME, dates=make(dates), lookback=2, delay=1)
        assert [part.window_ends(0)[0] for part in parts] == [1, 11, 31]


def test_structured_arrays():
    check(FRAME.to_records(), timestamps="index")


class TestXarray:
    def dataset(self):
        pytest.importorskip("xarray")
        return FRAME.rename_axis("t").to_xarray()

    def array(self):
        xarray = pytest.importorskip("xarray")
        coords = {"t": GAP, "c": ["a", "b"]}
        return xarray.DataArray(VALUES, dims=("t", "c"), coords=coords)

    def test_coordinates_are_used_like_an_index(self):
        check(self.dataset())
        check(self.array())
        check({"x": self.array()})
        assert TimeseriesWindow(self.array(), timestamps=False, **SIZES).num_windows == 36

    def test_arrays_as_targets_and_stamps(self):
        check(VALUES, self.dataset()["b"], timestamps=self.dataset()["t"])
        check(self.dataset(), self.dataset()[["b"]], timestamps="t")
        assert TimeseriesWindow(self.dataset()["a"], **SIZES).num_windows == 32

    def test_groups_are_coordinates(self):
        data = self.array().assign_coords(st=("t", ["x"] * 20 + ["y"] * 20))
        dataset = TimeseriesWindow(data, "b", groups="st", **SIZES)
        assert dataset.num_windows == 32 and dataset.gaps == []

    def test_rows_come_first(self):
        with pytest.raises(ValueError, match=r"\('c', 't'\).*transpose\('t'"):
            TimeseriesWindow(self.array().T, **SIZES)
        with pytest.raises(ValueError, match="'d' with dimensions"):
            TimeseriesWindow(self.dataset().assign(d=("other", np.ones(40))), **SIZES)


def test_zarr_arrays_without_a_length():
    zarr = pytest.importorskip("zarr")
    check(zarr.array(VALUES), 1, timestamps=GAP)
    check({"x": zarr.array(VALUES)}, {"x": zarr.array(VALUES[:, 1])}, timestamps=[GAP])
    seconds = zarr.array(GAP.to_numpy().astype("M8[s]").astype("int64"))
    check(zarr.array(VALUES), 1, timestamps=seconds, missing="skip")
    parts = TimeseriesWindow.split(zarr.array(VALUES), 1, lookback=2, delay=1)
    ours = TimeseriesWindow.split(VALUES, 1, lookback=2, delay=1)
    for part, our in zip(parts, ours, strict=True):
        np.testing.assert_allclose(part[0][0], our[0][0], rtol=1e-5)
