"""Export to ONNX on PyTorch: masked layers at another batch size and length."""

from functools import partial
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest

from conftest import to_numpy
from keras_seqext.recurrent.minimal_rnn import MinimalRNN

from .cases import CASES, Case

SIZES = ((1, 4), (3, 9), (5, 2), (2, 1))


def check_export(layer: keras.layers.Layer, folder: Path) -> None:
    """Compare the exported model with the model, with a fully masked row in each batch."""
    for package in ("onnx", "onnxscript"):
        pytest.importorskip(package)
    runtime = pytest.importorskip("onnxruntime")
    ids = keras.Input((None,), dtype="int32")
    model = keras.Model(ids, layer(keras.layers.Embedding(20, 3, mask_zero=True)(ids)))
    model.predict(np.ones((2, 5), "int32"), verbose=0)
    model.export(folder / "model.onnx", format="onnx", verbose=False)
    session = runtime.InferenceSession(folder / "model.onnx")
    for rows, steps in SIZES:
        x = np.random.default_rng(rows).integers(0, 3, (rows, steps)).astype("int32")
        x[0] = 0
        (found,) = session.run(None, {session.get_inputs()[0].name: x})
        np.testing.assert_allclose(found, to_numpy(model(x)), rtol=1e-5, atol=1e-6)


torch_only = pytest.mark.skipif(
    keras.backend.backend() != "torch", reason="the export of PyTorch is tested"
)
RECURRENT: dict[str, Any] = {
    "last": partial(MinimalRNN, 4),
    "sequences": partial(MinimalRNN, 4, return_sequences=True),
    "zeros": partial(MinimalRNN, 4, return_sequences=True, zero_output_for_mask=True),
    "backwards": partial(MinimalRNN, 4, go_backwards=True),
}


@torch_only
@pytest.mark.filterwarnings("ignore")  # of the exporter
@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_pooling(case: Case, tmp_path: Path) -> None:
    check_export(case.make(), tmp_path)


@torch_only
@pytest.mark.filterwarnings("ignore")  # of the exporter
@pytest.mark.parametrize("kind", RECURRENT)
def test_recurrence(kind: str, tmp_path: Path) -> None:
    check_export(RECURRENT[kind](), tmp_path)
