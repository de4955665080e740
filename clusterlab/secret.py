"""The key that signs sessions, made once for an installation that does not bring its own."""

import os
import secrets
from contextlib import suppress
from pathlib import Path


def secret_key(data_dir: Path) -> str:
    """Reads `secret.key` or makes it; of two processes that make it at once the first one's counts."""
    path = data_dir / "secret.key"
    if not path.exists():
        data_dir.mkdir(parents=True, exist_ok=True)
        draft = path.with_name(f".secret.{os.getpid()}")
        draft.touch(mode=0o600)
        draft.write_text(secrets.token_urlsafe(64))
        with suppress(FileExistsError):
            os.link(draft, path)
        draft.unlink()
    return path.read_text()
