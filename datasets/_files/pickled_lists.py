"""Reader of pickled arrays of integer lists that does not load the pickle.

`imdb.npz` of Keras stores rows of different lengths as an array of Python lists, which NumPy
writes as a pickle. Loading a pickle can run arbitrary code, even if only functions of NumPy are
allowed, because these rebuild object arrays from raw bytes. This module reads the opcodes
(`pickletools.genops` executes none) and interprets those that build lists, tuples and integers.
"""

import pickletools
from typing import Any, NamedTuple

# Globals in a pickled array of lists, written by NumPy 1 or 2 and by Python 2 or 3.
ALLOWED_GLOBALS = {
    *(f"{package}.multiarray _reconstruct" for package in ("numpy.core", "numpy._core")),
    *("numpy ndarray", "numpy dtype", "_codecs encode"),
}
_VALUES = {
    *("INT", "BININT", "BININT1", "BININT2", "LONG", "LONG1", "LONG4"),
    *("UNICODE", "BINUNICODE", "SHORT_BINUNICODE", "STRING", "BINSTRING", "SHORT_BINSTRING"),
    *("BINBYTES", "SHORT_BINBYTES"),
}
_CONSTANTS = {"NONE": None, "NEWTRUE": True, "NEWFALSE": False}
_TUPLES = {"EMPTY_TUPLE": 0, "TUPLE1": 1, "TUPLE2": 2, "TUPLE3": 3}


class _Call(NamedTuple):
    """A call that is not made: its function, its arguments and the state set on its result."""

    function: Any
    arguments: Any
    state: Any = None


def lists_of_integers(pickled: bytes) -> list[list[int]]:
    """Return the rows of a pickled array of lists.

    Raises:
        ValueError: If the pickle holds anything else.
    """
    try:
        call = _interpret(pickled)
        # State of an array: version, shape, dtype, Fortran order, data.
        _, shape, _, _, rows = call.state
        is_array = call.function.endswith("multiarray _reconstruct")
    except (IndexError, KeyError, AttributeError, TypeError, MemoryError) as error:
        raise ValueError(f"it is not a pickled array ({error})") from error
    if not is_array or not isinstance(rows, list) or shape != (len(rows),):
        raise ValueError("it is not an array of one dimension")
    for row in rows:
        if not isinstance(row, list) or any(type(number) is not int for number in row):
            raise ValueError(f"it holds {row!r:.60}, which is not a list of integers")
    return rows


def _interpret(pickled: bytes) -> Any:
    stack: list[Any] = []
    marks: list[int] = []
    memo: dict[int, Any] = {}
    for opcode, argument, _ in pickletools.genops(pickled):
        name = opcode.name
        if name in _VALUES:
            stack.append(argument)
        elif name in ("APPENDS", "LIST", "TUPLE"):
            start = marks.pop()
            items = stack[start:]
            del stack[start:]
            if name == "APPENDS":
                stack[-1].extend(items)
            else:
                stack.append(items if name == "LIST" else tuple(items))
        elif name == "EMPTY_LIST":
            stack.append([])
        elif name == "APPEND":
            item = stack.pop()
            stack[-1].append(item)
        elif name == "MARK":
            marks.append(len(stack))
        elif name in _TUPLES:
            size = _TUPLES[name]
            items = stack[len(stack) - size :]
            del stack[len(stack) - size :]
            stack.append(tuple(items))
        elif name in _CONSTANTS:
            stack.append(_CONSTANTS[name])
        elif name in ("PUT", "BINPUT", "LONG_BINPUT", "MEMOIZE"):
            memo[len(memo) if argument is None else argument] = stack[-1]
        elif name in ("GET", "BINGET", "LONG_BINGET"):
            stack.append(memo[argument])
        elif name in ("GLOBAL", "STACK_GLOBAL"):
            stack.append(_check_global(argument or f"{stack.pop(-2)} {stack.pop()}"))
        elif name == "REDUCE":
            arguments = stack.pop()
            stack.append(_Call(stack.pop(), arguments))
        elif name == "BUILD":
            state = stack.pop()
            stack.append(_Call(*stack.pop()[:2], state))
        elif name == "STOP":
            return stack.pop()
        elif name not in ("PROTO", "FRAME"):
            raise ValueError(f"its pickle contains the opcode {name}, which lists do not need")
    raise ValueError("its pickle is incomplete")


def _check_global(name: str) -> str:
    if name not in ALLOWED_GLOBALS:
        raise ValueError(f"its pickle refers to {name.replace(' ', '.')}, which lists do not need")
    return name
