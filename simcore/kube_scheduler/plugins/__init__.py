"""The scheduler's plugins, one file each; registry.py names them all."""
