"""Word ids and the four matrix modes of the Keras 2 `Tokenizer`."""

from keras_seqext import TOKENIZER_IDS, TextEncoder
from recipes._engine.demo_result import write_demo_result
from recipes._engine.run_options import RunOptions

TEXTS = ["The cat sat on the mat.", "The dog ate my homework."]


def run(options: RunOptions) -> None:
    # `num_words=1000` of Keras 2 selects 999 words; here the number is exact.
    encoder = TextEncoder.fit(TEXTS, num_words=999, special_ids=TOKENIZER_IDS)
    matrices = {mode: encoder.matrix(TEXTS, mode) for mode in ("binary", "count", "freq", "tfidf")}
    the = encoder.vocabulary["the"]
    assert len(encoder.vocabulary) == 9 and matrices["count"][:, the].tolist() == [2, 1]
    write_demo_result(
        options,
        "toy-matrix",
        "word ids and bags of words in four modes",
        {
            "words": list(encoder.vocabulary.tokens),
            "ids": encoder.encode(TEXTS),
            "shape (columns are ids; nothing beyond the vocabulary is kept)": list(
                matrices["binary"].shape
            ),
            **{f"'the', {mode}": m[:, the].round(4).tolist() for mode, m in matrices.items()},
        },
    )
