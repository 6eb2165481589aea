"""Invalid arguments of the tokenizer, the vocabulary and the encoders."""

from pathlib import Path

import numpy as np
import pandas as pd

from keras_seqext import (
    IMDB_IDS,
    OneHotEncoder,
    SpecialIds,
    TextEncoder,
    Tokenizer,
    Vocabulary,
    pad_ids,
)

from .case import Case, Subject, cases_for

TEXTS = ["The cat sat.", "The dog ate."]
FRAME = pd.DataFrame({"review": TEXTS, "label": [1, 0]})
LABELS = np.zeros(2, [("label", "i4")])
NOWHERE = "no/such/folder/file.json"
VOCABULARY = Subject(
    lambda: Vocabulary.fit([["a", "b", "a"]]), lambda v: v.decode(v.encode("ab".split()))
)
ENCODER = Subject(lambda: TextEncoder.fit(TEXTS), lambda e: e.decode(e.encode(TEXTS)))


class OtherTokenizer(Tokenizer):
    """Tokenizer that may split texts differently."""


class OtherVocabulary(Vocabulary):
    """Vocabulary that may encode tokens differently."""


def encoder():
    return TextEncoder.fit(TEXTS)


def one_hot(given=None, max_length=4, padding="right", truncation="right", **options):
    given = encoder() if given is None else given
    return OneHotEncoder(given, max_length, padding=padding, truncation=truncation, **options)


def pad(sequences, length=None, padding="right", truncation="right"):
    return pad_ids(sequences, length, padding=padding, truncation=truncation)


split = cases_for("Tokenizer", Subject(Tokenizer, lambda tokenizer: tokenizer("a b")))
new = cases_for("Tokenizer")
TOKENIZER = [
    new("level", "='sentence'", "Pass e.g.", lambda: Tokenizer("sentence")),
    new("level", "='chars'", "Did you mean 'char'", lambda: Tokenizer("chars")),
    new("level", "=None", "Pass e.g.", lambda: Tokenizer(None)),
    new("ngrams", "=0", "2 for single tokens and pairs", lambda: Tokenizer(ngrams=0)),
    new("ngrams", "=2.0", "2 for single tokens", lambda: Tokenizer(ngrams=2.0)),
    new("ngrams", "=(1, 0)", "(2,) for pairs", lambda: Tokenizer(ngrams=(1, 0))),
    new("ngrams", "=()", "(2,) for pairs", lambda: Tokenizer(ngrams=())),
    new("ngrams", "=(1, 1)", "Pass (1,)", lambda: Tokenizer(ngrams=(1, 1))),
    new("apostrophes", "='remove'", "'drop' (dont)", lambda: Tokenizer(apostrophes="remove")),
    new("lower", "='yes'", "lower=True or", lambda: Tokenizer(lower="yes"), error=TypeError),
    new("strip_breaks", "=1", "=True or", lambda: Tokenizer(strip_breaks=1), error=TypeError),
    split("text", "None of type NoneType", "dropna()", lambda t: t(None), error=TypeError),
    split("text", "bytes", "text.decode('utf-8')", lambda t: t(b"a b"), error=TypeError),
    split("text", "['a b']", "' '.join(words)", lambda t: t(["a b"]), error=TypeError),
    split("text", "nan", "fillna('')", lambda t: t(float("nan")), error=TypeError),
    split(
        "text", "a ndarray", "one str per document", lambda t: t(np.array(["a"])), error=TypeError
    ),
    split("tokens", "='a b'", "list of tokens", lambda t: t.join("a b"), error=TypeError),
    split("tokens", "=3", "list of tokens", lambda t: t.join(3), error=TypeError),
    new("config", "=None", "`get_config`", lambda: Tokenizer.from_config(None), error=TypeError),
    new("config", "keys: []", "`get_config`", lambda: Tokenizer.from_config({})),
    new(
        "levell",
        "levell=1",
        "Did you mean 'level'",
        lambda: Tokenizer.from_config({**Tokenizer().get_config(), "levell": 1}),
        error=TypeError,
    ),
]

