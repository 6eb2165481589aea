"""Layer checks applied to Keras' built-in layers and to layers of published packages."""

from pathlib import Path

RESULTS = Path(__file__).parent / "results"
