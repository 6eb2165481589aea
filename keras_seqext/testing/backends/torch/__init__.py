"""PyTorch: gradients, compilation, tracing and cost."""