special = cases_for("SpecialIds")
SPECIAL = [
    special("oov", "=0", "id 0 is the padding", lambda: SpecialIds(oov=0)),
    special("oov", "=-1", "id 0 is the padding", lambda: SpecialIds(oov=-1)),
    special("oov", "='[UNK]'", "positive", lambda: SpecialIds(oov="[UNK]"), error=TypeError),
    special("start", "=1.0", "positive", lambda: SpecialIds(start=1.0), error=TypeError),
    special("start", "oov=1, start=1", "a different id", lambda: SpecialIds(1, 1, 2)),
    special("first_word", "first_word=1", "use first_word=2", lambda: SpecialIds(1, None, 1)),
    special(
        "first_word", "=None", "positive", lambda: SpecialIds(first_word=None), error=TypeError
    ),
]

learn = cases_for("Vocabulary.fit")
words = cases_for("Vocabulary")
known = cases_for("Vocabulary", VOCABULARY)
encoding = cases_for("Vocabulary.encode", VOCABULARY)
indexed = cases_for("Vocabulary.from_word_index")
VOCABULARIES = [
    words("tokens", "='the cat'", "list of words", lambda: Vocabulary("the cat"), error=TypeError),
    words("tokens", "=None (", "list of words", lambda: Vocabulary(None), error=TypeError),
    words("tokens", "Received none", "read once", lambda: Vocabulary(t for t in [])),
    words("tokens", "=3 (of type int)", "a `str`", lambda: Vocabulary(["a", 3]), error=TypeError),
    words("tokens", "=b'\\xff'", "encoding", lambda: Vocabulary([b"\xff"]), error=TypeError),
    words("tokens", "=None", "dropna()", lambda: Vocabulary(["a", None]), error=TypeError),
    words("tokens", "={'a'}", "sorted(tokens)", lambda: Vocabulary({"a"}), error=TypeError),
    words("tokens", "={'a': 1}", "from_word_index", lambda: Vocabulary({"a": 1}), error=TypeError),
    words("tokens", "'review'", "tokens['review']", lambda: Vocabulary(FRAME), error=TypeError),
    words("tokens", "=['[UNK]', 'a']", "tokens[1:]", lambda: Vocabulary(["[UNK]", "a"])),
    words("tokens", "=['', '[UNK]']", "Adapt", lambda: Vocabulary(["", "[UNK]"])),
    words("special_ids", "oov=1", "tokens[1:]", lambda: Vocabulary(["", "a"])),
    words(
        "special_ids",
        "oov=2, start=1",
        "Pass these special_ids",
        lambda: Vocabulary(["", "[UNK]", "a"], special_ids=IMDB_IDS),
    ),
    words("tokens", "'a' more than once", "dict.fromkeys", lambda: Vocabulary(["a", "b", "a"])),
    words("tokens", "'\\ud83d'", "errors='replace'", lambda: Vocabulary(["a", "\ud83d"])),
    words("counts", "=[1]", "Vocabulary.fit", lambda: Vocabulary(["a", "b"], counts=[1])),
    words("counts", "=[1, -1]", "Vocabulary.fit", lambda: Vocabulary(["a", "b"], counts=[1, -1])),
    words("counts", "=[0.5]", "Vocabulary.fit", lambda: Vocabulary(["a"], counts=[0.5])),
    words("counts", "='1'", "(tokens,)", lambda: Vocabulary(["a"], counts="1"), error=TypeError),
    words(
        "document_counts",
        "num_documents=None",
        "computes both",
        lambda: Vocabulary(["a"], document_counts=[1]),
    ),
    words(
        "document_counts",
        "9, more than num_documents=3",
        "once per document",
        lambda: Vocabulary(["a"], document_counts=[9], num_documents=3),
    ),
    words(
        "num_documents",
        "='3'",
        "whole number",
        lambda: Vocabulary(["a"], document_counts=[1], num_documents="3"),
        error=TypeError,
    ),
    words(
        "special_ids",
        "=(1, 2)",
        "IMDB_IDS",
        lambda: Vocabulary(["a"], special_ids=(1, 2)),
        error=TypeError,
    ),
    learn(
        "documents", "'the cat'", "split it", lambda: Vocabulary.fit(["the cat"]), error=TypeError
    ),
    learn(
        "documents", "='the cat'", "lists of", lambda: Vocabulary.fit("the cat"), error=TypeError
    ),
    learn("documents", "=3", "lists of tokens", lambda: Vocabulary.fit(3), error=TypeError),
    learn("documents", "=None", "lists of", lambda: Vocabulary.fit([["a"], None]), error=TypeError),
    learn("documents", "=['a']", "one list", lambda: Vocabulary.fit([[["a"]]]), error=TypeError),
    learn(
        "documents",
        "=None (of",
        "dropna()",
        lambda: Vocabulary.fit([["a", None]]),
        error=TypeError,
    ),
    learn("documents", "'review'", "['review']", lambda: Vocabulary.fit(FRAME), error=TypeError),
    learn(
        "documents",
        "none in 0 documents",
        "read before",
        lambda: Vocabulary.fit([]),
        named="documents",
    ),
    learn("documents", "none in 2 documents", "texts are empty", lambda: Vocabulary.fit([[], []])),
    learn(
        "documents",
        "=1 (of type int)",
        "a `str`",
        lambda: Vocabulary.fit([[1, 1]]),
        error=TypeError,
    ),
    learn("num_words", "=0", "whole number >= 1", lambda: Vocabulary.fit([["a"]], num_words=0)),
    learn("num_words", "=-1", "whole number >= 1", lambda: Vocabulary.fit([["a"]], num_words=-1)),
    learn(
        "num_words",
        "=2.5",
        "whole",
        lambda: Vocabulary.fit([["a"]], num_words=2.5),
        error=TypeError,
    ),
    learn(
        "num_words",
        "=inf",
        "whole",
        lambda: Vocabulary.fit([["a"]], num_words=np.inf),
        error=TypeError,
    ),
    learn(
        "min_count",
        "=True",
        "whole",
        lambda: Vocabulary.fit([["a"]], min_count=True),
        error=TypeError,
    ),
    learn("min_count", "=9", "Use a smaller", lambda: Vocabulary.fit([["a"]], min_count=9)),
    indexed(
        "word_index",
        "=['a']",
        "Vocabulary()",
        lambda: Vocabulary.from_word_index(["a"]),
        error=TypeError,
    ),
    indexed(
        "word_index",
        "ranks 1 to 3",
        "dict(zip",
        lambda: Vocabulary.from_word_index({"a": 1, "b": 3}),
    ),
    indexed(
        "oov_token",
        "=None, but '<OOV>' has rank 1",
        "Pass oov_token='<OOV>'",
        lambda: Vocabulary.from_word_index({"<OOV>": 1, "a": 2}),
    ),
    indexed(
        "oov_token",
        "='<OOV>'",
        "or None if it had none",
        lambda: Vocabulary.from_word_index({"a": 1}, oov_token="<OOV>"),
    ),
    indexed("word_index", "ranks 0 to 0", "dict(zip", lambda: Vocabulary.from_word_index({"a": 0})),
    indexed(
        "word_index",
        "'a' -> '1'",
        "1, 2, 3",
        lambda: Vocabulary.from_word_index({"a": "1"}),
        error=TypeError,
    ),
    encoding("tokens", "='ab'", "by a Tokenizer", lambda v: v.encode("ab"), error=TypeError),
    encoding("tokens", "=3 (of", "by a Tokenizer", lambda v: v.encode(3), error=TypeError),
    encoding("tokens", "=['a'] (", "one list", lambda v: v.encode([["a"]]), error=TypeError),
    encoding("tokens", "tokens=None", "dropna()", lambda v: v.encode(["a", None]), error=TypeError),
    encoding("tokens", "=nan", "fillna('')", lambda v: v.encode(["a", np.nan]), error=TypeError),
    known(
        "tokens",
        "=3 (of type int). Convert",
        "a `str`",
        lambda v: v.encode(["a", 3]),
        error=TypeError,
    ),
    encoding(
        "tokens", "tokens=b'\\xff'", "encoding", lambda v: v.encode([b"\xff"]), error=TypeError
    ),
    encoding(
        "tokens", "tokens={'a'}", "sorted(tokens)", lambda v: v.encode({"a"}), error=TypeError
    ),
    encoding("tokens", "={'a': 2}", "a list", lambda v: v.encode({"a": 2}), error=TypeError),
    encoding("tokens", "array('a'", "a list", lambda v: v.encode(np.array("a")), error=TypeError),
    encoding(
        "tokens", "columns 'review'", "tokens['review']", lambda v: v.encode(FRAME), error=TypeError
    ),
    known("ids", "={2}", "sorted(ids)", lambda v: v.decode({2}), error=TypeError),
    known("ids", "9 at index 1", "another vocabulary", lambda v: v.decode([2, 9])),
    known("ids", "-1 at index 0", "another vocabulary", lambda v: v.decode([-1])),
    known("ids", "=[2.0]", "one text at a time", lambda v: v.decode([2.0])),
    known("ids", "=[[2], [3, 2]]", "one text at a time", lambda v: v.decode([[2], [3, 2]])),
    known("ids", "shape (1, 2)", "one text at a time", lambda v: v.decode(np.array([[2, 3]]))),
    known("ids", "=2 ", "list of integers", lambda v: v.decode(2), error=TypeError),
    known("num_words", "=0", "whole number", lambda v: v.truncate(0)),
    known(
        "path",
        "no/such/folder",
        "Create the folder",
        lambda v: v.save(NOWHERE),
        error=FileNotFoundError,
    ),
    known("path", "=3", "pathlib.Path", lambda v: v.save(3), error=TypeError),
    words(
        "path",
        "no such file",
        "Pass the path",
        lambda: Vocabulary.load(NOWHERE),
        error=FileNotFoundError,
    ),
    words("path", "text.py", "Save it again", lambda: Vocabulary.load(__file__)),
    words("path", "=None", "pathlib.Path", lambda: Vocabulary.load(None), error=TypeError),
    words(
        "config",
        "keys: ['tokens']",
        "`get_config`",
        lambda: Vocabulary.from_config({"tokens": ["a"]}),
    ),
]

