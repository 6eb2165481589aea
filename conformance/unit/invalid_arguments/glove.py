"""Invalid arguments of the initializer that reads word vectors."""

import gzip
import pathlib
import tempfile
import zipfile
from collections import Counter

import numpy as np
import pandas as pd

from keras_seqext import GloVeEmbedding

from .case import Case, Subject, cases_for

FOLDER = pathlib.Path(tempfile.mkdtemp())
VECTORS = FOLDER / "tiny.2d.txt"
VECTORS.write_text("the 0.5 1\ncat 1 2\n")
WORDS = ["the", "zzz"]


def written(name, content):
    path = FOLDER / name
    path.write_bytes(content)
    return path


def several():
    path = FOLDER / "several.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("a.2d.txt", "the 1 2\n")
        archive.writestr("a.3d.txt", "the 1 2 3\n")
    return path


def glove(source=VECTORS, vocabulary=WORDS, **options):
    return GloVeEmbedding(source, vocabulary, **{"cache": False, **options})


def works(initializer):
    assert tuple(initializer((3, 2)).shape) == (3, 2)
    assert initializer.coverage.words == 2


new = cases_for("GloVeEmbedding")
used = cases_for("GloVeEmbedding", Subject(glove, works))
SOURCES = [
    new("source", "None of type NoneType", "pathlib.Path", lambda: glove(None), error=TypeError),
    new("source", "3 of type int", "pathlib.Path", lambda: glove(3), error=TypeError),
    new("source", "b'x' of type bytes", "pathlib.Path", lambda: glove(b"x"), error=TypeError),
    new(
        "source",
        "nowhere.txt",
        "glove.6B.zip",
        lambda: glove("nowhere.txt").load(),
        error=FileNotFoundError,
    ),
    new("source", FOLDER.name, "Pass a file in it", lambda: glove(FOLDER).load()),
    new("source", "['zzz']", "language and case", lambda: glove(vocabulary=["zzz"]).load()),
    new(
        "file",
        "bad.zip",
        "Download it again",
        lambda: glove(written("bad.zip", b"PK")).load(),
        named="bad.zip",
    ),
    new(
        "file",
        "cut.gz",
        "Download it again",
        lambda: glove(written("cut.gz", gzip.compress(b"the 1 2\n")[:12])).load(),
        named="cut.gz",
    ),
    new(
        "file",
        "xz.txt",
        "Unpack it",
        lambda: glove(written("xz.txt", b"\xfd7zXZ\0")).load(),
        named="an xz archive",
    ),
    new(
        "file",
        "caf\\xe9",
        "Correct this line",
        lambda: glove(written("latin1.txt", b"the 1 2\ncaf\xe9 1 2\n"), ["caf\xe9"]).load(),
        named="line 2",
    ),
    new(
        "file",
        "empty.txt",
        "Download it again",
        lambda: glove(written("empty.txt", b"")).load(),
        named="empty.txt",
    ),
    new(
        "file",
        "prose.txt",
        "Expected a word and its numbers",
        lambda: glove(written("prose.txt", b"it was the best\n")).load(),
        named="line 1",
    ),
    new(
        "file",
        "0.bin",
        "saved as text",
        lambda: glove(written("0.bin", b"the \0\0 2\n")).load(),
        named="line 1",
    ),
    new(
        "dimension",
        "a.2d.txt, a.3d.txt",
        "Pass `dimension=`",
        lambda: glove(several()).load(),
        named="dimension=",
    ),
    new(
        "dimension",
        "dimension=3",
        "Pass dimension=2",
        lambda: glove(dimension=3).load(),
        named="dimension",
    ),
]
WORDS_AND_COUNTS = [
    new("vocabulary", "='the'", "[word]", lambda: glove(vocabulary="the"), error=TypeError),
    new("vocabulary", "=3", "[word]", lambda: glove(vocabulary=3), error=TypeError),
    new("vocabulary", "Received none", "read before", lambda: glove(vocabulary=[])),
    new("vocabulary", "3 in it", "a `str`", lambda: glove(vocabulary=["the", 3]), error=TypeError),
    new(
        "vocabulary", "None in it", "a `str`", lambda: glove(vocabulary={None: 1}), error=TypeError
    ),
    new(
        "vocabulary",
        "'a' as its words 0 and 1",
        "dict.fromkeys",
        lambda: glove(vocabulary=["a", "a"]),
    ),
    new("vocabulary", "'a' -> 0", "rows from 1", lambda: glove(vocabulary={"a": 0})),
    new("vocabulary", "'a' -> 1.0", "rows from 1", lambda: glove(vocabulary={"a": 1.0})),
    new(
        "vocabulary",
        "row 1 for 'a' and 'b'",
        "numbered",
        lambda: glove(vocabulary={"a": 1, "b": 1}),
    ),
    new(
        "vocabulary",
        "={'the'} (of type set)",
        "sorted(vocabulary)",
        lambda: glove(vocabulary={"the"}),
        error=TypeError,
    ),
    new(
        "vocabulary",
        "a DataFrame with the columns 'text'",
        "vocabulary['text']",
        lambda: glove(vocabulary=pd.DataFrame({"text": ["the"]})),
        error=TypeError,
    ),
    new(
        "vocabulary",
        "Counter({'the': 1})",
        "`counts`=counter",
        lambda: glove(vocabulary=Counter(["the"])),
        error=TypeError,
    ),
    new("vocabulary", "'<pad>' as the first", "enumerate(", lambda: glove(vocabulary=["<pad>"])),
    new("counts", "={1, 2}", "Counter(tokens)", lambda: glove(counts={1, 2}), error=TypeError),
    new(
        "counts",
        "a DataFrame with the columns 'n'",
        "counts['n']",
        lambda: glove(counts=pd.DataFrame({"n": [1, 2]})),
        error=TypeError,
    ),
    new("counts", "=[1.0]", "Counter(tokens)", lambda: glove(counts=[1])),
    new("counts", "=[1.0, -1.0]", "Counter(tokens)", lambda: glove(counts=[1, -1])),
    new("counts", "=[1.0, nan]", "Counter(tokens)", lambda: glove(counts=[1, float("nan")])),
    new("counts", "=[1.0, inf]", "Counter(tokens)", lambda: glove(counts=[1, float("inf")])),
    new("counts", "='ab'", "Counter(tokens)", lambda: glove(counts="ab"), error=TypeError),
    new(
        "counts",
        "=['a', 'b']",
        "Counter(tokens)",
        lambda: glove(counts=["a", "b"]),
        error=TypeError,
    ),
    new("counts", "=3", "Counter(tokens)", lambda: glove(counts=3), error=TypeError),
]
OPTIONS = [
    new("oov", "='zero'", "Did you mean 'zeros'", lambda: glove(oov="zero")),
    new("oov", "=0", "Pass e.g.", lambda: glove(oov=0)),
    new("dimension", "=0", "whole number >= 1", lambda: glove(dimension=0)),
    new("dimension", "=2.0", "whole number", lambda: glove(dimension=2.0), error=TypeError),
    new("seed", "=-1", "whole number >= 0", lambda: glove(seed=-1)),
    new("seed", "='s'", "whole number", lambda: glove(seed="s"), error=TypeError),
    new("lower", "='no'", "lower=True or", lambda: glove(lower="no"), error=TypeError),
    new("contractions", "=1", "=True or", lambda: glove(contractions=1), error=TypeError),
    new("cache", "=None", "cache=False", lambda: glove(cache=None), error=TypeError),
    new("cache", "=1", "cache=False", lambda: glove(cache=1), error=TypeError),
]
CALLS = [
    used("shape", "=3", "embeddings_initializer", lambda g: g(3)),
    used("shape", "=(3,)", "embeddings_initializer", lambda g: g((3,))),
    used("shape", "=(None, 2)", "embeddings_initializer", lambda g: g((None, 2))),
    used("shape", "='32'", "embeddings_initializer", lambda g: g("32")),
    used("input_dim", "2 rows", "input_dim=3", lambda g: g((2, 2)), named="rows"),
    used(
        "dimension",
        "dimension=5",
        "dimension=2",
        lambda g: g((3, 5)),
        named="numbers, not dimension",
    ),
    used("dtype", "='float99'", "'float32'", lambda g: g((3, 2), dtype="float99")),
    new(
        "vocabulary",
        "=None), as",
        "with the words",
        lambda: GloVeEmbedding(None, None).load(),
        named="`vocabulary`",
    ),
    new("vocabulary", "=None. Pass", "the words", lambda: GloVeEmbedding(None, None).input_dim),
    new("counts", "=[1.0, 2.0, 3.0]", "Counter", lambda: glove(counts=np.arange(1.0, 4.0))),
]

CASES: list[Case] = [*SOURCES, *WORDS_AND_COUNTS, *OPTIONS, *CALLS]
