"""Short demonstrations that need no training runner."""