texts = cases_for("TextEncoder")
encode = cases_for("TextEncoder", ENCODER)
fit = cases_for("TextEncoder.fit")
ENCODERS = [
    texts("vocabulary", "['a']", "Vocabulary(words)", lambda: TextEncoder(["a"]), error=TypeError),
    texts(
        "vocabulary",
        "{'a': 1}",
        "Vocabulary(words)",
        lambda: TextEncoder({"a": 1}),
        error=TypeError,
    ),
    texts(
        "tokenizer",
        "=<class 'str'>",
        "Tokenizer(ngrams=2)",
        lambda: TextEncoder(Vocabulary(["a"]), str),
        error=TypeError,
    ),
    fit("texts", "one str", "[text]", lambda: TextEncoder.fit("The cat."), error=TypeError),
    fit("texts", "=None", "a list of texts", lambda: TextEncoder.fit(None), error=TypeError),
    fit("texts", "columns 'a'", "texts['a']", lambda: TextEncoder.fit({"a": 1}), error=TypeError),
    fit("texts", "'review'", "texts['review']", lambda: TextEncoder.fit(FRAME), error=TypeError),
    fit("text", "text 0: {", "one column", lambda: TextEncoder.fit([{"a": "b"}]), error=TypeError),
    fit("text", "PosixPath", "read_text", lambda: TextEncoder.fit([Path("a")]), error=TypeError),
    fit(
        "texts",
        "shape (2, 1)",
        "texts[:, 0]",
        lambda: TextEncoder.fit(np.array([["a"], ["b"]])),
        error=TypeError,
    ),
    fit(
        "text",
        "text 1: None",
        "fill_null('')",
        lambda: TextEncoder.fit(["a", None]),
        error=TypeError,
    ),
    fit("text", "text 0: bytes", "decode them", lambda: TextEncoder.fit([b"a"]), error=TypeError),
    fit("documents", "none in 0 documents", "read before", lambda: TextEncoder.fit(iter([]))),
    fit(
        "tokenizer",
        "='word'",
        "Tokenizer",
        lambda: TextEncoder.fit(["a"], tokenizer="word"),
        error=TypeError,
    ),
    encode("texts", "=7", "a list of texts", lambda e: e.encode(7), error=TypeError),
    encode("text", "text 0: 3", "to a `str`", lambda e: e.encode([3]), error=TypeError),
    encode("texts", "={'a'}", "sorted(texts)", lambda e: e.encode({"a"}), error=TypeError),
    encode("texts", "'review'", "texts['review']", lambda e: e.encode(FRAME), error=TypeError),
    encode("texts", "columns 'label'", "['label']", lambda e: e.matrix(LABELS), error=TypeError),
    encode("texts", "array('a'", "[texts]", lambda e: e.encode(np.array("a")), error=TypeError),
    texts(
        "tokenizer",
        "(of type OtherTokenizer)",
        "encoder.vocabulary.save(path)",
        lambda: TextEncoder(Vocabulary(["a"]), OtherTokenizer()).save("words.json"),
        error=TypeError,
    ),
    texts(
        "tokenizer",
        "OtherTokenizer(level=",
        "encoder.encode(texts)",
        lambda: TextEncoder(Vocabulary(["a"]), OtherTokenizer()).to_tensorflow(),
        error=TypeError,
    ),
    texts(
        "vocabulary",
        "(of type OtherVocabulary)",
        "encoder.vocabulary.save(path)",
        lambda: TextEncoder(OtherVocabulary(["a"])).get_config(),
        error=TypeError,
    ),
    encode("sequences", "=3", "sequences of ids", lambda e: e.decode(3), error=TypeError),
    encode("ids", "=2 ", "list of integers", lambda e: e.decode([2, 3]), error=TypeError),
    texts(
        "ngrams",
        "=(1, 2)",
        "vocabulary.decode",
        lambda: TextEncoder.fit(["a b"], tokenizer=Tokenizer(ngrams=2)).decode([[2]]),
    ),
    encode("mode", "='tf-idf'", "Did you mean 'tfidf'", lambda e: e.matrix(TEXTS, "tf-idf")),
    encode("mode", "=None", "Pass e.g.", lambda e: e.matrix(TEXTS, None)),
    encode("idf", "='sklearn'", "Did you mean 'keras'", lambda e: e.matrix(TEXTS, idf="sklearn")),
    encode("dtype", "='int32'", "'float32'", lambda e: e.matrix(TEXTS, dtype="int32")),
    encode("dtype", "='float99'", "'float32'", lambda e: e.matrix(TEXTS, dtype="float99")),
    encode(
        "sparse",
        "='yes'",
        "sparse=True or",
        lambda e: e.matrix(TEXTS, sparse="yes"),
        error=TypeError,
    ),
    encode("max_gigabytes", "1e-09", "sparse=True", lambda e: e.matrix(TEXTS, max_gigabytes=1e-9)),
    encode("max_gigabytes", "=0", "float('inf')", lambda e: e.matrix(TEXTS, max_gigabytes=0)),
    encode(
        "max_gigabytes",
        "='4'",
        "4.0",
        lambda e: e.matrix(TEXTS, max_gigabytes="4"),
        error=TypeError,
    ),
    texts(
        "mode",
        "without them",
        "`fit`",
        lambda: TextEncoder(Vocabulary(["a"])).matrix(["a"], "tfidf"),
    ),
    encode(
        "path",
        "no/such/folder",
        "Create the folder",
        lambda e: e.save(NOWHERE),
        error=FileNotFoundError,
    ),
    texts(
        "path",
        "no such file",
        "Pass the path",
        lambda: TextEncoder.load(NOWHERE),
        error=FileNotFoundError,
    ),
    texts("config", "keys: []", "`get_config`", lambda: TextEncoder.from_config({})),
]

