"""Tests of the checks: each detects its planted bug, and none fails on a correct layer."""
