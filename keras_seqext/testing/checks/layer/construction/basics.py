"""Checks of constructors: repeatable, free of side effects and strict about arguments."""

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
# Arguments that have to be at least 1, by the names that Keras uses.
COUNTS = (
    "units filters num_heads num_key_value_heads num_query_heads head_dim key_dim value_dim "
    "input_dim output_dim kernel_size pool_size depth_multiplier num_bins num_tokens n"
).split()


@layer_check("core", after=())
def construct(ctx: Context) -> None:
    """The layer can be constructed twice, and the second instance does not change the first.

    Why it matters: the checks, and every user, construct it more than once.
    Usual causes: the constructor needs a tensor, modifies one of its arguments, or appends to a
    default value or class attribute that all instances share.
    """
    first = ctx.make()
    before = _config_or_none(first)
    second = ctx.make()
    require(first is not second, "constructing the layer twice returned the same object")
    after = _config_or_none(first)
    changes = changed_entries(after, before)
    require(not changes, f"constructing a second layer changed the first: {'; '.join(changes[:3])}")
    changes = changed_entries(_outline(_config_or_none(second)), _outline(before))
    require(
        not changes,
        "constructing the layer twice with the same arguments gave different configs: "
        f"{'; '.join(changes[:3])}",
    )


def _config_or_none(layer: Any) -> Any:
    try:
        return config_of(layer)
    except Exception:  # `config_json` reports it
        return None


def _outline(value: Any) -> Any:
    """Return lengths and keys without values, because names and random seeds differ."""
    if isinstance(value, dict):
        return {key: _outline(part) for key, part in value.items()}
    if isinstance(value, list):
        return f"{len(value)} entries"
    return "one value"


@layer_check("core", after=("construct",))
def call_finite(ctx: Context) -> None:
    """The layer returns finite values for an ordinary input.

    Why it matters: a layer that cannot be called cannot be checked any further.
    Usual causes: the input has another rank or dtype than the layer expects.
    """
    layer = ctx.make()
    outputs = ctx.run(layer, *ctx.inputs())
    require(outputs, "the call returned no output")
    ctx.finite(outputs, "the output")


@layer_check("recommended", after=("construct",))
def init_no_state(ctx: Context) -> None:
    """The constructor creates no weights or tensors and draws no global random numbers.

    Why it matters: a layer is constructed before the shape of its input is known, inside other
    constructors, and while loading. Tensors created there belong to the wrong graph or device, and
    a seed that is consumed or set there changes the results of unrelated code.
    Usual causes: `add_weight` or `ops.convert_to_tensor` in `__init__` in place of `build`;
    `np.random`, `keras.random` or `set_random_seed` in `__init__`.
    """
    import keras

    layer = ctx.make()
    if isinstance(layer, keras.Model):
        raise NotApplicable("the layer is a model, whose layers may already be built")
    if layer.weights:
        paths = [weight.path for weight in layer.weights]
        raise CheckFailure(
            f"`__init__` created {len(paths)} weights: {paths[:4]}; create them in `build`"
        )
    tensors = [
        way
        for way, value in iterate_reachable(layer)
        if keras.ops.is_tensor(value) and not isinstance(value, keras.Variable)
    ]
    require(not tensors, f"`__init__` stored tensors in: {', '.join(tensors[:4])}")
    # Constructing the layer between two draws must not change the second draw.
    keras.utils.set_random_seed(ctx.seed)
    expected = _draw(), _draw()
    keras.utils.set_random_seed(ctx.seed)
    found = [_draw()]
    ctx.make()
    found.append(_draw())
    for place, name in ((0, "NumPy"), (1, "Keras")):
        require(
            found[1][place] == expected[1][place],
            f"the constructor advances or seeds the global random generator of {name}: the next "
            f"number is {found[1][place]:.6g}; expected {expected[1][place]:.6g}",
        )


def _draw() -> tuple[float, float]:
    import keras

    return float(np.random.random()), float(keras.random.uniform(()))


