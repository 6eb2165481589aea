"""Measurement of time and memory: rounds, machine, peers and workloads."""