hot = cases_for("OneHotEncoder")
shown = cases_for(
    "OneHotEncoder", Subject(one_hot, lambda made: made.decode(made.encode(TEXTS).vectors))
)
ONE_HOT = [
    hot("encoder", "'x' of type str", "TextEncoder.fit", lambda: one_hot("x"), error=TypeError),
    hot("max_length", "=0", "whole number >= 1", lambda: one_hot(max_length=0)),
    hot("max_length", "=2.0", "whole number", lambda: one_hot(max_length=2.0), error=TypeError),
    hot("padding", "='post'", "to padding='right'", lambda: one_hot(padding="post")),
    hot("truncation", "='end'", "Pass e.g.", lambda: one_hot(truncation="end")),
    hot("dtype", "='f99'", "'float32'", lambda: one_hot(dtype="f99")),
    hot("max_gigabytes", "=-1", "above 0", lambda: one_hot(max_gigabytes=-1)),
    hot("max_gigabytes", "=nan", "above 0", lambda: one_hot(max_gigabytes=np.nan)),
    hot("max_gigabytes", "1e-09", "Embedding", lambda: one_hot(max_gigabytes=1e-9).encode(TEXTS)),
    shown("texts", "one str", "[text]", lambda o: o.encode("a"), error=TypeError),
    shown("texts", "'review'", "texts['review']", lambda o: o.encode(FRAME), error=TypeError),
    shown("vectors", "shape (2, 4)", "(texts, steps, 7)", lambda o: o.decode(np.zeros((2, 4)))),
    shown(
        "vectors", "shape (1, 2, 3)", "(texts, steps, 7)", lambda o: o.decode(np.zeros((1, 2, 3)))
    ),
    shown("vectors", "='x'", "NumPy array", lambda o: o.decode("x"), error=TypeError),
    shown("vectors", "with 7 numbers", "argmax", lambda o: o.decode(np.full((1, 1, 7), 0.1))),
]

