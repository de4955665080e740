"""Clusters, who may use them, and what was uploaded to them."""
