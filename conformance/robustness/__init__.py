"""Robustness: crash safety, fuzzing and soak tests."""
