"""Sequence layers, windows and checks for Keras 3 on TensorFlow, JAX and PyTorch."""

from importlib.metadata import version

from .pooling.attention import MaskedGlobalAttentionPooling1D as MaskedGlobalAttentionPooling1D
from .pooling.average import MaskedGlobalAveragePooling1D as MaskedGlobalAveragePooling1D
from .pooling.last import MaskedGlobalLastPooling1D as MaskedGlobalLastPooling1D
from .pooling.log_sum_exp import (
    MaskedGlobalLogSumExpPooling1D as MaskedGlobalLogSumExpPooling1D,
)
from .pooling.max import MaskedGlobalMaxPooling1D as MaskedGlobalMaxPooling1D
from .pooling.min import MaskedGlobalMinPooling1D as MaskedGlobalMinPooling1D
from .pooling.sum import MaskedGlobalSumPooling1D as MaskedGlobalSumPooling1D
from .pooling.top_k import MaskedGlobalTopKPooling1D as MaskedGlobalTopKPooling1D
from .recurrent.minimal_rnn import MinimalRNN as MinimalRNN
from .recurrent.minimal_rnn_cell import MinimalRNNCell as MinimalRNNCell
from .recurrent.minimal_rnn_reference import minimal_rnn as minimal_rnn
from .windows.series_scaler import SeriesScaler as SeriesScaler
from .windows.timeseries_window import TimeseriesWindow as TimeseriesWindow

__version__ = version("keras-seqext")
