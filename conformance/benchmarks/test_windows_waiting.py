"""Benchmark of the share of training time that is spent on making windows."""

from conformance.benchmarks.measure.training import CHAPTER, chapter_rows, waiting
from conformance.benchmarks.pages.claims import Bound, Claim
from keras_seqext import TimeseriesWindow


def test_share_of_fit_spent_waiting_for_windows(compare):
    rows = chapter_rows()
    found = waiting(32, rows, seconds=8, rounds=3)
    windows = TimeseriesWindow(rows, 1, **CHAPTER, shuffle=True, seed=0)
    milliseconds = 1e3 * sorted(found["windows"])[1] / found["batches"]
    compare(
        Claim(
            "windows-waiting",
            "Share of a fit epoch of GRU(32) spent on making windows",
            "windows/s",
            CHAPTER["batch_size"],
            note=f"A step takes {milliseconds:.1f} ms; {found['batches']} steps per round.",
            bounds=[Bound("share of fit inside the dataset", 100 * found["share"], 3, "%")],
        ),
        lambda: windows[7],
        rounds=5,
    )
