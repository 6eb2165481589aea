"""Cases of lite-mamba: selective state space models."""

from lite_mamba import TFDPWCMamba, TFMamba, TFPTCNMamba, TFSTCNMamba

from keras_seqext.testing import LayerCase, Sample, Traits

STEPS = [Sample(shape=(4, 7, 6))]
CAUSAL = Traits(causal=True)
SMALL = {"d_model": 6, "d_state": 4, "d_conv": 3}

CASES = [
    LayerCase(lambda: TFMamba(**SMALL), name="TFMamba", samples=STEPS, traits=CAUSAL),
    LayerCase(
        lambda: TFPTCNMamba(**SMALL, conv_dilations=(1, 2)),
        name="TFPTCNMamba",
        samples=STEPS,
        traits=CAUSAL,
    ),
    LayerCase(
        lambda: TFSTCNMamba(**SMALL, conv_dilations=(1, 2)),
        name="TFSTCNMamba",
        samples=STEPS,
        traits=CAUSAL,
    ),
    LayerCase(
        lambda: TFDPWCMamba(**SMALL, conv_dilations=(1, 2)),
        name="TFDPWCMamba",
        samples=STEPS,
        traits=CAUSAL,
    ),
]
