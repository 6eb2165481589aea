"""Measuring: rounds, memory, machine, peers and workloads."""
