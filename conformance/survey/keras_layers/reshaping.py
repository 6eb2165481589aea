"""Cases of layers that rearrange values."""

from keras_seqext.testing import Sample

from ._cases import case

RESHAPING = [
    case("Flatten", has_time=False),
    case("Flatten", {"data_format": "channels_first"}, "channels-first", has_time=False),
    case("Permute", {"dims": (2, 1)}),
    case("Reshape", {"target_shape": (-1, 3)}),
    case("Reshape", {"target_shape": (6, 7)}, "fixed"),
    case("RepeatVector", {"n": 3}, "", Sample(shape=(4, 6)), has_time=False),
    case("UpSampling1D", {"size": 2}),
    case("ZeroPadding1D", {"padding": (1, 2)}),
    case("Cropping1D", {"cropping": (1, 2)}, min_length=4),
    case("Identity"),
    case("Masking", {"mask_value": 0.0}),
]
