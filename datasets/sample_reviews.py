"""Made-up reviews: a program wrote them, so that text recipes run where there is no data.

They show that a recipe works and how long it takes. They say nothing about language, and
every table that a result on them appears in calls them synthetic.
"""

import hashlib
import random
import tempfile
from functools import cache
from pathlib import Path

import numpy as np

from datasets._files.validation import check_count
from datasets._texts.text_data import LabelledTexts, TextData, check_split, split_documents

PRAISE = "wonderful moving superb charming brilliant delightful gripping tender fresh witty".split()
BLAME = "dreadful boring clumsy shallow tedious predictable awful lifeless noisy dull".split()
THINGS = "plot acting script music ending photography dialogue cast pace story".split()
FILLER = (
    "i saw this film last week with a friend who likes the theatre; it runs for two hours and the "
    "director has made three others before; it is set in a small town near the sea in winter"
).split()
SHAPES = ("the {thing} was {word}", "a {word} {thing}", "what a {word} {thing}", "{word} {thing}")


def load_sample_reviews(
    *,
    train: int = 400,
    test: int = 200,
    validation: float = 0.2,
    seed: int = 0,
    duplicates: str = "keep",
) -> TextData:
    """Generates labelled texts: mostly praise or mostly blame, with negations and filler.

    Args:
        train: training and validation texts together, half of each kind.
        test: test texts.
        validation: the share held back of `train`.
        seed: of the split; the texts are always the same.
        duplicates: as in `load_imdb`.

    Returns:
        `TextData` of kind `"texts"` with `synthetic=True`.

    >>> data = load_sample_reviews()
    >>> len(data.train), len(data.validation), len(data.test), data.synthetic
    (320, 80, 200, True)
    """
    # A label each in training, validation and test.
    check_count("train", train, 4)
    check_count("test", test, 2)
    check_split(validation, seed, duplicates)
    parts = {}
    for part, count in (("train", train), ("test", test)):
        labels = np.arange(count, dtype=np.int8) % 2
        texts = tuple(_review(f"{part} {i}", bool(label)) for i, label in enumerate(labels))
        parts[part] = LabelledTexts(texts, labels)
    everything = "\n".join([*parts["train"].documents, *parts["test"].documents])
    return split_documents(
        "reviews",
        "texts",
        parts["train"],
        parts["test"],
        validation=validation,
        seed=seed,
        duplicates=duplicates,
        fingerprint=hashlib.sha256(everything.encode()).hexdigest(),
        word_vectors=_vectors,
        synthetic=True,
        notes=("synthetic: written by a program",),
    )


def _review(salt: str, positive: bool) -> str:
    chance = random.Random(salt)
    sentences = []
    for _ in range(chance.randint(3, 9)):
        kind = positive if chance.random() < 0.75 else not positive
        negated = chance.random() < 0.15
        word = chance.choice(PRAISE if kind != negated else BLAME)
        phrase = chance.choice(SHAPES).format(thing=chance.choice(THINGS), word=word)
        start = chance.randrange(len(FILLER))
        filler = " ".join(FILLER[start : start + chance.randint(2, 12)])
        sentences.append(f"{filler}, {'it is not true that ' if negated else ''}{phrase}")
    return ". ".join(sentences).capitalize() + "."


@cache
def _vectors(dimension: int) -> Path:
    """A file of vectors in the format of GloVe: noise, and praise apart from blame."""
    chance = random.Random(dimension)
    path = Path(tempfile.mkdtemp(prefix="sample-vectors-"), f"synthetic.{dimension}d.txt")
    with path.open("w", encoding="utf-8") as file:
        for word in sorted({*PRAISE, *BLAME, *THINGS, *(part.strip(";") for part in FILLER)}):
            numbers = [chance.gauss(0, 0.4) for _ in range(dimension)]
            numbers[0] += 2.0 * ((word in PRAISE) - (word in BLAME))
            file.write(" ".join([word, *(f"{number:.4f}" for number in numbers)]) + "\n")
    return path
