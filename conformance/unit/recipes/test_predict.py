"""Predictions of a trained model, and errors for invalid arguments."""

import re

import numpy as np
import pytest

from recipes.__main__ import main

pytestmark = pytest.mark.first_backend


@pytest.fixture(scope="module")
def runs(tmp_path_factory):
    """Train one small model of each kind."""
    folder = tmp_path_factory.mktemp("trained")
    where = ["--out", str(folder / "out"), "--runs", str(folder / "runs")]
    assert main(["run", "reviews-bag-words", "--epochs", "6", *where]) == 0
    assert main(["run", "reviews-embedding-20", "--epochs", "1", *where]) == 0
    assert main(["run", "reviews-hashed-10", "--epochs", "1", *where]) == 0
    assert main(["run", "reviews-bag-bigrams", "--epochs", "1", *where]) == 0
    assert main(["run", "weather-linear", *where]) == 0
    return ["--runs", str(folder / "runs")]


def test_praise_is_positive_and_blame_is_negative(runs, capsys):
    assert (
        main(["predict", "reviews-bag-words", "The plot was superb, a witty script.", *runs]) == 0
    )
    assert capsys.readouterr().out.startswith("positive, probability ")
    assert main(["predict", "reviews-bag-words", "Tedious. The cast was lifeless.", *runs]) == 0
    assert capsys.readouterr().out.startswith("negative, probability ")


def test_hashing_has_a_bin_for_every_word(runs, capsys):
    assert main(["predict", "reviews-hashed-10", "bfd", *runs]) == 0
    assert re.match("(positive|negative), probability ", capsys.readouterr().out)


def test_text_from_a_file(runs, capsys, tmp_path):
    text = "The plot was superb, a witty script."
    path = tmp_path / "review.txt"
    path.write_text(text, encoding="utf-8")
    assert main(["predict", "reviews-bag-words", text, *runs]) == 0
    expected = capsys.readouterr().out
    assert main(["predict", "reviews-bag-words", "--file", str(path), *runs]) == 0
    assert capsys.readouterr().out == expected
    with pytest.raises(SystemExit, match=f"not the name of a file.*--file {path}"):
        main(["predict", "reviews-bag-words", str(path), *runs])


def test_rows_with_another_period_are_refused(runs, tmp_path):
    rows = [f"EWR,50,2013-01-01 0{row // 2}:{row % 2 * 30:02}:00" for row in range(9)]
    path = tmp_path / "half-hours.csv"
    path.write_text("\n".join(["origin,temp,time_hour", *rows, ""]))
    with pytest.raises(SystemExit, match="rows of 1h. Received: rows every 30 minutes. Pass"):
        main(["predict", "weather-linear", "--csv", str(path), *runs])


def test_forecast_for_every_airport(runs, capsys, tmp_path):
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
        assert (
            abs(value - last) < 12
        )  # larger changes in 24 hours do not occur in New York in March
    assert np.ptp([float(line.split()[-2]) for line in lines]) < 5


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["weather-linear", "a text"], "predict weather-linear requires --csv FILE"),
        (["reviews-bag-words"], "predict reviews-bag-words requires a text"),
        (
            ["reviews-embedding-20", "Ωμέγα"],
            "this text contains only out-of-vocabulary words.*Ωμέγα",
        ),
        (["reviews-bag-bigrams", "영화가 재미있다"], "only out-of-vocabulary words"),
        (["reviews-hashed-10", " "], "only out-of-vocabulary words"),
        (["reviews-bag-words", "  "], "this text contains only out-of-vocabulary words"),
        (["reviews-lstm", "good"], "no trained model of reviews-lstm.*recipes run reviews-lstm"),
        (["jena-explore", "good"], "jena-explore does not train a model"),
        (["weather-linear", "--csv", "/no/such.csv"], "/no/such.csv"),
        (["reviews-gut", "good"], "no recipe 'reviews-gut'"),
    ],
)
def test_invalid_arguments_are_named(runs, arguments, message):
    with pytest.raises(SystemExit, match=message):
        main(["predict", *arguments, *runs])
