"""Property tests of splits: no row in two sets, and a scaler of the training rows only."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from keras_seqext import TimeseriesWindow

from .test_window_split import rows_used

pytestmark = pytest.mark.backend_free


@st.composite
def cuts(draw: st.DrawFn) -> tuple[int, tuple[int, int], dict[str, int], int]:
    sizes = {
        "lookback": 2 * draw(st.integers(1, 4)),
        "step": draw(st.sampled_from([1, 2])),
        "delay": draw(st.integers(1, 5)),
        "horizon": draw(st.integers(1, 3)),
    }
    embargo = draw(st.integers(0, 4))
    least = sizes["lookback"] + sizes["delay"] + sizes["horizon"] + embargo
    spans = [least + draw(st.integers(0, 20)) for _ in range(3)]
    return sum(spans), (spans[0], spans[0] + spans[1]), sizes, embargo


@settings(deadline=None)
@given(cuts(), st.integers(0, 2**31))
def test_sets_share_no_rows_and_are_scaled_by_the_training_set(cut, seed):
    rows, indices, sizes, embargo = cut
    series = np.random.default_rng(seed).normal(size=(rows, 2)).cumsum(axis=0)
    parts = TimeseriesWindow.split(series, 0, indices=indices, embargo=embargo or True, **sizes)
    used = [inputs | targets for inputs, targets in map(rows_used, parts)]
    assert max(used[0]) < indices[0] <= min(used[1]) - embargo
    assert max(used[1]) < indices[1] <= min(used[2]) - embargo
    head = series[: indices[0]]
    np.testing.assert_allclose(parts.train.scaler.center, head.mean(axis=0), atol=1e-6)
    # Values after the cut do not affect the training windows.
    changed = series.copy()
    changed[indices[0] :] = 1e6
    other = TimeseriesWindow.split(changed, 0, indices=indices, embargo=embargo or True, **sizes)
    for batch, other_batch in zip(parts.train, other.train, strict=True):
        for array, other_array in zip(batch, other_batch, strict=True):
            np.testing.assert_array_equal(array, other_array)
