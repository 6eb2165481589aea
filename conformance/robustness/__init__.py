"""Robustness checks: crash safety of file writes, fuzzing of file readers, concurrent readers."""
