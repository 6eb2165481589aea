"""Helpers of the masking checks: masks, layers that carry them, calls and outputs."""
