"""Checks of compiled calls: equal outputs, no retracing and no host transfers."""

from dataclasses import dataclass
from functools import partial
from typing import Any

from keras_seqext.testing import backends
from keras_seqext.testing.contexts.layer import Context
from keras_seqext.testing.core.failure import NotApplicable, require
from keras_seqext.testing.core.registry import layer_check
from keras_seqext.testing.core.tensors import accepts, flat_outputs, to_numpy, to_tensors
from keras_seqext.testing.helpers.compiling import (
    cut,
    other_sizes,
    plain_call,
    require_compilable,
    require_repeatable,
    run_or_fail,
    supports_jit,
)
from keras_seqext.testing.helpers.models import other_arguments, plain_outputs
from keras_seqext.testing.helpers.states import State, shared_layer

COMPILED = 1e-4
EAGER = 1e-5
SHORT = 3


@layer_check("core", cost="medium")
def jit_parity(ctx: Context) -> None:
    """Compiled and eager calls return the same outputs, also for inputs other than those traced.

    Why it matters: `fit` and `predict` compile by default on TensorFlow and JAX.
    Usual causes: Python `if` or `float()` on a value; NumPy in `call`; a value stored by the first
    call; an operation that XLA does not support. If XLA cannot compile the layer, set
    `self.supports_jit = False`.
    Reference: keras-team/keras 18456, 16013, 17045.
    """
    require_compilable(ctx)
    require_repeatable(ctx)
    for mode, calls in _compiled_calls(ctx).items():
        for call in calls:
            ctx.close(call.outputs, call.eager, COMPILED, f"{mode}, eager")
    again = ctx.run(shared_layer(ctx), *ctx.inputs())
    ctx.close(again, plain_outputs(ctx), EAGER, "eager after compiling, eager before")


@layer_check("core")
def symbolic_then_eager(ctx: Context) -> None:
    """Symbolic calls, traces and eager calls of a layer do not affect each other.

    Why it matters: a layer is first called on symbolic inputs to create a model, and then on data.
    Usual causes: a symbolic tensor or a tracer stored on `self`; a table created in `build`, inside
    the graph that is traced at that time.
    """
    import keras

    require_compilable(ctx)
    require_repeatable(ctx)
    expected = plain_outputs(ctx)
    layer = ctx.make()
    symbols = tuple(
        keras.tree.map_structure(lambda v: keras.KerasTensor(v.shape, str(v.dtype)), argument)
        for argument in ctx.inputs()
    )
    run_or_fail("the symbolic call", lambda: ctx.call(layer, *symbols))
    run_or_fail(
        "setting the weights of a layer that was built eagerly",
        lambda: layer.set_weights(shared_layer(ctx).get_weights()),
    )
    state, tracer = State(layer), backends.tracing()
    tensors = to_tensors(ctx.inputs())
    traced: Any = partial(tracer.trace, plain_call(ctx, layer), layer, tensors)
    again: Any = partial(ctx.call, layer, *symbols)
    for before, act, doing in (
        ("a trace", traced, "tracing"),
        ("another symbolic call", again, "the second symbolic call"),
    ):
        run_or_fail(doing, act)
        state.restore()
        what = f"the eager call after {before}"
        outputs = run_or_fail(what, lambda: ctx.run(layer, *ctx.inputs()))
        ctx.close(outputs, expected, EAGER, f"eager call after {before}, layer built eagerly")


@layer_check("core")
def stateless_call(ctx: Context) -> None:
    """`stateless_call` returns the outputs and updates of a call and changes no variable.

    Why it matters: training on JAX uses stateless calls, which lose other changes.
    Usual causes: state in a Python attribute or a NumPy array in place of a variable; a random
    number without a `SeedGenerator` of the layer.
    """
    import keras

    require_repeatable(ctx)
    layer = shared_layer(ctx)
    state = State(layer)
    training = accepts(layer, "training")
    keras.utils.set_random_seed(ctx.seed)  # torch has its own generator
    kwargs = {**ctx.sample.call_kwargs, **({"training": True} if training else {})}
    outputs, updated = layer.stateless_call(
        [variable.value for variable in layer.trainable_variables],
        [variable.value for variable in layer.non_trainable_variables],
        *to_tensors(ctx.inputs()),
        **kwargs,
    )
    outputs, updated = flat_outputs(outputs), [to_numpy(value) for value in updated]
    changed = [variable.path for variable in state.changed()]
    require(not changed, f"a stateless call changed the variables {', '.join(changed)}")
    state.restore()
    keras.utils.set_random_seed(ctx.seed)
    expected = ctx.run(layer, *ctx.inputs(), training=True if training else None)
    after = [to_numpy(variable.value) for variable in layer.non_trainable_variables]
    paths = [variable.path for variable in layer.non_trainable_variables]
    state.restore()
    ctx.close(outputs, expected, EAGER, "stateless call, direct call")
    require(
        len(updated) == len(after),
        f"the stateless call returned {len(updated)} non-trainable variables; the layer has "
        f"{len(after)}",
    )
    for path, new, old in zip(paths, updated, after, strict=True):
        ctx.close(
            new, old, EAGER, f"{path} returned by the stateless call, {path} after a direct call"
        )


