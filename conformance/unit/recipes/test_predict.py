"""A trained model, used: the same as the model says itself, and mistakes are named."""

import re

import numpy as np
import pytest

from recipes.__main__ import main

pytestmark = pytest.mark.first_backend


@pytest.fixture(scope="module")
def runs(tmp_path_factory):
    """One small model of each kind."""
    folder = tmp_path_factory.mktemp("trained")
    where = ["--out", str(folder / "out"), "--runs", str(folder / "runs")]
    assert main(["run", "reviews-bag-words", "--epochs", "6", *where]) == 0
    assert main(["run", "reviews-embedding-20", "--epochs", "1", *where]) == 0
    assert main(["run", "weather-linear", *where]) == 0
    return ["--runs", str(folder / "runs")]


def test_praise_is_positive_and_blame_is_not(runs, capsys):
    assert (
        main(["predict", "reviews-bag-words", "The plot was superb, a witty script.", *runs]) == 0
    )
    assert capsys.readouterr().out.startswith("positive, with ")
    assert main(["predict", "reviews-bag-words", "Tedious. The cast was lifeless.", *runs]) == 0
    assert capsys.readouterr().out.startswith("negative, with ")


def test_the_last_rows_are_forecast_for_every_airport(runs, capsys, tmp_path):
    import pandas as pd

    from datasets import locate

    raw = pd.read_csv(locate("weather").paths[0])
    raw = raw[raw["time_hour"] < "2013-03-01T00:00:00Z"]
    raw.to_csv(tmp_path / "rows.csv", index=False)
    assert main(["predict", "weather-linear", "--csv", str(tmp_path / "rows.csv"), *runs]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == 3
    for line, airport in zip(lines, ("EWR", "JFK", "LGA"), strict=True):
        value = float(re.search(r": (-?\d+\.\d) °C$", line)[1])
        last = (raw[raw["origin"] == airport]["temp"].iloc[-1] - 32) * 5 / 9
        assert line.startswith(f"{airport}, temp from 2013-03-01T")
        assert abs(value - last) < 12  # nobody was ever wrong by more in New York in March
    assert np.ptp([float(line.split()[-2]) for line in lines]) < 5


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["weather-linear", "a text"], "predict weather-linear takes --csv FILE"),
        (["reviews-bag-words"], "predict reviews-bag-words takes a text"),
        (["reviews-embedding-20", "Ωμέγα"], "no word of this text is known.*Ωμέγα"),
        (["reviews-bag-words", "  "], "no word of this text is known"),
        (["reviews-lstm", "good"], "no trained model of reviews-lstm.*recipes run reviews-lstm"),
        (["jena-explore", "good"], "jena-explore trains no model"),
        (["weather-linear", "--csv", "/no/such.csv"], "/no/such.csv"),
        (["reviews-gut", "good"], "no recipe 'reviews-gut'"),
    ],
)
def test_mistakes_are_named(runs, arguments, message):
    with pytest.raises(SystemExit, match=message):
        main(["predict", *arguments, *runs])
