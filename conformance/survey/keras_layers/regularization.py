"""Cases of noise layers and activity penalties."""

from ._cases import case

REGULARIZATION = [
    case("Dropout", {"rate": 0.4, "seed": 1}, unbiased=True),
    case("Dropout", {"rate": 0.4, "noise_shape": (None, 1, None)}, "noise-shape", unbiased=True),
    case("SpatialDropout1D", {"rate": 0.4, "seed": 1}, unbiased=True),
    case("GaussianDropout", {"rate": 0.4, "seed": 1}, unbiased=True),
    case("GaussianNoise", {"stddev": 0.4, "seed": 1}, unbiased=True),
    case("AlphaDropout", {"rate": 0.4, "seed": 1}),
    case("AlphaDropout", {"rate": 0.4, "noise_shape": (None, 1, 6)}, "noise-shape"),
    case("ActivityRegularization", {"l1": 0.1, "l2": 0.2}),
]
