"""The layer checks on layers that are not ours: Keras' own, and those of published packages."""

from pathlib import Path

RESULTS = Path(__file__).parent / "results"
