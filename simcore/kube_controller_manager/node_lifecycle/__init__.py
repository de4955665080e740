"""Nodes that stop answering: what is said about them, which taints they get, how fast their pods are evicted."""
