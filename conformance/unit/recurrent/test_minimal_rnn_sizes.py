"""Batch sizes and masks that a compiled function sees only when it runs."""

import keras
import numpy as np
import pytest

from keras_seqext.pooling import MaskedGlobalMaxPooling1D
from keras_seqext.recurrent.minimal_rnn import MinimalRNN
from keras_seqext.recurrent.minimal_rnn_cell import MinimalRNNCell

from .helpers import BACKEND

X = np.ones((3, 7, 3), "float32")
OPTIONS = {"kernel": {}, "loop": {"activation": "relu"}, "unrolled": {"unroll": True}}


@pytest.mark.parametrize("jit_compile", [False] if BACKEND == "torch" else [False, True])
@pytest.mark.parametrize("kind", OPTIONS)
def test_stateful_layer_rejects_a_smaller_last_batch(kind, jit_compile):
    layer = MinimalRNN(5, stateful=True, **OPTIONS[kind])
    model = keras.Sequential([keras.Input((7, 3), batch_size=2), layer])
    model.compile(jit_compile=jit_compile)
    with pytest.raises(Exception, match=r"must have 2 rows|batch_size_must_be_that_of_the_state"):
        model.predict(X, batch_size=2, verbose=0)


@pytest.mark.parametrize("options", [{}, {"stateful": True}], ids=["plain", "stateful"])
def test_whole_batches_are_accepted(options):
    model = keras.Sequential([keras.Input((7, 3), batch_size=2), MinimalRNN(5, **options)])
    assert model.predict(np.ones((4, 7, 3), "float32"), batch_size=2, verbose=0).shape == (4, 5)


@pytest.mark.skipif(BACKEND != "tensorflow", reason="other backends know the sizes")
@pytest.mark.parametrize("jit_compile", [False, True])
@pytest.mark.parametrize("make", [lambda: MinimalRNN(4), MaskedGlobalMaxPooling1D])
@pytest.mark.parametrize(("rows", "shape"), [(3, (1, 7)), (3, (3, 1)), (1, (3, 7))])
def test_mask_of_other_size_is_not_broadcast(make, jit_compile, rows, shape):
    import tensorflow as tf

    sequences, mask = keras.Input((None, 3)), keras.Input((None,), dtype="bool")
    model = keras.Model([sequences, mask], make()(sequences, mask=mask))
    signature = [tf.TensorSpec((None, None, 3)), tf.TensorSpec((None, None), "bool")]
    call = tf.function(lambda *x: model(x), input_signature=signature, jit_compile=jit_compile)
    assert call(X, np.ones((3, 7), bool)).shape[0] == 3
    with pytest.raises(tf.errors.InvalidArgumentError, match="mask_must_be_batch_by_steps"):
        call(X[:rows], np.ones(shape, bool))


@pytest.mark.skipif(BACKEND != "tensorflow", reason="other backends know the sizes")
def test_initial_state_of_other_size_is_not_broadcast():
    import tensorflow as tf

    sequences, start = keras.Input((None, 3)), keras.Input((4,))
    model = keras.Model([sequences, start], MinimalRNN(4)(sequences, initial_state=start))
    signature = [tf.TensorSpec((None, None, 3)), tf.TensorSpec((None, 4))]
    call = tf.function(lambda *x: model(x), input_signature=signature)
    with pytest.raises(tf.errors.InvalidArgumentError, match="`initial_state` of .* must have"):
        call(X[:1], np.ones((3, 4), "float32"))


def test_cell_rejects_one_state_for_several_rows():
    cell = MinimalRNNCell(4)
    with pytest.raises(ValueError, match=r"must have 3 rows.*shape \(1, 4\).*get_initial_state"):
        cell(X[:, 0], [np.ones((1, 4), "float32")])
