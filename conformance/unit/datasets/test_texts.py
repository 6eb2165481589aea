"""Labelled texts: duplicates, the split, samples, and the generated reviews."""

import numpy as np
import pytest

from datasets import LabelledTexts, load_sample_reviews
from datasets._texts.text_data import content_order, split_documents

pytestmark = pytest.mark.backend_free


def texts(*documents, labels=None):
    labels = labels if labels is not None else np.arange(len(documents)) % 2
    return LabelledTexts(tuple(documents), np.array(labels, np.int8))


def split(train, test, **options):
    options = {"validation": 0.5, "seed": 0, "duplicates": "keep", **options}
    return split_documents(
        "generated", "texts", train, test, fingerprint="", word_vectors=lambda n: None, **options
    )


def test_repeats_are_counted_and_dropped_from_training_only():
    train = texts("a", "b", "a", "c", "x", "y")
    test = texts("x", "z", "z", "y")
    retained, dropped = split(train, test), split(train, test, duplicates="drop")
    for data in (retained, dropped):
        report = data.report
        assert (report.repeats_in_train, report.repeats_in_test, report.shared) == (1, 1, 2)
        assert data.test.documents == test.documents
    assert len(retained.train) + len(retained.validation) == 6
    assert sorted(dropped.train.documents + dropped.validation.documents) == ["a", "b", "c"]
    assert "1 repeated in train" in str(dropped.report) and "3 of the training" in str(
        dropped.report
    )


def test_split_is_stratified_and_independent_of_file_order():
    documents = [f"text {i}" for i in range(300)]
    labels = [0] * 100 + [1] * 200
    one = split(texts(*documents, labels=labels), texts("t", "u"), validation=0.2)
    other = split(texts(*documents[::-1], labels=labels[::-1]), texts("t", "u"), validation=0.2)
    assert one.validation.documents == other.validation.documents
    assert one.train.documents == other.train.documents
    assert np.bincount(one.validation.labels).tolist() == [20, 40]
    assert not set(one.train.documents) & set(one.validation.documents)
    third = split(texts(*documents, labels=labels), texts("t", "u"), validation=0.2, seed=1)
    assert third.validation.documents != one.validation.documents
    wanted = dict(zip(documents, labels, strict=True))
    for part in (one.train, one.validation):
        assert [wanted[document] for document in part.documents] == part.labels.tolist()


def test_sample_is_balanced_and_depends_on_the_seed():
    train = load_sample_reviews().train
    some = train.sample(20, seed=3)
    assert np.bincount(some.labels).tolist() == [10, 10]
    assert some.documents == train.sample(20, seed=3).documents
    assert some.documents != train.sample(20, seed=4).documents
    with pytest.raises(ValueError, match="count=1000; label 0 has"):
        train.sample(1000, seed=0)


def test_content_order_of_ids():
    rows = [np.array([1, 2]), np.array([3])]
    assert content_order(rows, "s") != content_order(rows[::-1], "s")


def test_sample_reviews_are_reproducible_and_marked_as_synthetic():
    data = load_sample_reviews()
    assert data.fingerprint.startswith("382cbde53d739750")
    assert data.synthetic and "synthetic" in str(data.report)
    vectors = data.word_vectors(8).read_text().splitlines()
    assert all(len(line.split(" ")) == 9 for line in vectors)
    words = {line.split(" ")[0] for line in vectors}
    assert {"superb", "dull", "plot", "sea"} <= words
