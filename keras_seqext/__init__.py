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
from .text.glove_embedding import GloVeEmbedding as GloVeEmbedding
from .text.hashed_dense import HashedDense as HashedDense
from .text.hashing_one_hot import HashingOneHot as HashingOneHot
from .text.one_hot_encoder import OneHotEncoder as OneHotEncoder
from .text.padding import pad_ids as pad_ids
from .text.special_ids import IMDB_IDS as IMDB_IDS
from .text.special_ids import TEXT_VECTORIZATION_IDS as TEXT_VECTORIZATION_IDS
from .text.special_ids import TOKENIZER_IDS as TOKENIZER_IDS
from .text.special_ids import SpecialIds as SpecialIds
from .text.text_encoder import TextEncoder as TextEncoder
from .text.tokenize import Tokenizer as Tokenizer
from .text.vocabulary import Vocabulary as Vocabulary
from .windows.series_scaler import SeriesScaler as SeriesScaler
from .windows.timeseries_window import TimeseriesWindow as TimeseriesWindow

__version__ = version("keras-seqext")
