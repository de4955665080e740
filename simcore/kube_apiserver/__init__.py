"""The API server: the one component that sees the store."""
