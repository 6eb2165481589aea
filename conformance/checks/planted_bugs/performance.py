"""Broken layers for `performance`: layers that cost more than they need."""

from keras import ops

from conformance.checks.planted_bugs.purity.basics import Plain, planted

from . import PlantedBug


@planted
class UnrolledSum(Plain):
    """Adds up the past in a Python loop."""

    def call(self, inputs):
        total, outputs = 0.0, []
        for step in range(inputs.shape[1]):
            total = total * 0.5 + inputs[:, step]
            outputs.append(total)
        return ops.stack(outputs, axis=1)


@planted
class SumsAnew(Plain):
    """Adds up the whole sequence anew for each step."""

    def call(self, inputs):
        pairs = ops.expand_dims(inputs, 1) * ops.ones_like(inputs[:, :, None, :1])
        return inputs + ops.sum(pairs, axis=2)


@planted
class MatrixOfSteps(Plain):
    """Holds products of all pairs of steps."""

    def call(self, inputs):
        weights = ops.matmul(inputs, ops.transpose(inputs, (0, 2, 1)))
        return ops.matmul(ops.tanh(weights), inputs)


@planted
class MatrixOfRows(Plain):
    """Multiplies all pairs of rows and takes the diagonal."""

    def call(self, inputs):
        rows = ops.shape(inputs)[0]
        flat = ops.reshape(inputs, (rows, -1))
        products = ops.matmul(flat, ops.transpose(flat))
        number = ops.arange(rows)
        own = ops.expand_dims(number, 0) == ops.expand_dims(number, 1)
        squares = ops.sum(ops.where(own, products, 0.0), axis=1)
        return inputs / ops.reshape(1.0 + squares, (-1, 1, 1))


@planted
class KeepsHistory(Plain):
    """Appends every output to a list."""

    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self.history = []

    def call(self, inputs):
        outputs = inputs * 2.0
        self.history.append(outputs)
        return outputs


@planted
class KeepsNumbers(Plain):
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
        also_fails=("dynamic_time", "dynamic_time_traced", "symbolic_shape", "no_dynamic_time"),
        backends=("tensorflow", "jax"),
    ),
    PlantedBug("time_scaling", SumsAnew, also_fails=QUADRATIC),
    PlantedBug("time_scaling", MatrixOfSteps, also_fails=QUADRATIC),
    PlantedBug("memory_scaling", MatrixOfSteps, also_fails=QUADRATIC),
    PlantedBug("batch_scaling", MatrixOfRows),
    PlantedBug(
        "no_leak", KeepsHistory, also_fails=("no_tensor_attributes", "deepcopy", "pickle_layer")
    ),
    PlantedBug("no_leak", KeepsNumbers),
]
