"""Cost of a function on TensorFlow, computed from its graph without running it."""

import math
from collections.abc import Callable, Iterator
from typing import Any

CALLS_TO_PYTHON = ("PyFunc", "PyFuncStateless", "EagerPyFunc")
CONTRACTIONS = ("MatMul", "BatchMatMul", "BatchMatMulV2", "BatchMatMulV3")


def graph_size(function: Callable[..., Any], layer: Any, arguments: tuple[Any, ...]) -> int:
    """Return the number of nodes in the graph; the body of a loop counts once."""
    return sum(1 for _ in _nodes(function, arguments))


def flops(
    function: Callable[..., Any], layer: Any, arguments: tuple[Any, ...]
) -> tuple[float, float]:
    """Return the number of arithmetic operations and the size of the largest array."""
    work, largest = 0.0, 0.0
    for node, inputs, times in _nodes(function, arguments):
        sizes = [_size(shape) for shape in _shapes(node)]
        work += times * _flops(node, inputs, sum(sizes))
        largest = max([largest, *sizes])
    return work, largest


def host_transfers(
    function: Callable[..., Any], layer: Any, arguments: tuple[Any, ...]
) -> list[str]:
    """Return the names of the operations that call Python."""
    return [node.op for node, _, _ in _nodes(function, arguments) if node.op in CALLS_TO_PYTHON]


def _nodes(
    function: Callable[..., Any], arguments: tuple[Any, ...]
) -> Iterator[tuple[Any, list[Any], int]]:
    """Yield every node, also of called functions, with input shapes and number of executions."""
    import tensorflow as tf

    graph = tf.function(function, autograph=False).get_concrete_function(*arguments).graph
    definition = graph.as_graph_def(add_shapes=True)
    library = {f.signature.name: f.node_def for f in definition.library.function}

    def visit(nodes: Any, times: int, outermost: bool) -> Iterator[tuple[Any, list[Any], int]]:
        by_name = {node.name: node for node in nodes}
        for node in nodes:
            inner = [
                name
                for attribute in node.attr.values()
                for name in [attribute.func.name, *(f.name for f in attribute.list.func)]
                if name in library
            ]
            if not inner:
                yield node, [_input_shape(by_name, name) for name in node.input], times
                continue
            loop = node.op in ("While", "StatelessWhile")
            trips = _trip_count(graph, node) if loop and outermost else 1
            for name in inner:
                yield from visit(library[name], times * trips, False)

    yield from visit(definition.node, 1, True)


def _trip_count(graph: Any, node: Any) -> int:
    """Return the largest number of iterations of a loop: its second input, if it is constant."""
    import tensorflow as tf

    try:
        with tf.compat.v1.Session(graph=graph) as session:
            name = node.input[1]
            limit = int(session.run(name if ":" in name else f"{name}:0"))
    except Exception:  # it depends on the inputs of the graph
        return 1
    return max(limit, 1)


def _shapes(node: Any) -> list[list[int]]:
    listed = node.attr["_output_shapes"].list.shape if "_output_shapes" in node.attr else []
    return [[dim.size for dim in shape.dim] for shape in listed if not shape.unknown_rank]


def _input_shape(by_name: dict[str, Any], name: str) -> list[int] | None:
    parts = name.lstrip("^").split(":")
    node = by_name.get(parts[0])
    shapes = _shapes(node) if node is not None else []
    index = int(parts[-1]) if parts[-1].isdigit() else 0
    return shapes[index] if index < len(shapes) else None


def _size(shape: list[int]) -> float:
    return float(math.prod(size for size in shape if size > 0))


def _flops(node: Any, inputs: list[Any], out: float) -> float:
    first = inputs[0] if inputs else None
    second = inputs[1] if len(inputs) > 1 else None
    if node.op in CONTRACTIONS and first:
        transposed = node.attr["transpose_a"].b or node.attr["adj_x"].b
        return 2 * out * float(max(first[-2] if transposed else first[-1], 1))
    if node.op == "Einsum":
        return 2 * _einsum_size(node.attr["equation"].s.decode(), inputs)
    if node.op.startswith(("Conv", "DepthwiseConv")) and second:
        return 2 * out * _size(second) / float(max(second[-1], 1))
    if node.op in ("Sum", "Mean", "Max", "Min", "Prod") and first:
        return _size(first)
    return out


def _einsum_size(equation: str, inputs: list[Any]) -> float:
    sizes: dict[str, int] = {}
    for term, shape in zip(equation.split("->")[0].split(","), inputs, strict=False):
        letters = term.replace("...", "")
        for letter, size in zip(reversed(letters), reversed(shape or []), strict=False):
            sizes[letter] = max(size, 1)
        for place, size in enumerate((shape or [])[: -len(letters) or None]):
            if "..." in term:
                sizes[f"...{place}"] = max(size, 1)
    return float(math.prod(sizes.values()))


def new_compilations(
    function: Callable[..., Any], layer: Any, arguments: tuple[Any, ...]
) -> list[str]:
    """Return the names of the graphs that a call of `function` creates."""
    import tensorflow as tf

    # TensorFlow has no counter of graphs, so the constructor is replaced during the call.
    made: list[str] = []
    original = tf.Graph.__init__

    def recorded(self: Any, *args: Any, **kwargs: Any) -> None:
        original(self, *args, **kwargs)
        made.append(str(args[0]) if args else type(self).__name__)

    tf.Graph.__init__ = recorded
    try:
        function(*arguments)
    finally:
        tf.Graph.__init__ = original
    return made