@layer_check("core", after=("config_json",))
def unknown_kwarg(ctx: Context) -> None:
    """The constructor rejects an unknown argument.

    Why it matters: otherwise a misspelt argument is ignored, and its default value is used.
    Usual causes: `**kwargs` that are not passed on to `super().__init__`.
    """
    layer = ctx.make()
    kind = type(layer)
    kinds = {p.kind for p in inspect.signature(kind.__init__).parameters.values()}
    if inspect.Parameter.VAR_KEYWORD not in kinds:
        return
    config = layer.get_config()
    if not base_from_config(kind):
        # A custom `from_config` may drop unknown entries, so the constructor is called directly.
        names = [name for name in constructor_parameters(kind) if hasattr(layer, name)]
        config = {name: getattr(layer, name) for name in names}
        try:
            kind(**config)
        except Exception as error:
            raise NotApplicable(f"the constructor cannot be called again: {error}") from error
        make = kind
    else:
        make = _from_config(kind)
    try:
        make(**{**config, BOGUS: 1})
    except (TypeError, ValueError):
        return
    raise CheckFailure(
        f"{kind.__name__}(..., {BOGUS}=1) did not raise; reject unknown arguments with a TypeError"
    )


def _from_config(kind: Any) -> Any:
    return lambda **config: kind.from_config(config)


@layer_check("recommended", after=("config_roundtrip",))
def bad_argument(ctx: Context) -> None:
    """Invalid arguments are rejected by the constructor or, at the latest, by the first call.

    Why it matters: negative units or a wrong mask give meaningless results.
    Usual causes: the constructor stores its arguments without validating them.
    Reference: keras issues 19722 and 22037.
    """
    for sample in ctx.case.errors:
        _require_rejected(ctx, sample)
    layer = ctx.make()
    config = layer.get_config()
    tried = [name for name in COUNTS if _is_count(config.get(name))]
    if not tried and not ctx.case.errors:
        raise NotApplicable(
            "the layer has no argument that is a count, and the case lists no `errors`"
        )
    for name in tried:
        value = [-1] * len(config[name]) if isinstance(config[name], (list, tuple)) else -1
        try:
            invalid = type(layer).from_config({**config, name: value})
            outputs = ctx.run(invalid, *ctx.inputs())
        except Exception:  # rejected, with any error
            continue
        shapes = [output.shape for output in outputs]
        raise CheckFailure(f"{name}={value} did not raise; the output has shapes {shapes}")


def _is_count(value: Any) -> bool:
    if isinstance(value, (list, tuple)):
        return bool(value) and all(_is_count(part) for part in value)
    return isinstance(value, int) and not isinstance(value, bool) and value > 0


def _require_rejected(ctx: Context, sample: Any) -> None:
    kinds = " or ".join(kind.__name__ for kind in sample.error)
    try:
        layer = sample.make()
        if sample.call is not None:
            ctx.call(layer, *sample.call)
    except sample.error as error:
        require(
            re.search(sample.match, str(error)),
            f"{sample.name}: the error message must match {sample.match!r}. Received: {error}",
        )
        return
    except Exception as error:
        raise CheckFailure(
            f"{sample.name}: must raise {kinds}, but raised {type(error).__name__}: {error}"
        ) from error
    raise CheckFailure(f"{sample.name}: must raise {kinds}, but did not raise")


@layer_check("strict", after=("call_finite",))
def repr_str(ctx: Context) -> None:
    """`repr` and `str` are short and name the class or the layer, before and after the first call.

    Why it matters: error messages, notebooks and debuggers show them.
    Usual causes: a `__repr__` that needs weights, or prints all of them.
    """
    for when, layer in (("before", ctx.make()), ("after", reference(ctx).layer)):
        for text in (repr(layer), str(layer)):
            known = type(layer).__name__ in text or layer.name in text
            require(
                known,
                f"{when} the first call, repr or str name neither the class nor the layer: {text}",
            )
            require(
                len(text) < 5_000,
                f"{when} the first call, repr or str have {len(text)} characters; limit: 5,000",
            )


@layer_check("strict", after=("construct",))
def docstring(ctx: Context) -> None:
    """The class has its own docstring; if it lists arguments, the list is complete.

    Why it matters: editors and API pages show the docstring, and users do not find an argument that
    is missing from it.
    Usual causes: no docstring was written, or an argument was added later.
    """
    kind = type(ctx.make())
    if kind.__module__.split(".")[0] == "keras":
        raise NotApplicable("the class is part of Keras")
    text = inspect.getdoc(kind) if kind.__doc__ else ""
    require(text, f"{kind.__name__} does not have its own docstring")
    if not re.search(r"^(Args|Arguments|Parameters)\b", text or "", re.M):
        return
    missing = [
        name
        for name in constructor_parameters(kind)
        if not re.search(rf"\b{re.escape(name)}\b", text or "")
    ]
    require(not missing, f"the docstring lists arguments, but not: {', '.join(missing)}")
