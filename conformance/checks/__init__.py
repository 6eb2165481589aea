"""The checks under test: each catches its planted bug, and is silent on a zoo of good layers."""
