"""A layer can be made, leaves the world as it was, and refuses what makes no sense."""

import inspect
import re
from typing import Any

import numpy as np

from keras_seqext.testing.contexts.layer import Context
from keras_seqext.testing.core.failure import CheckFailure, NotApplicable, require
from keras_seqext.testing.core.registry import layer_check
from keras_seqext.testing.helpers.configs import (
    base_from_config,
    changed_entries,
    config_of,
    constructor_parameters,
)
from keras_seqext.testing.helpers.reachable_objects import iterate_reachable
from keras_seqext.testing.helpers.reference_layer import reference

BOGUS = "bogus_kwarg_xyz"
# Counts that mean nothing below one, by the names that Keras uses.
COUNTS = (
    "units filters num_heads num_key_value_heads num_query_heads head_dim key_dim value_dim "
    "input_dim output_dim kernel_size pool_size depth_multiplier num_bins num_tokens n"
).split()


@layer_check("core", after=())
def construct(ctx: Context) -> None:
    """The layer can be made twice, and the first is not changed by making the second.

    Why it matters: every other check, and every user, makes it more than once.
    Usual causes: the constructor needs a tensor, changes an argument it was given, or appends to
    a default or class attribute that all instances share.
    """
    first = ctx.make()
    before = _config_or_none(first)
    second = ctx.make()
    require(first is not second, "making it twice gave one and the same object")
    after = _config_or_none(first)
    changes = changed_entries(after, before)
    require(not changes, f"making a second one changed the first: {'; '.join(changes[:3])}")
    changes = changed_entries(_outline(_config_or_none(second)), _outline(before))
    require(
        not changes,
        f"the same arguments made another layer the second time: {'; '.join(changes[:3])}",
    )


def _config_or_none(layer: Any) -> Any:
    try:
        return config_of(layer)
    except Exception:  # config_json reports it
        return None


def _outline(value: Any) -> Any:
    """Lengths and keys without the values: names and drawn seeds differ."""
    if isinstance(value, dict):
        return {key: _outline(part) for key, part in value.items()}
    if isinstance(value, list):
        return f"{len(value)} entries"
    return "one value"


@layer_check("core", after=("construct",))
def call_finite(ctx: Context) -> None:
    """Called on an ordinary input, the layer gives a finite output.

    Why it matters: nothing can be built on a layer that cannot be called.
    Usual causes: the input has another rank or dtype than the layer expects.
    """
    layer = ctx.make()
    outputs = ctx.run(layer, *ctx.inputs())
    require(outputs, "the call returned nothing")
    ctx.finite(outputs, "the output")


@layer_check("recommended", after=("construct",))
def init_no_state(ctx: Context) -> None:
    """Making the layer creates no weights and no tensors, and draws no global random numbers.

    Why it matters: a layer is made long before the shape of its input is known, inside other
    constructors, and while loading; what it creates there belongs to the wrong graph or device,
    and a seed that it consumes or sets changes the results of unrelated code.
    Usual causes: `add_weight` or `ops.convert_to_tensor` in `__init__` instead of `build`;
    `np.random`, `keras.random` or `set_random_seed` in `__init__`.
    """
    import keras

    layer = ctx.make()
    if isinstance(layer, keras.Model):
        raise NotApplicable("a model is made of layers that may be built already")
    if layer.weights:
        paths = [weight.path for weight in layer.weights]
        raise CheckFailure(f"after `__init__` there are {len(paths)} weights already: {paths[:4]}")
    tensors = [
        way
        for way, value in iterate_reachable(layer)
        if keras.ops.is_tensor(value) and not isinstance(value, keras.Variable)
    ]
    require(not tensors, f"after `__init__` it holds tensors in: {', '.join(tensors[:4])}")
    keras.utils.set_random_seed(ctx.seed)
    expected = _draw(), _draw()
    keras.utils.set_random_seed(ctx.seed)
    found = [_draw()]
    ctx.make()
    found.append(_draw())
    for place, name in ((0, "NumPy"), (1, "Keras")):
        require(
            found[1][place] == expected[1][place],
            f"making the layer consumes or sets the global random state of {name}: the next "
            f"number is {found[1][place]:.6g} instead of {expected[1][place]:.6g}",
        )


def _draw() -> tuple[float, float]:
    import keras

    return float(np.random.random()), float(keras.random.uniform(()))