padded = cases_for("pad_ids")
PADDING = [
    padded("sequences", "=3", "sequences of ids", lambda: pad(3), error=TypeError),
    padded("sequences", "={(1, 2)}", "sorted(", lambda: pad({(1, 2)}), error=TypeError),
    padded("sequences", "={1: [2]}", "sequences of ids", lambda: pad({1: [2]}), error=TypeError),
    padded("sequences", "'review'", "['review']", lambda: pad(FRAME), error=TypeError),
    padded("sequences", "='ab'", "sequences of ids", lambda: pad("ab"), error=TypeError),
    padded("sequences", "sequence 0: 5", "one list of ids per text", lambda: pad([5, 6])),
    padded("sequences", "sequence 1: ['a']", "encode texts first", lambda: pad([[1], ["a"]])),
    padded("sequences", "[[1], [2, 3]]", "encode", lambda: pad([[[1], [2, 3]]])),
    padded("sequences", "[1.5]", "encode texts first", lambda: pad([[1.5]])),
    padded("sequences", "dtype object", "encode", lambda: pad([np.array([1, None])])),
    padded("sequences", "from 0 to 3", "only once", lambda: pad([[0, 3]])),
    padded("sequences", "from -1 to 3", "only once", lambda: pad([[-1, 3]])),
    padded("sequences", f"from 1 to {2**40}", "only once", lambda: pad([[1, 2**40]])),
    padded("length", "=0", "whole number >= 1", lambda: pad([[1]], 0)),
    padded("length", "='4'", "whole number", lambda: pad([[1]], "4"), error=TypeError),
    padded("padding", "='pre'", "to padding='left'", lambda: pad([[1]], padding="pre")),
    padded("padding", "=None", "Pass e.g.", lambda: pad([[1]], padding=None)),
    padded("truncation", "='post'", "to truncation='right'", lambda: pad([[1]], truncation="post")),
    padded("truncation", "=1", "Pass e.g.", lambda: pad([[1]], truncation=1)),
]

CASES: list[Case] = [*TOKENIZER, *SPECIAL, *VOCABULARIES, *ENCODERS, *ONE_HOT, *PADDING]
