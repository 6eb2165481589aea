"""TensorFlow: gradients, compilation, tracing and cost."""
