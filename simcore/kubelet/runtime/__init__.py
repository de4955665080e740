"""Simulated containers: what images do when they run. Never a real process, file or socket."""
