"""Cases of layers with several input sequences."""

from ._cases import PAIR, case

MERGING = [
    *(
        case(name, {}, "", PAIR)
        for name in ("Add", "Average", "Maximum", "Minimum", "Multiply", "Subtract")
    ),
    case("Concatenate", {}, "", PAIR),
    case("Concatenate", {"axis": 1}, "time", PAIR),
    case("Dot", {"axes": 2}, "features", PAIR, time_exponent=2.0),
    case("Dot", {"axes": 1, "normalize": True}, "time", PAIR),
]
