"""Stored measurements, claims, and the pages and plots made from them."""
