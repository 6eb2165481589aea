"""Planted bugs for the checks of compiled calls."""

import keras
import numpy as np
from keras import ops

from conformance.checks.planted_bugs import PlantedBug
from conformance.checks.planted_bugs.purity.basics import Plain, registered


def is_compiling(tensor):
    """Return whether the backend traces a graph that contains `tensor`."""
    backend = keras.backend.backend()
    if backend == "tensorflow":
        import tensorflow as tf

        return tf.inside_function()
    if backend == "jax":
        import jax

        return isinstance(tensor, jax.core.Tracer)
    import torch

    return torch.compiler.is_compiling()


@registered
class FastPathWhenCompiled(Plain):
    """Uses an approximation in a graph."""

    def call(self, inputs):
        if is_compiling(inputs):
            return inputs * ops.sigmoid(1.702 * inputs)
        return ops.gelu(inputs, approximate=False)


@registered
class PythonBranch(Plain):
    """Branches on the value of a tensor in Python."""

    def call(self, inputs):
        if not isinstance(inputs, keras.KerasTensor) and float(ops.max(inputs)) > 1:
            return inputs * 2.0
        return inputs * 3.0


@registered
class NumpyUnlessTraced(Plain):
    """Reads values where it can, and uses a constant in a trace."""

    def call(self, inputs):
        try:
            peak = float(np.max(ops.convert_to_numpy(inputs)))
        except Exception:
            peak = 1.0
        return inputs / (1.0 + abs(peak))


@registered
class StoresTensor(Plain):
    """Creates a table in its first call and stores it."""

    table = None

    def call(self, inputs):
        if self.table is None:
            self.table = ops.sin(ops.cumsum(ops.ones_like(inputs[0, 0])))
        return inputs + self.table


@registered
class TracedFirst(Plain):
    """Stores a number from its first call, which is another number in a trace."""

    scale = None

    def call(self, inputs):
        if self.scale is None:
            try:
                self.scale = 1.0 + 0.0 * float(np.sum(ops.convert_to_numpy(inputs)))
            except Exception:
                self.scale = 2.0
        return inputs * self.scale


@registered
class CountsTraining(Plain):
    """Counts training calls in a Python attribute."""

    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self.seen = 0

    def call(self, inputs, training=False):
        if training:
            self.seen += 1
            return inputs / self.seen
        return inputs * 1.0


@registered
class GraphPerCall(Plain):
    """Compiles a function in every call."""

    def call(self, inputs):
        if isinstance(inputs, keras.KerasTensor):
            return inputs * 2.0
        if keras.backend.backend() == "tensorflow":
            import tensorflow as tf

            return tf.function(lambda x: x * 2.0, autograph=False)(inputs)
        import jax

        return jax.jit(lambda x: x * 2.0)(inputs)


@registered
class NumberInGraph(Plain):
    """Includes the number of the call in its graph."""

    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self.calls = 0

    def call(self, inputs):
        self.calls += 1
        return inputs + ops.zeros_like(inputs) * self.calls


@registered
class CallsPython(Plain):
    """Calls NumPy from inside the graph."""

    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        # XLA cannot call Python, so the layer disables it on TensorFlow.
        self.supports_jit = keras.backend.backend() != "tensorflow"

    def call(self, inputs):
        if isinstance(inputs, keras.KerasTensor):
            return inputs * 1.0
        return inputs + ops.reshape(self.peak(ops.stop_gradient(inputs)), (-1, 1, 1))

    def peak(self, inputs):
        def rows(values):
            return np.max(np.asarray(values), axis=(1, 2)).astype("float32")

        if keras.backend.backend() == "tensorflow":
            import tensorflow as tf

            found = tf.numpy_function(rows, [inputs], tf.float32)
            return tf.ensure_shape(found, [None])
        import jax

        result = jax.ShapeDtypeStruct(inputs.shape[:1], "float32")
        return jax.pure_callback(rows, result, inputs)


@registered
class ReadsItem(Plain):
    """Reads the value of a tensor, for which the device has to wait."""

    def call(self, inputs):
        if inputs.device.type == "meta":
            return inputs * 1.0
        peak = inputs.detach().abs().max().item()
        return inputs + 0.0 * peak


GRAPHS = ("tensorflow", "jax")
PLANTED_BUGS = [
    PlantedBug(
        "jit_parity",
        FastPathWhenCompiled,
        also_fails=("dynamic_time_traced", "mask_jit", "float64", "batch_one", "parity_grad"),
    ),
    PlantedBug(
        "jit_parity",
        PythonBranch,
        also_fails=("dynamic_time_traced", "batch_leak"),
        backends=GRAPHS,
    ),
    PlantedBug(
        "jit_parity",
        NumpyUnlessTraced,
        also_fails=("batch_leak", "batch_one", "dynamic_time_traced", "fd_gradient"),
        backends=GRAPHS,
    ),
    # On torch a symbolic call runs on actual numbers, so neither bug has an effect there.
    PlantedBug(
        "symbolic_then_eager",
        StoresTensor,
        also_fails=("no_tensor_attributes", "build_symbolic"),
        backends=GRAPHS,
    ),
    PlantedBug(
        "symbolic_then_eager",
        TracedFirst,
        also_fails=("build_symbolic", "in_functional"),
        backends=GRAPHS,
    ),
    PlantedBug(
        "stateless_call",
        CountsTraining,
        also_fails=(
            "seed_determinism",
            "seed_tracked",
            "training_arg",
            "fit_learns",
            "threads",
        ),
    ),
    PlantedBug("retrace", GraphPerCall, backends=GRAPHS),
    PlantedBug("retrace", NumberInGraph, backends=("torch",)),
    PlantedBug(
        "no_host_transfer", CallsPython, also_fails=("dynamic_time_traced",), backends=GRAPHS
    ),
    PlantedBug("no_host_transfer", ReadsItem, backends=("torch",)),
]
