"""Windows of time series: batches, splits, scaling and baselines."""
