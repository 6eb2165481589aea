"""What a check of cells is given: new cells, inputs, states, and ways to run them."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from keras_seqext.testing.core.failure import NotApplicable, require_close
from keras_seqext.testing.core.tensors import accepts, flat_outputs, to_tensors

NOISE = 0.2  # zero biases hide bugs


@dataclass
class CellContext:
    """One way to make a cell, and what it is fed.

    Args:
        make: Returns a new cell, unbuilt.
        label: Shown in messages.
        input_dim: Features of each step.
        batch: Rows.
        steps: Of a sequence.
        seed: Of inputs, states and weights.
        check_name: The running check.
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
        """A new cell; `changes` replace entries of its config."""
        import keras

        keras.utils.set_random_seed(self.seed)
        cell = self.make()
        if not isinstance(cell, keras.layers.Layer):
            raise TypeError(
                f"`target` must make a keras.layers.Layer with a `state_size`. {self.label} made: "
                f"{cell!r}."
            )
        return type(cell).from_config({**cell.get_config(), **changes}) if changes else cell

    def built(self, input_dim: int | None = None, **changes: Any) -> Any:
        """A new cell, built by a call, with random weights that depend on the seed alone."""
        cell = self.new(**changes)
        self.step(cell, self.x(input_dim), self.states(cell))
        self.randomise(cell)
        return cell

    def copy_of(self, cell: Any, **changes: Any) -> Any:
        """Another new cell with the weights of `cell`."""
        other = self.built(**changes)
        other.set_weights(cell.get_weights())
        return other

    def randomise(self, cell: Any) -> None:
        """Moves every weight by N(0, 0.2), the same for the same shapes and seed."""
        rng = np.random.default_rng(self.seed + 7)
        for weight in cell.weights:
            if "float" in str(weight.dtype):
                value = np.asarray(flat_outputs(weight.value)[0], np.float64)
                weight.assign(value + NOISE * rng.normal(size=value.shape))

    # --- inputs -----------------------------------------------------------------------------

    def x(self, input_dim: int | None = None) -> Any:
        """One step, `(batch, features)`."""
        rng = np.random.default_rng(self.seed)
        return rng.normal(size=(self.batch, input_dim or self.input_dim)).astype("float32")

    def sequence(self) -> Any:
        """A sequence, `(batch, steps, features)`."""
        rng = np.random.default_rng(self.seed + 1)
        return rng.normal(size=(self.batch, self.steps, self.input_dim)).astype("float32")

    def mask(self) -> Any:
        """Rows of three lengths, and one with a hole."""
        counts = np.array([[self.steps, self.steps - 2, 1, self.steps][i % 4] for i in self.rows])
        mask: Any = np.arange(self.steps) < counts[:, None]
        mask[3 % self.batch, 1] = False
        return mask

    @property
    def rows(self) -> range:
        """Numbers of the rows."""
        return range(self.batch)

    def sizes(self, cell: Any) -> list[tuple[int, ...]]:
        """The shape of each state, batch left out."""
        return [(s,) if isinstance(s, int) else tuple(s) for s in _leaves(cell.state_size)]

    def states(self, cell: Any, batch: int | None = None) -> list[Any]:
        """Random states, nested as `state_size` is; a list even of one."""
        import keras

        rng = np.random.default_rng(self.seed + 2)
        flat = [
            rng.normal(size=(batch or self.batch, *size)).astype("float32") * 0.5
            for size in self.sizes(cell)
        ]
        size = cell.state_size
        if not _is_nest(size):
            return flat
        places = iter(flat)
        return list(keras.tree.map_structure(lambda _: next(places), _listed(size)))

    def option(self, name: str) -> Any:
        """An entry of the config; not applicable if there is none of that name."""
        config = self.new().get_config()
        if name not in config:
            raise NotApplicable(f"the cell has no option `{name}`")
        return config[name]

    # --- running ----------------------------------------------------------------------------

    def call(self, cell: Any, x: Any, states: Any, training: bool = False) -> Any:
        """`cell(x, states)` on tensors; returns what it returns."""
        import keras

        kwargs = {"training": training} if accepts(cell, "training") else {}
        tensors = keras.tree.map_structure(lambda v: to_tensors((v,))[0], states)
        return cell(to_tensors((x,))[0], tensors, **kwargs)

    def step(self, cell: Any, x: Any, states: Any, training: bool = False) -> list[Any]:
        """The output and the new states of one step, as NumPy arrays in one list."""
        return flat_outputs(self.call(cell, x, states, training))

    def packed(self, cell: Any, flat: list[Any]) -> list[Any]:
        """States in one list, nested as `state_size` is."""
        import keras

        places = iter(flat)
        if not _is_nest(cell.state_size):
            return list(flat)
        return list(keras.tree.map_structure(lambda _: next(places), _listed(cell.state_size)))

    def loop(self, cell: Any, sequence: Any, states: list[Any], mask: Any = None) -> Any:
        """Every output and the final states of a plain loop, a masked step repeated."""
        flat, output, outputs = _arrays(states), None, []
        for step in range(sequence.shape[1]):
            found = self.step(cell, sequence[:, step], self.packed(cell, flat))
            new, news = found[0], found[1:]
            if mask is not None:
                keep = mask[:, step]
                old = np.zeros_like(new) if output is None else output
                new = np.where(_wide(keep, new), new, old)
                pairs = zip(news, flat, strict=True)
                news = [np.where(_wide(keep, a), a, b) for a, b in pairs]
            output, flat = new, list(news)
            outputs.append(new)
        return np.stack(outputs, axis=1), flat

    def zero_states(self, cell: Any) -> list[Any]:
        """The states that a sequence starts from: those of the cell, or zeros."""
        if hasattr(cell, "get_initial_state"):
            return self.packed(cell, flat_outputs(cell.get_initial_state(batch_size=self.batch)))
        flat = [np.zeros((self.batch, *size), "float32") for size in self.sizes(cell)]
        return self.packed(cell, flat)

    def close(self, actual: Any, expected: Any, tolerance: float, what: str) -> None:
        """Fails unless all arrays are equal within the tolerance."""
        if not isinstance(actual, list):
            actual, expected = [actual], [expected]
        for left, right in zip(actual, expected, strict=True):
            require_close(left, right, tolerance, what)


def _wide(keep: Any, like: Any) -> Any:
    return keep.reshape((-1,) + (1,) * (like.ndim - 1))


def _is_nest(size: Any) -> bool:
    return isinstance(size, (list, tuple)) or type(size).__name__ == "ListWrapper"


def _listed(size: Any) -> Any:
    """The nesting of a `state_size`, with one number a state: a shape is not nested."""
    if _is_shape(size):
        return 0
    return [_listed(part) for part in size] if _is_nest(size) else 0


def _is_shape(size: Any) -> bool:
    return isinstance(size, tuple) and all(isinstance(n, int) for n in size) and len(size) > 1


def _leaves(size: Any) -> list[Any]:
    if not _is_nest(size):
        return [size]
    return [leaf for part in size for leaf in ([part] if _is_shape(part) else _leaves(part))]


def _arrays(states: Any) -> list[Any]:
    import keras

    return list(keras.tree.flatten(states))
