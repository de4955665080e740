"""Benchmarks: `make bench [ONLY=name]`."""
