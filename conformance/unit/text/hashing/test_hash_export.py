"""`HashingOneHot` and `HashedDense` in an exported model, at other batch sizes and lengths."""

from pathlib import Path

import keras
import numpy as np
import pytest

from keras_seqext import HashedDense, HashingOneHot

BACKEND = keras.backend.backend()
FORMAT = "onnx" if BACKEND == "torch" else "tf_saved_model"
IDS = np.array([[3, 1, 1, 6], [0, 0, 0, 2], [5, 4, 3, 2]], "int32")
MODES = ("one_hot", "multi_hot", "count")
LAYERS = {
    **{f"encoder {mode}": lambda mode=mode: HashingOneHot(7, mode).encoder() for mode in MODES},
    "encoder int": lambda: HashingOneHot(7, "int").encoder(),
    "encoder with a mask": lambda: HashingOneHot(7, mask_value=0).encoder(),
    **{f"dense {mode}": lambda mode=mode: HashedDense(3, 7, mode) for mode in MODES},
}


def exported(model: keras.Model, path: Path):
    """Export the model and return a function from inputs to outputs."""
    pytest.importorskip("onnxruntime" if FORMAT == "onnx" else "tensorflow")
    model(IDS)  # the ONNX export requires a model that was called
    model.export(str(path), format=FORMAT, verbose=False)
    if FORMAT == "onnx":
        import onnxruntime

        session = onnxruntime.InferenceSession(str(path))
        return lambda inputs: session.run(None, {session.get_inputs()[0].name: inputs})[0]
    import tensorflow as tf

    loaded = tf.saved_model.load(str(path))
    return lambda inputs: loaded.serve(inputs).numpy()


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("steps", [4, None])
@pytest.mark.parametrize("name", LAYERS)
def test_exported_layer_equals_the_model(name: str, steps: int | None, tmp_path: Path) -> None:
    model = keras.Sequential([keras.Input((steps,), dtype="int32"), LAYERS[name]()])
    call = exported(model, tmp_path / "model")
    batches = [IDS, IDS[:1], np.concatenate([IDS] * 5)]
    if steps is None:
        batches.append(IDS[:, :3])
    for ids in batches:
        np.testing.assert_allclose(call(ids), model.predict(ids, verbose=0), rtol=1e-5, atol=1e-6)


@pytest.mark.filterwarnings("ignore")
@pytest.mark.skipif(BACKEND == "tensorflow", reason="hashes in the graph")
def test_export_of_a_layer_that_hashes_raises(tmp_path: Path) -> None:
    model = keras.Sequential([keras.Input((4,), dtype="int32"), HashingOneHot(7)])
    with pytest.raises(ValueError, match=r"cannot be exported if it hashes.*use `encoder\(\)`"):
        exported(model, tmp_path / "model")


@pytest.mark.filterwarnings("ignore")
@pytest.mark.skipif(BACKEND != "jax", reason="TensorFlow exports sparse tensors")
@pytest.mark.parametrize("mode", MODES)
def test_export_of_sparse_outputs_raises(mode: str, tmp_path: Path) -> None:
    layer = HashingOneHot(7, mode, sparse=True).encoder()
    model = keras.Sequential([keras.Input((4,), dtype="int32"), layer, keras.layers.Dense(1)])
    with pytest.raises(ValueError, match="has `sparse`=True.*Use sparse=False"):
        exported(model, tmp_path / "model")
