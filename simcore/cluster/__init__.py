"""Builds and wires a simulated cluster."""
