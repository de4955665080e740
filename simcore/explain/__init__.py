"""Explanations from a store's log: what happened, what caused it, and why things are as they are."""
