"""Namespaces that are being deleted: first what is in them, then they themselves."""
