"""The checks, one module a claim. Importing this package registers them all."""

from . import build as build
from . import build_penalties as build_penalties
from . import build_weights as build_weights
from . import construction as construction
from . import construction_config as construction_config
from . import dtypes as dtypes
from . import dtypes_low as dtypes_low
from . import gradients as gradients
from . import imports as imports
from . import masking as masking
from . import masking_compiled as masking_compiled
from . import masking_gradients as masking_gradients
from . import masking_padding as masking_padding
from . import masking_use as masking_use
from . import parity as parity
from . import purity as purity
from . import purity_copies as purity_copies
from . import purity_inputs as purity_inputs
from . import purity_randomness as purity_randomness
from . import purity_state as purity_state
from . import scaling as scaling
from . import shapes as shapes
from . import shapes_batch as shapes_batch
from . import shapes_length as shapes_length
