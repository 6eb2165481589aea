"""Characters as one-hot vectors of shape `(2, 50, 101)`, with truncation and other scripts."""

import string

from keras_seqext import TOKENIZER_IDS, OneHotEncoder, TextEncoder, Tokenizer, Vocabulary
from recipes._engine.demo_result import write_demo_result
from recipes._engine.run_options import RunOptions

TEXTS = ["The cat sat on the mat.", "The dog ate my homework."]


def run(options: RunOptions) -> None:
    printable = Vocabulary(list(string.printable), special_ids=TOKENIZER_IDS)
    encoder = TextEncoder(printable, Tokenizer(level="char", lower=False))
    one_hot = OneHotEncoder(encoder, 50, padding="right", truncation="right")
    vectors, _ = one_hot.encode(TEXTS)
    assert vectors.shape == (2, 50, 101) and one_hot.decode(vectors) == TEXTS
    # The listings of Chollet, *Deep Learning with Python* (2017), chapter 6, fail here: a long text
    # does not fit, and an out-of-vocabulary character sets a whole row to 1.
    long, _ = one_hot.encode(["x" * 80])
    korean, korean_mask = one_hot.encode(["영화 1"])
    assert long.sum() == 50 and korean.sum() == korean_mask.sum() == 2
    learned = TextEncoder.fit(["영화 1"], tokenizer=Tokenizer(level="char"))
    write_demo_result(
        options,
        "toy-characters",
        "characters as one-hot vectors",
        {
            "shape": list(vectors.shape),
            "steps kept of 80 characters": int(long.sum()),
            "steps kept of 영화 1 by the table of ASCII": int(korean_mask.sum()),
            "characters of a learned vocabulary": list(learned.vocabulary.tokens),
        },
    )
