"""Nearest neighbours of words in an embedding learned from reviews."""

import numpy as np

from recipes._engine.demo_result import write_demo_result
from recipes._engine.run_options import RunOptions
from recipes._engine.saved_model import find_model, load_encoder, load_model
from recipes._report.plots import INK, MODEL, new_figure, save

MODEL_NAME = "imdb-lstm"
WORDS = ("great", "awful", "boring", "funny", "not", "film", "8", "waste")


def run(options: RunOptions) -> None:
    folder = find_model(MODEL_NAME, options.runs, seed=0)
    model, words = load_model(folder), load_encoder(folder)
    vocabulary = words.words.vocabulary
    layer = next(layer for layer in model.layers if "embedding" in layer.name)
    vectors = np.asarray(layer.get_weights()[0])
    # Vectors of rare words are still close to their random initial values.
    common = list(vocabulary.tokens[:3_000])
    rows = vectors[[vocabulary[word] for word in common]]
    rows = rows / np.linalg.norm(rows, axis=1, keepdims=True)
    figures, shown = {}, []
    for word in WORDS:
        if word in vocabulary and vocabulary[word] < len(common):
            similarities = rows @ rows[common.index(word)]
            nearest = [common[i] for i in np.argsort(-similarities)[1:7]]
            figures[word] = nearest
            shown += [word, *nearest]
    indices = [common.index(word) for word in dict.fromkeys(shown)]
    centred = rows[indices] - rows.mean(axis=0)
    _, _, components = np.linalg.svd(rows - rows.mean(axis=0), full_matrices=False)
    x, y = (centred @ components[:2].T).T
    figure, axis = new_figure(1, 7)
    axis.scatter(x, y, s=8, color=INK)
    for index, left, up, label in zip(indices, x, y, _label_heights(x, y), strict=True):
        colour = MODEL if common[index] in WORDS else INK
        axis.plot([left, left + 0.03], [up, label], color=colour, linewidth=0.4)
        axis.annotate(
            common[index],
            (left + 0.03, label),
            fontsize=8,
            color=colour,
            verticalalignment="center",
        )
    axis.set_title("First two principal components of an embedding of words in reviews", loc="left")
    save(figure, options.out / "demo-embedding-neighbours.png")
    write_demo_result(options, "imdb-embedding-neighbours", "nearest neighbours of words", figures)


def _label_heights(x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """Return heights for the labels next to their points, such that no labels overlap."""
    wide, high = 0.2 * np.ptp(x) / 2, 0.018 * np.ptp(y)
    heights: dict[int, float] = {}
    for index in np.argsort(-y):
        neighbours = [heights[i] for i in heights if abs(x[i] - x[index]) < wide]
        heights[index] = min([y[index], *(height - high for height in neighbours)])
    return np.array([heights[index] for index in range(len(y))])
