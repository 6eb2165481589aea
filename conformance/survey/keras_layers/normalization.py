"""Cases of normalisation over features, time steps or the batch."""

from ._cases import case

NORMALIZATION = [
    case("LayerNormalization"),
    case("LayerNormalization", {"axis": [1, 2]}, "two-axes"),
    case("LayerNormalization", {"center": False, "scale": False}, "plain"),
    case("RMSNormalization"),
    case("RMSNormalization", {"axis": (1, 2)}, "two-axes", fixed_length=True),
    case("BatchNormalization"),
    case("BatchNormalization", {"axis": 1}, "axis-1"),
    case("BatchNormalization", {"renorm": True}, "renorm"),
    case("GroupNormalization", {"groups": 2}),
    case("GroupNormalization", {"groups": -1}, "instance"),
    case("UnitNormalization"),
    case("UnitNormalization", {"axis": 1}, "axis-1"),
    case("Normalization", {"mean": 0.5, "variance": 2.0}),
    case("Normalization", {"mean": 0.5, "variance": 2.0, "invert": True}, "invert"),
]
