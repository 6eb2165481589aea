"""Invalid arguments of the loaders, refused before a file is read or downloaded."""

from datasets import (
    LabelledTexts,
    load_imdb,
    load_imdb_ids,
    load_jena,
    load_sample_reviews,
    load_weather,
    locate,
    locate_glove,
)

from .case import Case, Subject, cases_for

NOWHERE = "no/such/folder"


def series_cases(loader):
    """Return the cases shared by the two weather loaders."""
    new = cases_for(f"datasets.{loader.__name__}")
    return [
        new(
            "path",
            f"'{NOWHERE}'",
            "Pass the path of",
            lambda: loader(NOWHERE),
            error=FileNotFoundError,
        ),
        new("fill", "='linear'", "Pass None to fill nothing", lambda: loader(fill="linear")),
        new("fill", "='forwards'", "Did you mean 'forward'", lambda: loader(fill="forwards")),
        new("fill", "=0", "Pass None to fill nothing", lambda: loader(fill=0)),
        new("limit", "=0", "fill=None", lambda: loader(limit=0)),
        new("limit", "=2.5", "fill=None", lambda: loader(limit=2.5), error=TypeError),
        new("limit", "='6'", "fill=None", lambda: loader(limit="6"), error=TypeError),
        new("wind", "='angle'", "Pass e.g.", lambda: loader(wind="angle")),
        new("wind", "='vectors'", "Did you mean 'vector'", lambda: loader(wind="vectors")),
        new(
            "calendar",
            "='yes'",
            "calendar=True or",
            lambda: loader(calendar="yes"),
            error=TypeError,
        ),
        new("max_missing", "=1.5", "max_missing=0.2", lambda: loader(max_missing=1.5)),
        new("max_missing", "=nan", "max_missing=0.2", lambda: loader(max_missing=float("nan"))),
        new("max_missing", "='half'", "=0.2", lambda: loader(max_missing="half"), error=TypeError),
    ]


def text_cases(loader):
    """Return the cases shared by the three text loaders."""
    new = cases_for(f"datasets.{loader.__name__}")
    return [
        new("validation", "=0", "validation=0.2", lambda: loader(validation=0)),
        new("validation", "=1.0", "validation=0.2", lambda: loader(validation=1.0)),
        new(
            "validation",
            "='a fifth'",
            "=0.2",
            lambda: loader(validation="a fifth"),
            error=TypeError,
        ),
        new("seed", "=-1", "whole number >= 0", lambda: loader(seed=-1)),
        new("seed", "=None", "whole number", lambda: loader(seed=None), error=TypeError),
        new("duplicates", "='remove'", "Pass e.g.", lambda: loader(duplicates="remove")),
        new("duplicates", "=True", "Pass e.g.", lambda: loader(duplicates=True)),
    ]