@layer_check("recommended", after=("call_finite", "jit_parity"), cost="medium")
def retrace(ctx: Context) -> None:
    """Further calls do not compile again, also for other sizes where the sizes are unknown.

    Why it matters: compiling takes seconds, and a call takes milliseconds.
    Usual causes: a Python number in the graph that changes between calls; a `tf.function`,
    `jax.jit` or `torch.compile` created inside `call`.
    Reference: keras-team/keras-core 762.
    """
    require_compilable(ctx)
    module = backends.current()
    layer = ctx.built()
    function, tensors = plain_call(ctx, layer), to_tensors(ctx.inputs())
    function(*tensors)
    new = module.new_compilations(function, layer, tensors)
    require(not new, f"the third eager call compiled {len(new)} functions: {', '.join(new[:5])}")
    for mode, calls in _compiled_calls(ctx).items():
        counts = [call.traces for call in calls]
        # torch may compile again on the second call, after the first has created state.
        later = counts[2:] if ctx.backend == "torch" else counts[1:]
        if any(later) and ctx.backend == "torch" and _adds_losses(layer):
            raise NotApplicable(
                "the layer adds losses: Keras appends them to a Python list of the layer, and "
                "torch.compile traces again when the list has changed"
            )
        require(
            not any(later),
            f"{mode} was called {len(counts)} times with the same shapes and traced {counts} times",
        )
    larger = other_sizes(ctx)
    if larger is None:
        return
    try:
        count = module.traces_of_sizes(function, layer, [tensors, to_tensors(larger)])
    except Exception:  # the checks of shapes report it
        return
    require(
        count == 1,
        f"with unknown sizes in the signature, the layer was traced {count} times; expected 1",
    )


@layer_check("recommended", after=("call_finite", "jit_parity"))
def no_host_transfer(ctx: Context) -> None:
    """A call does not transfer values from the device to Python.

    Why it matters: the device waits for Python, and an exported model cannot contain the transfer.
    Usual causes: NumPy, `float()` or `if` on a tensor in `call`; `tf.py_function`,
    `jax.pure_callback`.
    """
    require_compilable(ctx)
    layer = shared_layer(ctx)
    found = backends.current().host_transfers(
        plain_call(ctx, layer), layer, to_tensors(ctx.inputs())
    )
    require(
        not found, f"the call transfers values to Python {len(found)} times: {', '.join(found[:5])}"
    )


def _adds_losses(layer: Any) -> bool:
    """Return whether the last call added losses, apart from the regularizers of weights."""
    regularized = [w for w in layer.weights if getattr(w, "regularizer", None) is not None]
    return len(layer.losses) > len(regularized)


def _modes(ctx: Context, layer: Any) -> dict[str, bool | None]:
    if ctx.backend == "jax":
        return {"jax.jit": None}
    if ctx.backend == "torch":
        return {"torch.compile": None}
    modes: dict[str, bool | None] = {"tf.function": False}
    if supports_jit(layer):
        modes["tf.function(jit_compile=True)"] = True
    return modes


@dataclass
class _Call:
    outputs: list[Any]
    eager: list[Any]
    traces: int


def _compiled_calls(ctx: Context) -> dict[str, list[_Call]]:
    """Return four calls of the compiled layer, alternating between the sample and other inputs."""

    def make() -> dict[str, list[_Call]]:
        layer = shared_layer(ctx) if ctx.traits.stateful else ctx.built()
        state = State(layer)
        pairs = _eager_calls(ctx)
        calls: dict[str, list[_Call]] = {}
        for mode, xla in _modes(ctx, layer).items():
            run, traces = backends.current().compiled_counting(
                plain_call(ctx, layer), layer, xla=xla
            )
            calls[mode] = []
            for arguments, eager in pairs * 2:
                state.restore()
                before, tensors = traces(), to_tensors(arguments)
                outputs = flat_outputs(run_or_fail(mode, partial(run, *tensors)))
                calls[mode].append(_Call(outputs, eager, traces() - before))
        state.restore()
        return calls

    found: dict[str, list[_Call]] = ctx.cached("compiled_calls", make)
    return found


def _eager_calls(ctx: Context) -> list[tuple[tuple[Any, ...], list[Any]]]:
    """Return two sets of arguments with the outputs of the layer."""
    both = [ctx.inputs(), other_arguments(ctx)]
    if ctx.backend == "torch":
        # `torch.compile` unrolls a loop over time, which takes seconds per step.
        try:
            short = [cut(ctx, arguments, max(SHORT, ctx.traits.min_length)) for arguments in both]
            return [(a, ctx.run(shared_layer(ctx), *a)) for a in short]
        except Exception:  # the layer rejects the length
            pass
    return [
        (both[0], plain_outputs(ctx)),
        (both[1], ctx.run(shared_layer(ctx), *both[1])),
    ]
