"""Gradients, compilation, tracing and cost on torch."""