jena = cases_for("datasets.load_jena")
weather = cases_for("datasets.load_weather")
glove = cases_for("datasets.locate_glove")
find = cases_for("datasets.locate")
ids = cases_for("datasets.load_imdb_ids")
imdb = cases_for("datasets.load_imdb")
reviews = cases_for("datasets.load_sample_reviews")
texts = cases_for(
    "datasets.LabelledTexts",
    Subject(lambda: load_sample_reviews(train=8, test=2).train, lambda part: part.sample(2, 0)),
)
OTHER_CASES = [
    jena("path", "=3", "Pass one of the two", lambda: load_jena(3)),
    jena("path", "=[]", "Pass one of the two", lambda: load_jena([])),
    jena("path", "=['a.csv'], parts", "Pass one", lambda: load_jena(["a.csv"], parts=["2020a"])),
    jena("parts", "='2020a'", "['2020a', '2020b']", lambda: load_jena(parts="2020a")),
    jena("parts", "=['2020']", "['2020a', '2020b']", lambda: load_jena(parts=["2020"])),
    jena("parts", "=[2020]", "['2020a', '2020b']", lambda: load_jena(parts=[2020])),
    jena("parts", "=[]", "['2020a', '2020b']", lambda: load_jena(parts=[])),
    jena("sentinels", "=-9999", "(-9999.0,)", lambda: load_jena(sentinels=-9999), error=TypeError),
    jena("sentinels", "=['x']", "(-9999.0,)", lambda: load_jena(sentinels=["x"]), error=TypeError),
    jena("period", "=10", "period='10min'", lambda: load_jena(period=10), error=TypeError),
    jena("period", "='often'", "period='10min'", lambda: load_jena(period="often")),
    jena("period", "='7h'", "period='10min'", lambda: load_jena(period="7h")),
    jena("period", "='0s'", "period='10min'", lambda: load_jena(period="0s")),
    weather("path", "=3", "pathlib.Path", lambda: load_weather(3), error=TypeError),
    weather("origins", "='JFK'", "['JFK']", lambda: load_weather(origins="JFK"), error=TypeError),
    weather("origins", "=['LHR']", "Pass a list of these", lambda: load_weather(origins=["LHR"])),
    weather("origins", "=[]", "['JFK']", lambda: load_weather(origins=[])),
    glove("tokens", "='42B'", "directly to the reader", lambda: locate_glove(tokens="42B")),
    glove("dimension", "=64", "directly to the reader", lambda: locate_glove(64)),
    glove("dimension", "='100'", "directly to the reader", lambda: locate_glove("100")),
    glove("dimension", "=100.0", "directly to the reader", lambda: locate_glove(100.0)),
    glove(
        "path",
        f"'{NOWHERE}'",
        "Pass the path of",
        lambda: locate_glove(path=NOWHERE),
        error=FileNotFoundError,
    ),
    find("name", "='wether'", "Did you mean 'weather'", lambda: locate("wether")),
    find("name", "=None", "Pass e.g.", lambda: locate(None)),
    find("path", "=b'x'", "pathlib.Path", lambda: locate("weather", b"x"), error=TypeError),
    find(
        "path",
        f"'{NOWHERE}'",
        "Pass the path of",
        lambda: locate("jena_climate_2009_2016", NOWHERE),
        error=FileNotFoundError,
    ),
    find(
        "download",
        "='no'",
        "download=True or",
        lambda: locate("weather", download="no"),
        error=TypeError,
    ),
    ids("num_words", "=0", "whole number >= 1", lambda: load_imdb_ids(num_words=0)),
    ids("num_words", "='9'", "whole number", lambda: load_imdb_ids(num_words="9"), error=TypeError),
    ids("num_words", "=True", "whole", lambda: load_imdb_ids(num_words=True), error=TypeError),
    ids(
        "path",
        f"'{NOWHERE}'",
        "Pass the path of",
        lambda: load_imdb_ids(NOWHERE),
        error=FileNotFoundError,
    ),
    imdb(
        "path",
        f"'{NOWHERE}'",
        "Pass the path of",
        lambda: load_imdb(NOWHERE),
        error=FileNotFoundError,
    ),
    imdb("path", "=3", "pathlib.Path", lambda: load_imdb(3), error=TypeError),
    reviews("train", "=2", "whole number >= 4", lambda: load_sample_reviews(train=2)),
    reviews(
        "train", "=1.5", "whole number", lambda: load_sample_reviews(train=1.5), error=TypeError
    ),
    reviews("test", "=0", "whole number >= 2", lambda: load_sample_reviews(test=0)),
    reviews("test", "='9'", "whole number", lambda: load_sample_reviews(test="9"), error=TypeError),
    texts("count", "=0", "whole number >= 1", lambda part: part.sample(0, 0)),
    texts("count", "=99", "Pass a smaller count", lambda part: part.sample(99, 0)),
    texts("count", "=1.5", "whole number", lambda part: part.sample(1.5, 0), error=TypeError),
    cases_for("datasets.LabelledTexts")(
        "labels", "shape (2,)", "one label per document", lambda: LabelledTexts(("a",), [0, 1])
    ),
]

CASES: list[Case] = [
    *series_cases(load_weather),
    *series_cases(load_jena),
    *text_cases(load_imdb),
    *text_cases(load_imdb_ids),
    *text_cases(load_sample_reviews),
    *OTHER_CASES,
]
