"""Checks of the tensor that an initializer returns: type, shape, dtype and finite values."""

from keras_seqext.testing.contexts.initializer import InitializerContext, dtype_expected
from keras_seqext.testing.core.failure import require, require_finite
from keras_seqext.testing.core.registry import initializer_check
from keras_seqext.testing.core.tensors import dtype_of, to_numpy


@initializer_check("core", after=())
def construct(ctx: InitializerContext) -> None:
    """The initializer is a `keras.Initializer` and can be constructed twice.

    Why it matters: only a `keras.Initializer` has a config, without which a model that uses it
    cannot be saved.
    Usual causes: a plain function in place of a subclass of `keras.Initializer`; a constructor
    that modifies its arguments.
    """
    import keras

    one, two = ctx.new(), ctx.new()
    for each in (one, two):
        require(
            isinstance(each, keras.Initializer),
            f"the object is a {type(each).__name__}, not a keras.Initializer",
        )
    require(one is not two, "constructing the initializer twice returned the same object")


@initializer_check("core", after=("construct",))
def call(ctx: InitializerContext) -> None:
    """Called with a shape and no dtype, the initializer returns a finite tensor in `floatx()`.

    The tensor has the requested shape, which may be a tuple or a list.

    Why it matters: every layer calls its initializers in this way.
    Usual causes: a NumPy array that is not converted to a tensor; the shape of a file in place of
    the requested shape; `dtype=None` that is not handled.
    """
    import keras

    initializer = ctx.new()
    require_finite(ctx.values(initializer), "the result")
    found = dtype_of(initializer(ctx.shape))
    floatx = keras.config.floatx()
    require(found == floatx, f"without a dtype the result is {found}; expected floatx(), {floatx}")
    require_finite(to_numpy(initializer(list(ctx.shape))), "the result for a shape that is a list")


@initializer_check("core")
def dtypes(ctx: InitializerContext) -> None:
    """The initializer returns the requested dtype, with finite values.

    Why it matters: a layer in bfloat16 or float64 requests its weights in its own dtype.
    Usual causes: the argument `dtype` is ignored; values overflow in float16.
    """
    initializer = ctx.new()
    for dtype in ctx.dtypes:
        tensor = initializer(ctx.shape, dtype=dtype)
        expected, found = dtype_expected(dtype), dtype_of(tensor)
        require(found == expected, f"with dtype={dtype!r} the result is {found}, not {expected}")
        require_finite(ctx.values(initializer, dtype), f"the result in {dtype}")
