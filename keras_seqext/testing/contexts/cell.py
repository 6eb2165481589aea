"""Context of a cell check: new cells, inputs and states, and functions to run them."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from keras_seqext.testing.core.failure import NotApplicable, require_close
from keras_seqext.testing.core.tensors import accepts, flat_outputs, to_tensors

from .weight_noise import add_noise


@dataclass
class CellContext:
    """One cell and its inputs.

    Args:
        make: Function that returns a new, unbuilt cell.
        label: Name of the cell in messages.
        input_dim: Number of features per step.
        batch: Number of rows.
        steps: Length of a sequence.
        seed: Seed of inputs, states and weights.
        check_name: Name of the running check.
    """

    make: Callable[[], Any]
    label: str
    input_dim: int = 6
    batch: int = 4
    steps: int = 5
    seed: int = 0
    check_name: str = ""
    _cache: dict[str, Any] = field(default_factory=dict)

    # --- making -----------------------------------------------------------------------------

    def new(self, **changes: Any) -> Any:
        """Return a new cell; `changes` replace entries of its config."""
        import keras

        keras.utils.set_random_seed(self.seed)
        cell = self.make()
        if not isinstance(cell, keras.layers.Layer):
            raise TypeError(
                "`target` must return a keras.layers.Layer with a `state_size`. "
                f"{self.label} returned: {cell!r}."
            )
        return type(cell).from_config({**cell.get_config(), **changes}) if changes else cell

    def built(self, input_dim: int | None = None, **changes: Any) -> Any:
        """Return a new cell, built by a call, with random weights that depend only on the seed."""
        cell = self.new(**changes)
        self.step(cell, self.x(input_dim), self.states(cell))
        self.randomise(cell)
        return cell

    def copy_of(self, cell: Any, **changes: Any) -> Any:
        """Return another new cell with the weights of `cell`."""
        other = self.built(**changes)
        other.set_weights(cell.get_weights())
        return other

    def randomise(self, cell: Any) -> None:
        """Add noise to every float weight, the same for the same shapes and seed."""
        add_noise(cell.weights, self.seed)

    # --- inputs -----------------------------------------------------------------------------

    def x(self, input_dim: int | None = None) -> Any:
        """Return the input of one step, `(batch, features)`."""
        rng = np.random.default_rng(self.seed)
        return rng.normal(size=(self.batch, input_dim or self.input_dim)).astype("float32")

    def sequence(self) -> Any:
        """Return a sequence, `(batch, steps, features)`."""
        rng = np.random.default_rng(self.seed + 1)
        return rng.normal(size=(self.batch, self.steps, self.input_dim)).astype("float32")

    def mask(self) -> Any:
        """Return a mask with rows of three lengths, and a hole in one row."""
        counts = np.array([[self.steps, self.steps - 2, 1, self.steps][i % 4] for i in self.rows])
        mask: Any = np.arange(self.steps) < counts[:, None]
        mask[3 % self.batch, 1] = False
        return mask

    @property
    def rows(self) -> range:
        """Indices of the rows."""
        return range(self.batch)

    def sizes(self, cell: Any) -> list[tuple[int, ...]]:
        """Return the shape of each state, without the batch."""
        return [(s,) if isinstance(s, int) else tuple(s) for s in _leaves(cell.state_size)]

    def states(self, cell: Any, batch: int | None = None) -> list[Any]:
        """Return random states, nested like `state_size`; a list even if there is one state."""
        rng = np.random.default_rng(self.seed + 2)
        flat = [
            rng.normal(size=(batch or self.batch, *size)).astype("float32") * 0.5
            for size in self.sizes(cell)
        ]
        return self.packed(cell, flat)

    def option(self, name: str) -> Any:
        """Return an entry of the config; not applicable if there is no such entry."""
        config = self.new().get_config()
        if name not in config:
            raise NotApplicable(f"the cell has no option `{name}`")
        return config[name]

    # --- running ----------------------------------------------------------------------------

    def call(self, cell: Any, x: Any, states: Any, training: bool = False) -> Any:
        """Call `cell(x, states)` on tensors and return its result."""
        import keras

        kwargs = {"training": training} if accepts(cell, "training") else {}
        tensors = keras.tree.map_structure(lambda v: to_tensors((v,))[0], states)
        return cell(to_tensors((x,))[0], tensors, **kwargs)

    def step(self, cell: Any, x: Any, states: Any, training: bool = False) -> list[Any]:
        """Return the output and the new states of one step as a list of NumPy arrays."""
        return flat_outputs(self.call(cell, x, states, training))

    def packed(self, cell: Any, flat: list[Any]) -> list[Any]:
        """Return flat states nested like `state_size`."""
        import keras

        if not _is_nest(cell.state_size):
            return list(flat)
        remaining = iter(flat)
        return list(
            keras.tree.map_structure(lambda _: next(remaining), _structure(cell.state_size))
        )

    def loop(self, cell: Any, sequence: Any, states: list[Any], mask: Any = None) -> Any:
        """Return every output and the final states of a loop that skips masked steps.

        At a masked step the output and the states of the previous step are repeated.
        """
        flat, output, outputs = _arrays(states), None, []
        for step in range(sequence.shape[1]):
            results = self.step(cell, sequence[:, step], self.packed(cell, flat))
            new, new_states = results[0], results[1:]
            if mask is not None:
                keep = mask[:, step]
                old = np.zeros_like(new) if output is None else output
                new = np.where(_broadcastable(keep, new), new, old)
                pairs = zip(new_states, flat, strict=True)
                new_states = [np.where(_broadcastable(keep, a), a, b) for a, b in pairs]
            output, flat = new, list(new_states)
            outputs.append(new)
        return np.stack(outputs, axis=1), flat

    def zero_states(self, cell: Any) -> list[Any]:
        """Return the initial states of the cell, or zeros if it does not define them."""
        if hasattr(cell, "get_initial_state"):
            return self.packed(cell, flat_outputs(cell.get_initial_state(batch_size=self.batch)))
        flat = [np.zeros((self.batch, *size), "float32") for size in self.sizes(cell)]
        return self.packed(cell, flat)

    def close(self, actual: Any, expected: Any, tolerance: float, what: str) -> None:
        """Fail unless all arrays are equal within the tolerance."""
        if not isinstance(actual, list):
            actual, expected = [actual], [expected]
        for left, right in zip(actual, expected, strict=True):
            require_close(left, right, tolerance, what)


def _broadcastable(keep: Any, like: Any) -> Any:
    return keep.reshape((-1,) + (1,) * (like.ndim - 1))


def _is_nest(size: Any) -> bool:
    return isinstance(size, (list, tuple)) or type(size).__name__ == "ListWrapper"


def _structure(size: Any) -> Any:
    """Return the nesting of a `state_size` with one leaf per state; a shape is a leaf."""
    if _is_shape(size):
        return 0
    return [_structure(part) for part in size] if _is_nest(size) else 0


def _is_shape(size: Any) -> bool:
    return isinstance(size, tuple) and all(isinstance(n, int) for n in size) and len(size) > 1


def _leaves(size: Any) -> list[Any]:
    if not _is_nest(size):
        return [size]
    return [leaf for part in size for leaf in ([part] if _is_shape(part) else _leaves(part))]


def _arrays(states: Any) -> list[Any]:
    import keras

    return list(keras.tree.flatten(states))
