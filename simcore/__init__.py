"""A deterministic simulation of Kubernetes: pure Python, no framework, no wall clock."""
