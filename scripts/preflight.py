"""Looks for what would stop a start, and says it in one line before anything is started."""

from __future__ import annotations

import errno
import fcntl
import os
import signal
import socket
import time
from contextlib import suppress
from pathlib import Path
from typing import IO

from scripts import redis_server
from scripts.options import Options
from scripts.trouble import Trouble, say


def check_ports(options: Options) -> None:
    for name, port in (("PORT", options.port), ("KUBE_PORT", options.kube_port)):
        _check_port(name, options.host, port)


def _check_port(name: str, host: str, port: int) -> None:
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        with socket.socket(family, kind, protocol) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(address)
    except socket.gaierror:
        raise Trouble(f"HOST={host} is not a name or address of this machine.") from None
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            advice = f"stop that program, or choose another: make run {name}={port + 1}"
            raise Trouble(f"Port {port} ({name}) is in use by another program: {advice}") from None
        raise Trouble(f"Can't listen on {host}:{port} ({name}): {error.strerror}.") from None


def check_data_dir(data_dir: Path) -> None:
    try:
        data_dir.mkdir(parents=True, exist_ok=True)
        probe = data_dir / f".writable-{os.getpid()}"
        probe.write_bytes(b"")
        probe.unlink()
    except OSError as error:
        advice = "choose another: make run DATA_DIR=/some/folder"
        raise Trouble(f"DATA_DIR {data_dir} is not writable ({error.strerror}): {advice}") from None


def lock_data_dir(data_dir: Path) -> IO[str]:
    """Hold the folder for as long as the returned file is open. Raises: Trouble when another start holds it."""
    file = (data_dir / "run.lock").open("a+")
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        file.seek(0)
        holder = file.read().strip() or "unknown"
        file.close()
        raise Trouble(
            f"DATA_DIR {data_dir} is in use by another make run (process {holder}): stop that one first."
        ) from None
    file.truncate(0)
    file.write(f"{os.getpid()}\n")
    file.flush()
    return file


def end_orphaned_redis(folder: Path) -> None:
    """A Redis left over by a start that was killed: it ends well, and its data is read again by the next."""
    path = redis_server.socket_path(folder)
    if not redis_server.answers(path):
        return
    say("Ending the Redis that an earlier start left behind")
    with suppress(OSError, ValueError):
        os.kill(int((folder / "redis.pid").read_text()), signal.SIGTERM)
    deadline = time.monotonic() + 10
    while redis_server.answers(path):
        if time.monotonic() > deadline:
            raise Trouble(f"A Redis that is not ours answers on {path}: stop it, or choose another DATA_DIR.")
        time.sleep(0.05)


def check_redis(url: str) -> None:
    """Raises: Trouble when the Redis named by REDIS_URL doesn't answer; a warning when it may lose writes."""
    import redis

    shown = without_password(url)
    try:
        client = redis.Redis.from_url(url, socket_connect_timeout=3, socket_timeout=3)
        client.ping()
    except ValueError as error:
        raise Trouble(f"REDIS_URL={shown} is not a Redis address: {error}.") from None
    except redis.RedisError as error:
        advice = "start it, or unset REDIS_URL to use the built-in one"
        raise Trouble(f"Redis at {shown} doesn't answer ({error}): {advice}.") from None
    with client, suppress(redis.RedisError):  # CONFIG may be forbidden, then we can't know
        settings = client.config_get("appendonly", "appendfsync", "maxmemory-policy")
        if (settings.get("appendonly"), settings.get("appendfsync")) != ("yes", "always"):
            say(
                f"Warning: Redis at {shown} may lose writes it has acknowledged: set appendonly yes, appendfsync always"
            )
        if settings.get("maxmemory-policy") != "noeviction":
            say(f"Warning: Redis at {shown} may drop data when it is full; set maxmemory-policy noeviction")


def without_password(url: str) -> str:
    head, at, tail = url.rpartition("@")
    scheme, separator, _ = head.partition("://")
    return f"{scheme}{separator}***@{tail}" if at and separator else url
