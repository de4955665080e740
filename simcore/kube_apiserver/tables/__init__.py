"""The rows that kubectl prints."""
