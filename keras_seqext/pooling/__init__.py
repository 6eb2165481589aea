"""Global pooling layers over the time axis with support for masks."""

from .attention import MaskedGlobalAttentionPooling1D as MaskedGlobalAttentionPooling1D
from .average import MaskedGlobalAveragePooling1D as MaskedGlobalAveragePooling1D
from .last import MaskedGlobalLastPooling1D as MaskedGlobalLastPooling1D
from .log_sum_exp import MaskedGlobalLogSumExpPooling1D as MaskedGlobalLogSumExpPooling1D
from .max import MaskedGlobalMaxPooling1D as MaskedGlobalMaxPooling1D
from .min import MaskedGlobalMinPooling1D as MaskedGlobalMinPooling1D
from .sum import MaskedGlobalSumPooling1D as MaskedGlobalSumPooling1D
from .top_k import MaskedGlobalTopKPooling1D as MaskedGlobalTopKPooling1D
