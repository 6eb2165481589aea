"""`embedding-20` with a `tf.data` pipeline that computes ids from strings in the graph.

It requires tensorflow-text. Ids, order of batches and model equal those of the NumPy version, so
both must give the same results.
"""

import keras
import numpy as np

from recipes._engine.demo_result import write_demo_result
from recipes._engine.encoders import PaddedWords
from recipes._engine.run_options import RunOptions
from recipes._engine.text_batches import TextBatches
from recipes._engine.text_config import load_texts

LENGTH, BATCH, EPOCHS = 20, 32, 4


def run(options: RunOptions) -> None:
    try:
        import tensorflow
        import tensorflow_text  # noqa: F401
    except ImportError as error:
        raise FileNotFoundError(
            "tensorflow-text is required: `pip install keras-seqext[text]`"
        ) from error
    data = load_texts(options.data_name, options.data)
    words = PaddedWords.fit(
        data.train.documents, num_words=9_998, length=LENGTH, padding="left", truncation="left"
    )
    encode = words.words.to_tensorflow()

    def in_graph(text, label):
        ids = encode(text)[-LENGTH:]
        ids = tensorflow.pad(ids, [[LENGTH - tensorflow.shape(ids)[0], 0]])
        return tensorflow.ensure_shape(ids, (LENGTH,)), label

    def through_tf_data(part):
        slices = (list(part.documents), part.labels.astype("float32"))
        return tensorflow.data.Dataset.from_tensor_slices(slices).map(in_graph).batch(BATCH)

    arrays = {
        name: TextBatches(words(part.documents), part.labels, BATCH)
        for name, part in (("train", data.train), ("test", data.test))
    }
    pipelines = {"train": through_tf_data(data.train), "test": through_tf_data(data.test)}
    accuracies = {}
    for name, source in (("NumPy", arrays), ("tf.data", pipelines)):
        keras.utils.set_random_seed(0)
        model = keras.Sequential(
            [
                keras.Input((LENGTH,), dtype="int32"),
                keras.layers.Embedding(10_000, 8),
                keras.layers.Flatten(),
                keras.layers.Dense(1, activation="sigmoid"),
            ]
        )
        model.compile("rmsprop", "binary_crossentropy", metrics=["accuracy"])
        epochs = options.epochs or EPOCHS
        model.fit(source["train"], epochs=epochs, verbose=0, shuffle=False)
        accuracies[name] = float(
            model.evaluate(source["test"], verbose=0, return_dict=True)["accuracy"]
        )
    ids = np.concatenate([np.asarray(batch) for batch, _ in pipelines["test"]])
    same = bool((ids == words(data.test.documents)).all())
    figures = {
        "test accuracy": accuracies,
        "all ids equal": same,
        "backend": keras.backend.backend(),
    }
    write_demo_result(
        options, f"{data.name}-tf-data", "one model with two input pipelines", figures
    )
