"""Arrays of lists of integers, taken out of a pickle without loading it.

`imdb.npz` of Keras keeps rows of different lengths as an array of Python lists, which NumPy
writes as a pickle. Loading one can run any code, also where only NumPy's own functions are
let through: they rebuild arrays of objects from raw bytes. Here the instructions are read
(`pickletools.genops` runs none) and followed as far as lists, tuples and integers go.
"""

import pickletools
from typing import Any, NamedTuple

# What a pickled array of lists names, in NumPy 1 and 2 and with the pickles of Python 2.
NAMES = {
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


class _Built(NamedTuple):
    """What would be a call: its function and arguments, and the state given to its result."""

    function: Any
    arguments: Any
    state: Any = None


def lists_of_integers(pickled: bytes) -> list[list[int]]:
    """The rows of a pickled array of lists.

    Raises:
        ValueError: It holds anything else.
    """
    try:
        built = _follow(pickled)
        _, shape, _, _, rows = built.state
        named = built.function.endswith("multiarray _reconstruct")
    except (IndexError, KeyError, AttributeError, TypeError, MemoryError) as error:
        raise ValueError(f"it is no pickled array ({error})") from error
    if not named or not isinstance(rows, list) or shape != (len(rows),):
        raise ValueError("it is no array of one dimension")
    for row in rows:
        if not isinstance(row, list) or any(type(number) is not int for number in row):
            raise ValueError(f"it holds {row!r:.60}, no list of integers")
    return rows


def _follow(pickled: bytes) -> Any:
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
            stack.append(_name(argument or f"{stack.pop(-2)} {stack.pop()}"))
        elif name == "REDUCE":
            arguments = stack.pop()
            stack.append(_Built(stack.pop(), arguments))
        elif name == "BUILD":
            state = stack.pop()
            stack.append(_Built(*stack.pop()[:2], state))
        elif name == "STOP":
            return stack.pop()
        elif name not in ("PROTO", "FRAME"):
            raise ValueError(f"its pickle has the instruction {name}, which no list needs")
    raise ValueError("its pickle has no end")


def _name(asked: str) -> str:
    if asked not in NAMES:
        raise ValueError(f"its pickle asks for {asked.replace(' ', '.')}, which no list needs")
    return asked
