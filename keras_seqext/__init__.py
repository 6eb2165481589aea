"""Sequence layers, windows and checks for Keras 3 on TensorFlow, JAX and PyTorch."""

from importlib.metadata import version

__version__ = version("keras-seqext")
