"""Cases of ncps: continuous-time recurrent networks."""

from ncps.keras import LTC, CfC
from ncps.wirings import AutoNCP

from keras_seqext.testing import LayerCase, Sample, Traits

STEPS = [Sample(shape=(4, 7, 6))]

CASES = [
    LayerCase(
        lambda: CfC(3, backbone_units=5, return_sequences=True),
        name="CfC",
        samples=STEPS,
        traits=Traits(causal=True),
    ),
    LayerCase(lambda: LTC(3, ode_unfolds=2), name="LTC", samples=STEPS),
    LayerCase(lambda: CfC(AutoNCP(8, 3)), name="CfC-wired", samples=STEPS),
    LayerCase(
        lambda: CfC(3, mixed_memory=True, backbone_units=5), name="CfC-mixed-memory", samples=STEPS
    ),
]
