"""Cases of Keras' sequence-related layers, with each option that changes the computation."""

from .activation import ACTIVATION
from .attention import ATTENTION
from .convolution import CONVOLUTION
from .dense import DENSE
from .merging import MERGING
from .normalization import NORMALIZATION
from .pooling import POOLING
from .preprocessing import PREPROCESSING
from .recurrent import RECURRENT
from .regularization import REGULARIZATION
from .reshaping import RESHAPING
from .wrappers import WRAPPERS

CASES = [
    *ATTENTION,
    *POOLING,
    *NORMALIZATION,
    *CONVOLUTION,
    *DENSE,
    *RESHAPING,
    *MERGING,
    *REGULARIZATION,
    *ACTIVATION,
    *PREPROCESSING,
    *WRAPPERS,
    *RECURRENT,
]