@layer_check("core", after=("config_json",))
def unknown_kwarg(ctx: Context) -> None:
    """An argument that the constructor does not know is refused.

    Why it matters: a misspelt argument is otherwise ignored, and the default used in its place.
    Usual causes: `**kwargs` that is not passed on to `super().__init__`.
    """
    layer = ctx.make()
    kind = type(layer)
    kinds = {p.kind for p in inspect.signature(kind.__init__).parameters.values()}
    if inspect.Parameter.VAR_KEYWORD not in kinds:
        return
    config = layer.get_config()
    if not base_from_config(kind):
        # It may pick from its config what it knows; the constructor itself has to answer.
        names = [name for name in constructor_parameters(kind) if hasattr(layer, name)]
        config = {name: getattr(layer, name) for name in names}
        try:
            kind(**config)
        except Exception as error:
            raise NotApplicable(f"its constructor cannot be called again: {error}") from error
        make = kind
    else:
        make = _from_config(kind)
    try:
        make(**{**config, BOGUS: 1})
    except (TypeError, ValueError):
        return
    raise CheckFailure(f"{kind.__name__}(..., {BOGUS}=1) was accepted in silence")


def _from_config(kind: Any) -> Any:
    return lambda **config: kind.from_config(config)


@layer_check("recommended", after=("config_roundtrip",))
def bad_argument(ctx: Context) -> None:
    """Arguments that make no sense are refused, when the layer is made or at the latest called.

    Why it matters: negative units or a wrong mask give numbers that mean nothing.
    Usual causes: the constructor stores what it gets without looking at it.
    Reference: keras issues 19722 and 22037.
    """
    for sample in ctx.case.errors:
        _refused(ctx, sample)
    layer = ctx.make()
    config = layer.get_config()
    tried = [name for name in COUNTS if _is_count(config.get(name))]
    if not tried and not ctx.case.errors:
        raise NotApplicable(
            "it has no argument that counts something, and the case lists no `errors`"
        )
    for name in tried:
        value = [-1] * len(config[name]) if isinstance(config[name], (list, tuple)) else -1
        try:
            wrong = type(layer).from_config({**config, name: value})
            outputs = ctx.run(wrong, *ctx.inputs())
        except Exception:  # refused, in whatever words
            continue
        shapes = [output.shape for output in outputs]
        raise CheckFailure(f"{name}={value} was accepted in silence; the output is {shapes}")


def _is_count(value: Any) -> bool:
    if isinstance(value, (list, tuple)):
        return bool(value) and all(_is_count(part) for part in value)
    return isinstance(value, int) and not isinstance(value, bool) and value > 0


def _refused(ctx: Context, sample: Any) -> None:
    kinds = " or ".join(kind.__name__ for kind in sample.error)
    try:
        layer = sample.make()
        if sample.call is not None:
            ctx.call(layer, *sample.call)
    except sample.error as error:
        require(
            re.search(sample.match, str(error)),
            f"{sample.name}: the message must match {sample.match!r}. It is: {error}",
        )
        return
    except Exception as error:
        raise CheckFailure(
            f"{sample.name}: must raise {kinds}, raised {type(error).__name__}: {error}"
        ) from error
    raise CheckFailure(f"{sample.name}: must raise {kinds}, and was accepted in silence")


@layer_check("strict", after=("call_finite",))
def repr_str(ctx: Context) -> None:
    """`repr` and `str` name the class, before and after the first call, in a few lines.

    Why it matters: they are what error messages, notebooks and debuggers show.
    Usual causes: a `__repr__` that needs weights, or prints them all.
    """
    for when, layer in (("before", ctx.make()), ("after", reference(ctx).layer)):
        for text in (repr(layer), str(layer)):
            known = type(layer).__name__ in text or layer.name in text
            require(known, f"{when} the first call it names neither the class nor itself: {text}")
            require(len(text) < 5_000, f"{when} the first call it is {len(text)} characters long")


@layer_check("strict", after=("construct",))
def docstring(ctx: Context) -> None:
    """The class has a docstring of its own; one that lists arguments lists them all.

    Why it matters: editors and API pages show it, and an argument that it lacks is not found.
    Usual causes: none was written, or an argument was added later.
    """
    kind = type(ctx.make())
    if kind.__module__.split(".")[0] == "keras":
        raise NotApplicable("the class is part of Keras")
    text = inspect.getdoc(kind) if kind.__doc__ else ""
    require(text, f"{kind.__name__} has no docstring of its own")
    if not re.search(r"^(Args|Arguments|Parameters)\b", text or "", re.M):
        return
    missing = [
        name
        for name in constructor_parameters(kind)
        if not re.search(rf"\b{re.escape(name)}\b", text or "")
    ]
    require(not missing, f"its docstring lists arguments, but not: {', '.join(missing)}")
