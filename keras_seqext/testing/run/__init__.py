"""Running checks: `check_layer` and the functions for other objects, the runner, benchmarks."""
