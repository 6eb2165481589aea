"""Cases of activation layers."""

from ._cases import case

ACTIVATION = [
    case("Activation", {"activation": "gelu"}),
    case("ReLU"),
    case("ReLU", {"max_value": 1.0, "negative_slope": 0.1, "threshold": 0.2}, "options"),
    case("LeakyReLU"),
    case("ELU", {"alpha": 0.7}),
    case("PReLU"),
    case("PReLU", {"shared_axes": [1]}, "shared"),
    case("Softmax"),
    case("Softmax", {"axis": 1}, "time"),
    case("Softmax", {"axis": (1, 2)}, "two-axes"),
]
