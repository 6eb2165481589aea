"""Words as one-hot vectors of shape `(2, 10, 11)`, as in the book."""

import numpy as np

from keras_seqext import TOKENIZER_IDS, OneHotEncoder, TextEncoder, Vocabulary
from recipes._engine.demo_result import write_demo_result
from recipes._engine.run_options import RunOptions

TEXTS = ["The cat sat on the mat.", "The dog ate my homework."]


def run(options: RunOptions) -> None:
    # Chollet, *Deep Learning with Python* (2017), chapter 6, splits only at spaces: "The" differs
    # from "the", "mat." from "mat".
    raw = Vocabulary.fit([text.split() for text in TEXTS], special_ids=TOKENIZER_IDS)
    chapter = np.zeros((2, 10, raw.num_ids), np.float32)
    for row, text in enumerate(TEXTS):
        for step, word in enumerate(raw.encode(text.split())):
            chapter[row, step, word] = 1
    # Without punctuation and case there are nine words.
    encoder = TextEncoder.fit(TEXTS, special_ids=TOKENIZER_IDS)
    one_hot = OneHotEncoder(encoder, 10, padding="right", truncation="right")
    vectors, mask = one_hot.encode(TEXTS)
    assert chapter.shape == (2, 10, 11) and vectors.shape == (2, 10, 10)
    assert one_hot.decode(vectors) == ["the cat sat on the mat", "the dog ate my homework"]
    write_demo_result(
        options,
        "toy-words",
        "words as one-hot vectors",
        {
            "tokens split at spaces": list(raw.tokens),
            "shape, as in the chapter": list(chapter.shape),
            "tokens cleaned": list(encoder.vocabulary.tokens),
            "shape": list(vectors.shape),
            "steps that are words": mask.sum(axis=1).tolist(),
        },
    )
