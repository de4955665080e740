"""What the user can set by environment variable or `make run NAME=value`, read and checked in one place."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from scripts.trouble import Trouble

ROOT = Path(__file__).resolve().parent.parent


@dataclass(frozen=True)
class Options:
    """`redis_url` is None when the run command shall start its own Redis."""

    data_dir: Path
    host: str
    port: int
    kube_port: int
    engine_workers: int
    redis_url: str | None

    @classmethod
    def read(cls, env: Mapping[str, str]) -> Options:
        """Raises: Trouble for a value that is no port or no count."""
        options = cls(
            data_dir=(ROOT / (env.get("DATA_DIR") or "var")).resolve(),
            host=env.get("HOST") or "127.0.0.1",
            port=_number(env, "PORT", 8000, most=65535),
            kube_port=_number(env, "KUBE_PORT", 6443, most=65535),
            engine_workers=_number(env, "ENGINE_WORKERS", os.cpu_count() or 1, most=256),
            redis_url=env.get("REDIS_URL") or None,
        )
        if options.port == options.kube_port:
            raise Trouble(f"PORT and KUBE_PORT are both {options.port}: choose two different ports.")
        return options

    def as_env(self) -> dict[str, str]:
        """The same values for the processes we start (Django reads them in clusterlab/settings.py)."""
        return {
            "DATA_DIR": str(self.data_dir),
            "HOST": self.host,
            "PORT": str(self.port),
            "KUBE_PORT": str(self.kube_port),
            "ENGINE_WORKERS": str(self.engine_workers),
        }


def _number(env: Mapping[str, str], name: str, default: int, *, most: int) -> int:
    text = env.get(name) or str(default)
    if not text.isdecimal() or not 1 <= int(text) <= most:
        raise Trouble(f"{name}={text} is not a number from 1 to {most}.")
    return int(text)
