"""Planted bugs for the checks of cost and memory."""

from keras import ops

from conformance.checks.planted_bugs.purity.basics import Plain, registered

from . import PlantedBug


@registered
class UnrolledSum(Plain):
    """Computes a running sum in a Python loop."""

    def call(self, inputs):
        total, outputs = 0.0, []
        for step in range(inputs.shape[1]):
            total = total * 0.5 + inputs[:, step]
            outputs.append(total)
        return ops.stack(outputs, axis=1)


@registered
class RecomputesSums(Plain):
    """Recomputes the sum of the whole sequence in each step."""

    def call(self, inputs):
        pairs = ops.expand_dims(inputs, 1) * ops.ones_like(inputs[:, :, None, :1])
        return inputs + ops.sum(pairs, axis=2)


@registered
class MatrixOfSteps(Plain):
    """Computes the products of all pairs of steps."""

    def call(self, inputs):
        weights = ops.matmul(inputs, ops.transpose(inputs, (0, 2, 1)))
        return ops.matmul(ops.tanh(weights), inputs)


@registered
class MatrixOfRows(Plain):
    """Computes the products of all pairs of rows and uses only the diagonal."""

    def call(self, inputs):
        rows = ops.shape(inputs)[0]
        flat = ops.reshape(inputs, (rows, -1))
        products = ops.matmul(flat, ops.transpose(flat))
        number = ops.arange(rows)
        diagonal = ops.expand_dims(number, 0) == ops.expand_dims(number, 1)
        squares = ops.sum(ops.where(diagonal, products, 0.0), axis=1)
        return inputs / ops.reshape(1.0 + squares, (-1, 1, 1))


@registered
class AppendsOutputs(Plain):
    """Appends every output to a list."""

    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self.history = []

    def call(self, inputs):
        outputs = inputs * 2.0
        self.history.append(outputs)
        return outputs


@registered
class StoresNumbers(Plain):
    """Appends a number to a list in every call."""

    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self.sizes = []

    def call(self, inputs):
        self.sizes.append(1.5)
        return inputs * 2.0


QUADRATIC = ("time_scaling", "memory_scaling")
PLANTED_BUGS = [
    PlantedBug(
        "graph_size",
        UnrolledSum,
        also_fails=("dynamic_time", "dynamic_time_traced", "symbolic_shape"),
        backends=("tensorflow", "jax"),
    ),
    PlantedBug("time_scaling", RecomputesSums, also_fails=QUADRATIC),
    PlantedBug("time_scaling", MatrixOfSteps, also_fails=QUADRATIC),
    PlantedBug("memory_scaling", MatrixOfSteps, also_fails=QUADRATIC),
    PlantedBug("batch_scaling", MatrixOfRows),
    PlantedBug(
        "no_leak",
        AppendsOutputs,
        also_fails=("no_tensor_attributes", "symbolic_then_eager", "deepcopy", "pickle_layer"),
    ),
    PlantedBug("no_leak", StoresNumbers),
]
