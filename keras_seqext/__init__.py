"""Sequence layers, windows and checks for Keras 3 on TensorFlow, JAX and PyTorch."""

from importlib.metadata import version

from .windows.series_scaler import SeriesScaler as SeriesScaler
from .windows.timeseries_window import TimeseriesWindow as TimeseriesWindow

__version__ = version("keras-seqext")
