"""Cases of keras-sig: path signatures."""

from keras_sig import SigLayer

from keras_seqext.testing import LayerCase, Sample, Traits

STEPS = [Sample(shape=(4, 7, 3))]

CASES = [
    # A path of a single point has no increment, so two steps are the minimum.
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
