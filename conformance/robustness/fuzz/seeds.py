"""Valid files for each target, from which the fuzzer starts."""

import io
import json
import zipfile
from pathlib import Path

import numpy as np

ROOT = Path(__file__).parents[3]
VECTORS = b"the 0.1 0.2\ncat -3 4e-1\n. . . 1 2\n"
STATION = (
    b'"Date Time","p (mbar)","T (degC)","wv (m/s)","wd (deg)"\n'
    b"01.01.2009 00:10:00,996.5,-8.0,1.0,150.0\n"
    b"01.01.2009 00:20:00,996.6,-8.4,-9999.0,136.1\n"
    b"01.01.2009 00:50:00,996.5,,0.1,170.0\n"
)
AIRPORTS = (
    b"origin,year,temp,dewp,humid,wind_dir,wind_speed,wind_gust,precip,pressure,visib,time_hour\n"
    b"EWR,2013,39.02,26.06,59.37,270,10.35702,NA,0,1012,10,2013-01-01T06:00:00Z\n"
    b"JFK,2013,39.02,26.96,61.63,250,8.05546,NA,0,1012.3,10,2013-01-01T07:00:00Z\n"
)


def seeds(target: str) -> list[bytes]:
    """Return inputs for `target` that are valid or almost valid."""
    return {"glove": _glove, "archive": _archive, "csv": _csv, "described": _described}[target]()


def _glove() -> list[bytes]:
    texts = (
        VECTORS,
        b"2 2\n" + VECTORS[:24],
        VECTORS.replace(b"\n", b"\r\n"),
        b"\xef\xbb\xbfa 1\n",
    )
    # The first byte of an input selects the options, see `targets.py`.
    return [bytes([choice]) + text for choice in range(3) for text in texts]


def _archive() -> list[bytes]:
    file = io.BytesIO()
    np.savez(file, x=np.arange(3), y=np.ones((2, 2), np.float32))
    raw = [zipped("station.csv", STATION), zipped("a.2d.txt", VECTORS), file.getvalue()]
    described = [b"../x.csv\xff" + STATION, b"a.txt\xff" + VECTORS + b"\xff\xfeb.csv\xff1,2\n"]
    # A first byte of 0 means a zip file as it is; other values select how one is built, see
    # `targets.zip_from`.
    return [b"\0" + text for text in raw] + [
        bytes([kind]) + text for kind in (1, 9, 17, 33, 41) for text in described
    ]


def zipped(name: str, text: bytes) -> bytes:
    """Return a zip file with one member."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, text)
    return file.getvalue()


def _csv() -> list[bytes]:
    return [
        b"\0" + STATION,
        b"\0\xef\xbb\xbf" + STATION.replace(b"\n", b"\r\n"),
        b"\xff" + AIRPORTS,
    ]


def _described() -> list[bytes]:
    from keras_seqext import IMDB_IDS, TextEncoder, Tokenizer

    registry = (ROOT / "datasets" / "registry.toml").read_bytes()
    entry = registry[registry.index(b"\n[weather]") : registry.index(b"\n[jena_station]")]
    encoder = TextEncoder.fit(
        ["a b a", "c's"], special_ids=IMDB_IDS, tokenizer=Tokenizer(ngrams=(1, 2))
    )
    parts = (
        ("vocabulary", encoder.vocabulary.get_config()),
        ("text_encoder", encoder.get_config()),
    )
    saved = [
        json.dumps({"format": f"keras_seqext.{kind}", "version": 1, **config}).encode()
        for kind, config in parts
    ]
    return [b"\0" + entry, b"\1" + saved[0], b"\2" + saved[1]]
