"""Cases of convolutions over time."""

from keras_seqext.testing import Sample

from ._cases import case

AUDIO = Sample(shape=(3, 64))
SMALL = {"frame_length": 16, "frame_step": 8, "fft_length": 16}

CONVOLUTION = [
    case("Conv1D", {"filters": 3, "kernel_size": 2}, min_length=2),
    case("Conv1D", {"filters": 3, "kernel_size": 3, "padding": "same", "strides": 2}, "same"),
    case(
        "Conv1D",
        {"filters": 4, "kernel_size": 2, "padding": "causal", "dilation_rate": 2},
        "causal",
        causal=True,
    ),
    case("Conv1D", {"filters": 4, "kernel_size": 2, "groups": 2}, "groups", min_length=2),
    case(
        "Conv1D",
        {"filters": 3, "kernel_size": 2, "data_format": "channels_first"},
        "channels-first",
        time_axis=2,
        min_length=2,
    ),
    case("DepthwiseConv1D", {"kernel_size": 2, "depth_multiplier": 2}, min_length=2),
    case("DepthwiseConv1D", {"kernel_size": 3, "padding": "same"}, "same"),
    case("SeparableConv1D", {"filters": 3, "kernel_size": 2}, min_length=2),
    case("SeparableConv1D", {"filters": 3, "kernel_size": 3, "padding": "same"}, "same"),
    case("Conv1DTranspose", {"filters": 3, "kernel_size": 2, "strides": 2}),
    case("Conv1DTranspose", {"filters": 3, "kernel_size": 3, "padding": "same"}, "same"),
    case("Conv1DTranspose", {"filters": 3, "kernel_size": 3, "dilation_rate": 2}, "dilated"),
    case("STFTSpectrogram", SMALL, "", Sample(shape=(3, 64, 2)), min_length=16, time_axis=1),
    case(
        "MelSpectrogram",
        {"fft_length": 16, "sequence_stride": 8, "num_mel_bins": 4, "sampling_rate": 100},
        "",
        AUDIO,
        min_length=16,
    ),
]
