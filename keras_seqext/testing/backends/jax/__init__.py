"""Gradients, compilation, tracing and cost on JAX."""
