"""Cases of layers that map numbers to ids and vectors.

Layers of strings are omitted: they run only on TensorFlow.
"""

from ._cases import IDS, STEPS, case

WORDS = {"vocabulary": [1, 2, 3]}

PREPROCESSING = [
    case("Rescaling", {"scale": 2.0, "offset": 0.5}),
    case("Discretization", {"bin_boundaries": [-1.0, 0.0, 1.0]}, "", STEPS),
    case(
        "Discretization",
        {"bin_boundaries": [-1.0, 0.0, 1.0], "output_mode": "one_hot"},
        "one-hot",
        STEPS,
    ),
    case("CategoryEncoding", {"num_tokens": 5, "output_mode": "one_hot"}, "one-hot", IDS),
    case("CategoryEncoding", {"num_tokens": 5}, "multi-hot", IDS),
    case("CategoryEncoding", {"num_tokens": 5, "output_mode": "count"}, "count", IDS),
    # Except on TensorFlow, `Hashing` and `IntegerLookup` "cannot be used as part of the compiled
    # computation graph", as their documentation says.
    case("Hashing", {"num_bins": 4}, "", IDS, host_only=True),
    case("Hashing", {"num_bins": 4, "output_mode": "one_hot"}, "one-hot", IDS, host_only=True),
    case("Hashing", {"num_bins": 4, "output_mode": "multi_hot"}, "multi-hot", IDS, host_only=True),
    *(
        case("IntegerLookup", {**WORDS, "output_mode": mode}, suffix, IDS, host_only=True)
        for mode, suffix in (("int", ""), ("one_hot", "one-hot"), ("multi_hot", "multi-hot"))
    ),
]
