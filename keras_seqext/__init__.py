"""Sequence layers, windows and checks for Keras 3 on TensorFlow, JAX and PyTorch.

Importing this package imports neither Keras nor a backend. A public name is loaded when it is
first used, and all of them as soon as Keras is imported, so that `keras.saving` always finds the
registered classes.
"""

from importlib import import_module
from importlib.metadata import version
from typing import TYPE_CHECKING

from ._common.lazy_loading import call_after_import as _call_after_import
from ._common.lazy_loading import lazy_attributes as _lazy_attributes

if TYPE_CHECKING:
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
    from .text.hashing.hashed_dense import HashedDense as HashedDense
    from .text.hashing.hashing_one_hot import HashingOneHot as HashingOneHot
    from .text.tokens.tokenizer import Tokenizer as Tokenizer
    from .text.vocabulary.one_hot_encoder import OneHotEncoder as OneHotEncoder
    from .text.vocabulary.padding import pad_ids as pad_ids
    from .text.vocabulary.special_ids import IMDB_IDS as IMDB_IDS
    from .text.vocabulary.special_ids import TEXT_VECTORIZATION_IDS as TEXT_VECTORIZATION_IDS
    from .text.vocabulary.special_ids import TOKENIZER_IDS as TOKENIZER_IDS
    from .text.vocabulary.special_ids import SpecialIds as SpecialIds
    from .text.vocabulary.text_encoder import TextEncoder as TextEncoder
    from .text.vocabulary.vocabulary import Vocabulary as Vocabulary
    from .text.word_vectors.glove_embedding import GloVeEmbedding as GloVeEmbedding
    from .windows.series_scaler import SeriesScaler as SeriesScaler
    from .windows.timeseries_window import TimeseriesWindow as TimeseriesWindow

# The module of each public name: the same list as above, for use at run time (a test compares).
_MODULES = {
    "MaskedGlobalAttentionPooling1D": "pooling.attention",
    "MaskedGlobalAveragePooling1D": "pooling.average",
    "MaskedGlobalLastPooling1D": "pooling.last",
    "MaskedGlobalLogSumExpPooling1D": "pooling.log_sum_exp",
    "MaskedGlobalMaxPooling1D": "pooling.max",
    "MaskedGlobalMinPooling1D": "pooling.min",
    "MaskedGlobalSumPooling1D": "pooling.sum",
    "MaskedGlobalTopKPooling1D": "pooling.top_k",
    "MinimalRNN": "recurrent.minimal_rnn",
    "MinimalRNNCell": "recurrent.minimal_rnn_cell",
    "minimal_rnn": "recurrent.minimal_rnn_reference",
    "HashedDense": "text.hashing.hashed_dense",
    "HashingOneHot": "text.hashing.hashing_one_hot",
    "Tokenizer": "text.tokens.tokenizer",
    "OneHotEncoder": "text.vocabulary.one_hot_encoder",
    "pad_ids": "text.vocabulary.padding",
    "IMDB_IDS": "text.vocabulary.special_ids",
    "TEXT_VECTORIZATION_IDS": "text.vocabulary.special_ids",
    "TOKENIZER_IDS": "text.vocabulary.special_ids",
    "SpecialIds": "text.vocabulary.special_ids",
    "TextEncoder": "text.vocabulary.text_encoder",
    "Vocabulary": "text.vocabulary.vocabulary",
    "GloVeEmbedding": "text.word_vectors.glove_embedding",
    "SeriesScaler": "windows.series_scaler",
    "TimeseriesWindow": "windows.timeseries_window",
}
_PACKAGES = ("pooling", "recurrent", "testing", "text", "windows")

__all__ = list(_MODULES)  # pyright: ignore[reportUnsupportedDunderAll]
__version__ = version("keras-seqext")

_load, __dir__ = _lazy_attributes(__name__, _MODULES, _PACKAGES)
if not TYPE_CHECKING:  # with `__getattr__`, a type checker would accept any name
    __getattr__ = _load


def _load_all() -> None:
    for module in _MODULES.values():
        import_module(f"{__name__}.{module}")


_call_after_import("keras", _load_all)
