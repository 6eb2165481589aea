"""MinimalRNN within the transformations of `torch.func`."""

import keras
import numpy as np
import pytest

from keras_seqext.recurrent.minimal_rnn import MinimalRNN

from .helpers import BACKEND, FEATURES, MASKS, STEPS, UNITS, assert_close, sequences, with_weights

pytestmark = [
    pytest.mark.skipif(BACKEND != "torch", reason="tests transformations of PyTorch"),
    # PyTorch decomposes operations with it.
    pytest.mark.filterwarnings("ignore:`torch.jit.script` is deprecated:DeprecationWarning"),
]


@pytest.mark.parametrize("kind", ["none", "scattered"])
@pytest.mark.parametrize("every_step", [False, True], ids=["last", "sequences"])
def test_vmap_and_gradients_per_sample(kind, every_step):
    import torch

    layer = with_weights(MinimalRNN(UNITS, return_sequences=every_step))
    x, mask = torch.tensor(sequences()), MASKS[kind]
    samples = (x,) if mask is None else (x, torch.tensor(mask))

    def call(row, mask=None):
        return layer(row[None], mask=None if mask is None else mask[None])[0]

    together = layer(x, mask=None if mask is None else samples[1])
    assert_close(torch.func.vmap(call)(*samples).detach().numpy(), together.detach().numpy())

    values = [v.value.detach() for v in layer.trainable_variables]
    others = [v.value for v in layer.non_trainable_variables]

    # Not `functional_call`, which does not reach the variables of Keras.
    def loss(values, row, mask=None):
        mask = None if mask is None else mask[None]
        return layer.stateless_call(values, others, row[None], mask=mask)[0].square().sum()

    axes = (None, *[0] * len(samples))
    found = torch.func.vmap(torch.func.grad(loss), axes)(values, *samples)
    together.square().sum().backward()
    for gradients, variable in zip(found, layer.trainable_variables, strict=True):
        assert len(gradients) == len(x)
        assert_close(gradients.sum(0).numpy(), variable.value.grad.numpy(), 1e-4)


@pytest.mark.parametrize("transformation", ["jacfwd", "jacrev", "hessian"])
def test_derivatives_equal_those_of_simple_rnn(transformation):
    import torch

    layers = [with_weights(cls(UNITS)) for cls in (MinimalRNN, keras.layers.SimpleRNN)]
    x = torch.tensor(sequences()[:1])
    derivative = getattr(torch.func, transformation)
    ours, theirs = (derivative(lambda x, f=f: f(x).sum(0))(x).detach().numpy() for f in layers)
    assert ours.shape[:4] == (UNITS, 1, STEPS, FEATURES)
    assert_close(ours, theirs)
    assert np.abs(ours).max() > 0
