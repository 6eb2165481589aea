"""A layer can be made, described and made again."""

from .._context import Context
from .._failure import require
from .._registry import check


@check("core", after=())
def construct(ctx: Context) -> None:
    """The layer can be made twice, and knows nothing of the first when the second is made.

    Why it matters: every other check, and every user, makes it more than once.
    Usual causes: the constructor needs a tensor, or changes an argument it was given.
    """
    first, second = ctx.make(), ctx.make()
    require(first is not second, "making it twice gave one and the same object")


@check("core", after=("construct",))
def call_finite(ctx: Context) -> None:
    """Called on an ordinary input, the layer gives a finite output.

    Why it matters: nothing can be built on a layer that cannot be called.
    Usual causes: the input has another rank or dtype than the layer expects.
    """
    layer = ctx.make()
    outputs = ctx.run(layer, *ctx.inputs())
    require(outputs, "the call returned nothing")
    ctx.finite(outputs, "the output")


@check("core", after=("construct",))
def config_json(ctx: Context) -> None:
    """The config is plain JSON.

    Why it matters: `model.save` writes it as JSON; what is not cannot be saved.
    Usual causes: a function, array or object in `get_config`, not passed through
    `keras.saving.serialize_keras_object`.
    """
    import json

    import keras

    text = json.dumps(keras.saving.serialize_keras_object(ctx.make()))
    require(json.loads(text), "the config is empty")
