"""Tests that every backend computes the same results."""
