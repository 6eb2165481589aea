"""Attention weights of a trained model on the words of three reviews."""

import keras
import numpy as np

from recipes._engine.demo_result import write_demo_result
from recipes._engine.run_options import RunOptions
from recipes._engine.saved_model import find_model, load_encoder, load_model
from recipes._engine.text_config import load_texts
from recipes._report.plots import MODEL, new_figure, save

DATA, MODEL_NAME = "imdb", "imdb-attention"


def run(options: RunOptions) -> None:
    folder = find_model(MODEL_NAME, options.runs, seed=0)
    model, words = load_model(folder), load_encoder(folder)
    test = load_texts(DATA, options.data).test
    # Short enough for the labels of one plot.
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
        probability = float(np.asarray(model.predict(ids, verbose=0))[0, 0])
        axis.bar(range(len(tokens)), weights, color=MODEL)
        axis.set_xticks(range(len(tokens)), tokens, rotation=70, fontsize=7, ha="right")
        axis.set_title(
            f"predicted probability of a positive review: {probability:.0%}",
            loc="left",
            fontsize=10,
        )
        strongest = np.argsort(-weights)[:5]
        figures[" ".join(tokens[:6]) + " ..."] = {tokens[i]: float(weights[i]) for i in strongest}
    save(figure, options.out / "demo-attention-weights.png")
    write_demo_result(
        options, "imdb-attention-words", "words with the largest attention weights", figures
    )
