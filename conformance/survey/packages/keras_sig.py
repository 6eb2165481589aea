"""Signatures of paths."""

from keras_sig import SigLayer

from keras_seqext.testing import LayerCase, Sample, Traits

STEPS = [Sample(shape=(4, 7, 3))]

CASES = [
    # A path of one point has no increment.
    LayerCase(
        lambda: SigLayer(depth=3, gpu_optimized=False),
        name="SigLayer",
        samples=STEPS,
        traits=Traits(min_length=2),
    ),
    LayerCase(
        lambda: SigLayer(depth=2, gpu_optimized=True, stream=True),
        name="SigLayer-stream",
        samples=STEPS,
        traits=Traits(min_length=2),
    ),
]
