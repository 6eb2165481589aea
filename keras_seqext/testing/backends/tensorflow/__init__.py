"""Gradients, compilation, tracing and cost on TensorFlow."""
