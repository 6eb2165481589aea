"""Cases of keras-nac: attention weights that solve a differential equation."""

from keras_nac.layers import LAN, NAC

from keras_seqext.testing import LayerCase, Sample, Traits

STEPS = [Sample(shape=(4, 7, 6))]
# `top_k` selects the keys of each query, so the cost is quadratic in the number of steps.
SQUARE = Traits(time_exponent=2.0)
SMALL = {"d_model": 8, "num_heads": 2, "topk": 3}

CASES = [
    LayerCase(lambda: LAN(**SMALL), name="LAN", samples=STEPS, traits=SQUARE),
    LayerCase(lambda: NAC(**SMALL), name="NAC", samples=STEPS, traits=SQUARE),
    LayerCase(
        lambda: LAN(**SMALL, use_pairwise=True, return_sequences=True, dropout=0.3),
        name="LAN-pairwise",
        samples=STEPS,
        traits=SQUARE,
    ),
]
