"""Manifests as users write them: hostile until read, with the place of every field, applied whole or not at all."""
