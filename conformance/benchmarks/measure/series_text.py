"""Synthetic text files in the formats of the Jena CSV and of GloVe vectors."""

import string
from pathlib import Path

import numpy as np

JENA_ROWS = 420_551
JENA_HEADER = (
    '"Date Time","p (mbar)","T (degC)","Tpot (K)","Tdew (degC)","rh (%)","VPmax (mbar)",'
    '"VPact (mbar)","VPdef (mbar)","sh (g/kg)","H2OC (mmol/mol)","rho (g/m**3)","wv (m/s)",'
    '"max. wv (m/s)","wd (deg)"'
)
JENA_MEANS = (990, 9.5, 283, 5, 76, 13.6, 9.5, 4, 6, 9.6, 1216, 2.1, 3.6, 175)


def write_jena(path: Path, rows: int) -> Path:
    """Write a CSV file of ten-minute rows from 2009 on, with 14 columns of two decimals."""
    stamps = np.datetime64("2009-01-01T00:10") + 10 * np.arange(rows).astype("timedelta64[m]")
    rng = np.random.default_rng(0)
    noise = rng.normal(1, 0.05, size=(rows, len(JENA_MEANS)))
    texts = np.char.mod("%.2f", np.round(noise * JENA_MEANS, 2))
    days = [f"{t[8:10]}.{t[5:7]}.{t[:4]} {t[11:19]}" for t in np.datetime_as_string(stamps, "s")]
    with open(path, "w", newline="") as stream:
        stream.write(JENA_HEADER + "\r\n")
        stream.writelines(
            f"{day},{','.join(row)}\r\n" for day, row in zip(days, texts.tolist(), strict=True)
        )
    return path


def glove_words(count: int) -> list[str]:
    """Return distinct random words and some punctuation."""
    rng = np.random.default_rng(0)
    letters = np.array(list(string.ascii_lowercase))
    marks = [",", ".", "'s", '"', "--", "...", "$", "%"]
    found = dict.fromkeys(marks)
    while len(found) < count:
        lengths = rng.integers(3, 14, 100_000)
        text = "".join(letters[rng.integers(0, 26, int(lengths.sum()))])
        ends = np.cumsum(lengths)
        found |= dict.fromkeys(
            text[end - n : end] for end, n in zip(ends.tolist(), lengths.tolist(), strict=True)
        )
    return list(found)[:count]


def write_glove(path: Path, words: list[str], dimension: int) -> Path:
    """Write a file with one word and its vector per line."""
    # Formatting 400,000 vectors takes long, so 10,000 vectors are repeated. Readers do not compare
    # vectors, so this does not affect their speed.
    rng = np.random.default_rng(0)
    pool = np.char.mod("%.5g", rng.normal(0, 0.4, size=(10_000, dimension)))
    lines = [" ".join(row) for row in pool.tolist()]
    with open(path, "w", encoding="utf-8") as stream:
        stream.writelines(f"{word} {lines[i % len(lines)]}\n" for i, word in enumerate(words))
    return path
