"""Tests of the wheel, the source archive, their metadata and their types."""
