"""Which words lie together in an embedding that was learned from reviews, as a picture."""

import numpy as np

from recipes._engine.demo_result import write_figures
from recipes._engine.run_options import RunOptions
from recipes._engine.saved_model import load_encoder, load_model, trained
from recipes._report.plots import INK, MODEL, new_figure, save

MODEL_NAME = "imdb-lstm"
WORDS = ("great", "awful", "boring", "funny", "not", "film", "8", "waste")


def run(options: RunOptions) -> None:
    folder = trained(MODEL_NAME, options.runs, seed=0)
    model, words = load_model(folder), load_encoder(folder)
    vocabulary = words.words.vocabulary
    layer = next(layer for layer in model.layers if "embedding" in layer.name)
    vectors = np.asarray(layer.get_weights()[0])
    # Rare words have hardly moved from where chance put them.
    common = list(vocabulary.tokens[:3_000])
    rows = vectors[[vocabulary[word] for word in common]]
    rows = rows / np.linalg.norm(rows, axis=1, keepdims=True)
    figures, shown = {}, []
    for word in WORDS:
        if word in vocabulary and vocabulary[word] < len(common):
            nearness = rows @ rows[common.index(word)]
            near = [common[i] for i in np.argsort(-nearness)[1:7]]
            figures[word] = near
            shown += [word, *near]
    places = [common.index(word) for word in dict.fromkeys(shown)]
    centred = rows[places] - rows.mean(axis=0)
    _, _, axes_of_most = np.linalg.svd(rows - rows.mean(axis=0), full_matrices=False)
    x, y = (centred @ axes_of_most[:2].T).T
    figure, axis = new_figure(1, 7)
    axis.scatter(x, y, s=8, color=INK)
    for place, left, up, label in zip(places, x, y, _apart(x, y), strict=True):
        colour = MODEL if common[place] in WORDS else INK
        axis.plot([left, left + 0.03], [up, label], color=colour, linewidth=0.4)
        axis.annotate(
            common[place],
            (left + 0.03, label),
            fontsize=8,
            color=colour,
            verticalalignment="center",
        )
    axis.set_title("words of reviews on the two main axes of their embedding", loc="left")
    save(figure, options.out / "show-embedding-neighbours.png")
    write_figures(options, "imdb-embedding-neighbours", "words that lie together", figures)


def _apart(x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """Heights of the words beside their points, so that none lies on another."""
    wide, high = 0.2 * np.ptp(x) / 2, 0.018 * np.ptp(y)
    heights: dict[int, float] = {}
    for index in np.argsort(-y):
        beside = [heights[i] for i in heights if abs(x[i] - x[index]) < wide]
        heights[index] = min([y[index], *(height - high for height in beside)])
    return np.array([heights[index] for index in range(len(y))])
