"""Functions that run checks: `check_layer` and its siblings, the runners, benchmarks."""
