"""Which words an attention pooling looks at: its weights over a review, from a trained model."""

import keras
import numpy as np

from recipes._engine.demo_result import write_figures
from recipes._engine.run_options import RunOptions
from recipes._engine.saved_model import load_encoder, load_model, trained
from recipes._engine.text_config import load_texts
from recipes._report.plots import MODEL, new_figure, save

DATA, MODEL_NAME = "imdb", "imdb-attention"


def run(options: RunOptions) -> None:
    folder = trained(MODEL_NAME, options.runs, seed=0)
    model, words = load_model(folder), load_encoder(folder)
    test = load_texts(DATA, options.data).test
    # Short ones can be read as a whole.
    short = [text for text in test.documents if 30 < len(words.words.tokenizer(text)) <= 45]
    pooling = model.get_layer("attention")
    embedding = next(layer for layer in model.layers if "embedding" in layer.name)
    figure, axes = new_figure(3, 8)
    figures = {}
    for axis, text in zip(axes, short[:: len(short) // 3], strict=False):
        ids = words([text])
        _, scores = pooling(embedding(ids), mask=ids != 0, return_attention_scores=True)
        weights = keras.ops.convert_to_numpy(scores)[0][ids[0] != 0]
        tokens = words.words.tokenizer(text)[-len(weights) :]
        chance = float(np.asarray(model.predict(ids, verbose=0))[0, 0])
        axis.bar(range(len(tokens)), weights, color=MODEL)
        axis.set_xticks(range(len(tokens)), tokens, rotation=70, fontsize=7, ha="right")
        axis.set_title(
            f"positive, says the model, with a chance of {chance:.0%}", loc="left", fontsize=10
        )
        strongest = np.argsort(-weights)[:5]
        figures[" ".join(tokens[:6]) + " ..."] = {tokens[i]: float(weights[i]) for i in strongest}
    save(figure, options.out / "show-attention-weights.png")
    write_figures(options, "imdb-attention-words", "where attention looks", figures)
