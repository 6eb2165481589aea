"""Checks of state: global settings, threads and tensors stored by a trace."""

import random
import time
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import numpy as np

from keras_seqext.testing import backends
from keras_seqext.testing.contexts.layer import Context
from keras_seqext.testing.core.failure import CheckFailure, NotApplicable, require
from keras_seqext.testing.core.registry import layer_check
from keras_seqext.testing.core.tensors import flat_outputs, to_tensors
from keras_seqext.testing.helpers import global_settings
from keras_seqext.testing.helpers.batch_rows import call_with
from keras_seqext.testing.helpers.hidden_state import reachable_state, sublayers, takes_training
from keras_seqext.testing.helpers.interleaving import Interleaved, files_of
from keras_seqext.testing.helpers.states import shared_layer, shared_outputs
from keras_seqext.testing.helpers.wrapper_layer import WrapperLayer

THREADS, FEEDS = 6, 3
SLOW = 0.1  # seconds; if one thread takes longer for its calls, they are not repeated


@layer_check("recommended")
def no_global_state(ctx: Context) -> None:
    """Constructing and calling the layer neither change global settings nor seed generators.

    Why it matters: every later layer gets another dtype, or the same "random" weights.
    Usual causes: `keras.config.set_floatx`, `np.random.seed`, `torch.manual_seed` or
    `warnings.simplefilter` in a constructor or in `call`.
    """
    before = global_settings.settings()
    draws = []
    for seed in (ctx.seed + 41, ctx.seed + 42):
        import keras

        keras.utils.set_random_seed(seed)
        layer = ctx.make()
        call_with(layer, ctx.inputs(), ctx.sample.call_kwargs)
        if ctx.traits.random_training:
            call_with(layer, ctx.inputs(), ctx.sample.call_kwargs, training=True)
        layer.get_config()
        drawn = (random.random(), float(np.random.random()), backends.tracing().global_draw())
        draws.append(drawn)
    found = global_settings.changes(before, global_settings.settings())
    require(not found, "; ".join(found))
    for name, one, other in zip(
        ("Python's random", "np.random", f"{ctx.backend}'s generator"), *draws, strict=True
    ):
        require(
            one is None or one != other,
            f"after the layer was constructed and called, {name} returns {one} for every earlier "
            "seed: the layer seeds it",
        )


@layer_check("recommended", after=("inference_pure",), cost="medium")
def threads(ctx: Context) -> None:
    """A built layer returns the same outputs in several threads as in a single thread.

    Why it matters: a server calls a model from many threads; otherwise responses are mixed up.
    Usual causes: an intermediate value stored on the layer (`self._mask = ...`) and read later.
    """
    if ctx.traits.stateful or ctx.traits.random_inference:
        raise NotApplicable("stateful or random_inference is declared")
    import keras

    layer = shared_layer(ctx)
    kwargs = ctx.sample.call_kwargs
    feeds = [ctx.inputs(), *(_other(ctx, number) for number in range(1, FEEDS))]

    def call(number: int) -> list[Any]:
        return flat_outputs(call_with(layer, feeds[number % FEEDS], kwargs))

    begin = time.perf_counter()
    expected = [shared_outputs(ctx), *(call(number) for number in range(1, FEEDS))]
    slow = time.perf_counter() - begin > SLOW
    files = files_of(sublayers(layer), "call", keras.layers.Layer)
    # Another call between any two lines of `call` detects a race deterministically. The threads
    # below also run compiled code concurrently.
    run = Interleaved(lambda: call(0), lambda: call(1), files)
    ctx.close(run.run(), expected[0], 1e-6, "interrupted by another call, without interruption")
    for other in run.others:
        ctx.close(other, expected[1], 1e-6, "inside another call, without another call")
    barrier = Barrier(THREADS)

    def work(number: int) -> Any:
        barrier.wait()
        return [call(number) for _ in range(1 if slow else 4)]

    with ThreadPoolExecutor(THREADS) as pool:
        for number, outputs in enumerate(pool.map(work, range(THREADS))):
            for output in outputs:
                alone = expected[number % FEEDS]
                ctx.close(output, alone, 1e-6, f"in one of {THREADS} threads, in a single thread")


def _other(ctx: Context, number: int) -> Any:
    if ctx.sample.values is None:
        return ctx.sample.make(ctx.seed + number)
    import keras

    return tuple(
        keras.tree.map_structure(lambda a: np.roll(a, number, axis=0) if a.ndim else a, argument)
        for argument in ctx.inputs()
    )


@layer_check("core")
def no_tensor_attributes(ctx: Context) -> None:
    """After a traced call the layer stores no tensor of the trace.

    Why it matters: the next eager or compiled call would use a tensor of a graph that no longer
    exists. It fails far from the cause, or the graph remains in memory.
    Usual causes: `self.last_output = x`; a cache or a list of tensors that `call` fills.
    """
    layer = ctx.built()
    trace = backends.tracing()
    modes = (False, True) if takes_training(layer) else (False,)
    known = {id(value) for _, value in reachable_state(layer) if trace.is_symbolic(value)}
    for training in modes:
        for how in (_symbolic, _traced):
            if how is _traced and ctx.traits.host_only:
                continue
            try:
                how(ctx, layer, training)
            except Exception as error:
                if "leak" not in str(error).lower():
                    continue  # other checks report a layer that cannot be traced
                raise CheckFailure(
                    f"JAX reports a leaked tracer: {str(error).splitlines()[0]}"
                ) from None
            stored = [
                path
                for path, value in reachable_state(layer)
                if trace.is_symbolic(value) and id(value) not in known
            ]
            require(
                not stored,
                f"after a {'symbolic' if how is _symbolic else 'traced'} call with "
                f"training={training}, the layer stores a tensor of the trace as "
                f"{', '.join(stored[:3])}",
            )


def _symbolic(ctx: Context, layer: Any, training: bool) -> None:
    import keras

    symbols = keras.tree.map_structure(
        lambda t: keras.KerasTensor(tuple(t.shape), keras.backend.standardize_dtype(t.dtype)),
        to_tensors(ctx.inputs()),
    )
    # Inside another layer, `call` is traced even if the layer declares its output shape.
    WrapperLayer(layer)(*symbols, **ctx.sample.call_kwargs, training=training)


def _traced(ctx: Context, layer: Any, training: bool) -> None:
    backends.tracing().trace(
        lambda *arguments: flat(call_with_tensors(ctx, layer, arguments, training)),
        layer,
        to_tensors(ctx.inputs()),
    )


def call_with_tensors(ctx: Context, layer: Any, arguments: Any, training: bool) -> Any:
    """Call the layer on tensors that may be symbolic."""
    return layer(*arguments, **ctx.sample.call_kwargs, training=training)


def flat(outputs: Any) -> list[Any]:
    """Return the tensors of an output as a flat list."""
    import keras

    return [part for part in keras.tree.flatten(outputs) if part is not None]
