"""Cases of pooling over time."""

from keras_seqext.testing import Sample

from ._cases import case

CHANNELS_FIRST = {"data_format": "channels_first"}

POOLING = [
    case("GlobalAveragePooling1D"),
    case("GlobalAveragePooling1D", {"keepdims": True}, "keepdims"),
    case("GlobalAveragePooling1D", CHANNELS_FIRST, "channels-first", time_axis=2),
    case("GlobalMaxPooling1D"),
    case("GlobalMaxPooling1D", CHANNELS_FIRST, "channels-first", time_axis=2),
    case("MaxPooling1D", {"pool_size": 2}, min_length=2),
    case("MaxPooling1D", {"pool_size": 3, "strides": 2, "padding": "same"}, "same"),
    case("AveragePooling1D", {"pool_size": 2}, min_length=2),
    case("AveragePooling1D", {"pool_size": 3, "strides": 2, "padding": "same"}, "same"),
    case("AveragePooling1D", {"pool_size": 2, **CHANNELS_FIRST}, "channels-first", time_axis=2),
    case("AdaptiveAveragePooling1D", {"output_size": 3}, min_length=3),
    case("AdaptiveMaxPooling1D", {"output_size": 3}, min_length=3),
    case(
        "AdaptiveAveragePooling1D", {"output_size": 2}, "2", Sample(shape=(3, 8, 5)), min_length=2
    ),
]
