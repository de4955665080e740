"""Secrets that links and kubeconfigs carry: 256 random bits, kept only as a hash."""

import hashlib
import secrets

ID_ALPHABET = "abcdefghijkmnpqrstuvwxyz23456789"
ID_LENGTH = 10


def new_token() -> str:
    return secrets.token_urlsafe(32)


def hash_of(token: str) -> str:
    """SHA-256; a slow hash would add nothing against 256 random bits."""
    return hashlib.sha256(token.encode()).hexdigest()


def new_id() -> str:
    """A short random id for URLs; it is a name, not a secret."""
    return "".join(secrets.choice(ID_ALPHABET) for _ in range(ID_LENGTH))
