"""JAX: gradients, compilation, tracing and cost."""
