"""Cases of the layers of this package, with every option that changes their output."""

from keras import layers

import keras_seqext as seqext
from keras_seqext.testing import LayerCase, Sample, Traits

STEPS = [Sample(shape=(4, 7, 6))]
IDS = [Sample(shape=(4, 7), dtype="int32")]
# Bins are computed from integers on the host; `encoder()` is the part that can be compiled.
HOST = Traits(host_only=True, nondifferentiable=True)
ENCODER = Traits(nondifferentiable=True)
FLOATS = {"in_sequential": "a Sequential without an Input converts integers to floats: an error"}


def _case(make, name, samples=STEPS, **traits):
    return LayerCase(make, name=name, samples=samples, traits=Traits(**traits))


RECURRENT = [
    _case(lambda: seqext.MinimalRNN(3), "MinimalRNN"),
    _case(lambda: seqext.MinimalRNN(3, return_sequences=True), "MinimalRNN-sequences", causal=True),
    _case(
        lambda: seqext.MinimalRNN(3, dropout=0.3, recurrent_dropout=0.2, seed=1),
        "MinimalRNN-dropout",
    ),
    _case(
        lambda: seqext.MinimalRNN(3, return_sequences=True, go_backwards=True, use_bias=False),
        "MinimalRNN-backwards",
    ),
    _case(
        lambda: layers.Bidirectional(seqext.MinimalRNN(3, return_sequences=True)),
        "MinimalRNN-bidirectional",
    ),
]
PLAIN = ("Max", "Min", "Average", "Sum", "Last", "LogSumExp", "Attention")
POOLING = [
    _case(getattr(seqext, f"MaskedGlobal{kind}Pooling1D"), f"{kind}Pooling") for kind in PLAIN
]
POOLING += [
    _case(lambda: seqext.MaskedGlobalTopKPooling1D(2), "TopKPooling"),
    _case(lambda: seqext.MaskedGlobalMaxPooling1D(keepdims=True), "MaxPooling-keepdims"),
    _case(
        lambda: seqext.MaskedGlobalAveragePooling1D(data_format="channels_first"),
        "AveragePooling-channels-first",
        time_axis=2,
    ),
    _case(
        lambda: seqext.MaskedGlobalLogSumExpPooling1D(sharpness=2.0, mean=True),
        "LogSumExpPooling-mean",
    ),
    _case(
        lambda: seqext.MaskedGlobalAttentionPooling1D(units=3, dropout=0.3, seed=1),
        "AttentionPooling-units",
    ),
]
HASHING = [
    LayerCase(
        lambda mode=mode, options=options: seqext.HashingOneHot(8, output_mode=mode, **options),
        name=f"HashingOneHot-{mode}{suffix}",
        samples=IDS,
        traits=HOST,
        expected_failures={} if mode == "int" else FLOATS,
    )
    for mode, suffix, options in (
        ("one_hot", "", {}),
        ("multi_hot", "", {}),
        ("count", "-bigrams", {"ngrams": 2}),
        ("int", "-salted", {"salt": 7, "mask_value": 0}),
    )
]
HASHING += [
    LayerCase(
        lambda mode=mode: seqext.HashingOneHot(8, output_mode=mode).encoder(),
        name=f"HashingOneHot-{mode}-encoder",
        samples=IDS,
        traits=ENCODER,
        expected_failures=FLOATS,
    )
    for mode in ("one_hot", "multi_hot", "count")
]
HASHING += [
    LayerCase(
        lambda mode=mode: seqext.HashedDense(3, 5, output_mode=mode),
        name=f"HashedDense-{mode}",
        samples=IDS,
        expected_failures=FLOATS,
    )
    for mode in ("one_hot", "multi_hot", "count")
]
PACKAGE_LAYERS = [*RECURRENT, *POOLING, *HASHING]
