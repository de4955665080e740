"""`make run` from the moment that .venv is complete: prepares DATA_DIR, then supervises all processes."""

from __future__ import annotations

import asyncio
import os
import sys
from contextlib import suppress
from pathlib import Path

from scripts import preflight, redis_server, services, stamps
from scripts.options import ROOT, Options
from scripts.packages import PYTHON
from scripts.pki import Pki, ensure_pki
from scripts.supervisor import Supervisor
from scripts.trouble import Trouble, progress, run_step, say

REDIS_START_S = 60.0  # a long append-only file takes its time to load
WEB_START_S = 60.0
TOLD = ("DATABASE_URL", "SECRET_KEY", "ALLOWED_HOSTS", "KUBE_HOST", "PUBLIC_URL", "HTTPS")
"""Settings that a command in another terminal has to share with what runs."""
ONE_ARENA = {"MALLOC_ARENA_MAX": "1"}
"""Each thread has a heap of its own otherwise, and keeps in it what another thread's clusters could use."""


def main(options: Options) -> int:
    preflight.check_data_dir(options.data_dir)
    with preflight.lock_data_dir(options.data_dir):
        preflight.check_ports(options)
        redis_dir = options.data_dir / "redis"
        if options.redis_url:
            preflight.check_redis(options.redis_url)
        else:
            redis_server.make_folder(redis_dir)
            preflight.end_orphaned_redis(redis_dir)
        env = options.as_env() | {"REDIS_URL": options.redis_url or redis_server.url(redis_dir)}
        os.environ.update(env | ONE_ARENA)
        tell_commands(options.data_dir / "run.env", env)
        pki = prepare(options)
        return asyncio.run(supervise(options, pki, redis_dir))


def tell_commands(file: Path, env: dict[str, str]) -> None:
    """Lets `manage.py` in another terminal find what runs here (clusterlab/settings.py reads the file)."""
    given = {name: os.environ[name] for name in TOLD if os.environ.get(name)}
    lines = "".join(f"{name}={value}\n" for name, value in (env | given).items() if name != "DATA_DIR")
    file.unlink(missing_ok=True)
    file.touch(mode=0o600)  # a database's address may hold a password
    file.write_text(lines)


def prepare(options: Options) -> Pki:
    """Schema file, database tables and certificates under DATA_DIR. Needs no running service."""
    log = options.data_dir / "prepare.log"
    build_schema(options.data_dir, log)
    migrate(options.data_dir, log)
    hosts = [options.host, os.environ.get("KUBE_HOST", ""), *os.environ.get("ALLOWED_HOSTS", "").split(",")]
    return ensure_pki(options.data_dir, [host for host in hosts if host not in ("", "*")])


def migrate(data_dir: Path, log: Path) -> None:
    """Skipped when the SQLite file in DATA_DIR has had all migrations; another database is always asked."""
    wanted = stamps.hash_of([ROOT / "requirements.txt", *ROOT.glob("clusterlab/*/migrations/*.py")])
    stamp, sqlite = data_dir / "migrated.stamp", data_dir / "clusterlab.sqlite3"
    if sqlite.exists() and not os.environ.get("DATABASE_URL") and stamps.is_fresh(stamp, wanted):
        return
    with progress("Migrating the database"):
        argv = [str(PYTHON), "manage.py", "migrate", "--no-input", "--skip-checks"]
        run_step(argv, what="Migrating the database", log=log, cwd=ROOT)
    stamps.write(stamp, wanted)


def build_schema(data_dir: Path, log: Path) -> None:
    """The API schema is made from an installed package, once for each version of it and of the builder."""
    package = ROOT / "simcore" / "apimachinery"
    wanted = stamps.hash_of([ROOT / "requirements.txt", *package.glob("schema*.py")])
    stamp = data_dir / "schema.stamp"
    if stamps.is_fresh(stamp, wanted):
        return
    with progress("Building the API schema"):
        build = "simcore.apimachinery.schema_build"
        run_step([PYTHON, "-m", build, data_dir], what="Building the API schema", log=log, cwd=ROOT)
    stamps.write(stamp, wanted)


async def supervise(options: Options, pki: Pki, redis_dir: Path) -> int:
    supervisor = Supervisor(emit)
    try:
        if not options.redis_url:
            await start_redis(supervisor, redis_dir)
        if not supervisor.ended.is_set():
            await start_rest(supervisor, options, pki)
        await supervisor.ended.wait()
        say("Stopping ...")
        return 0
    finally:
        await supervisor.stop()


async def start_redis(supervisor: Supervisor, folder: Path) -> None:
    async def is_up() -> bool:
        return await asyncio.to_thread(redis_server.answers, redis_server.socket_path(folder))

    supervisor.start(services.redis(folder))
    if not await supervisor.wait_until(is_up, timeout_s=REDIS_START_S) and not supervisor.ended.is_set():
        raise Trouble("The built-in Redis doesn't start; its last lines above say why.")


async def start_rest(supervisor: Supervisor, options: Options, pki: Pki) -> None:
    async def is_up() -> bool:
        return await http_answers(options)

    supervisor.start(services.web(options, pki))
    supervisor.start(*(services.engine(index) for index in range(options.engine_workers)))
    if await supervisor.wait_until(is_up, timeout_s=WEB_START_S):
        say(f"\nClusterLab is ready: {address(options)}")
        say(
            f"  the Kubernetes API: https://{shown_host(options)}:{options.kube_port}; Ctrl-C stops everything\n"
        )
        if os.environ.get("PREPARE_EXAMPLES") != "0":
            supervisor.start(services.examples())
    elif not supervisor.ended.is_set():
        raise Trouble("ClusterLab doesn't come up; the lines above say why.")


async def http_answers(options: Options) -> bool:
    """Whether the start page comes without a server error."""
    with suppress(OSError, TimeoutError):
        return await asyncio.wait_for(_first_line(options), 10) in range(200, 500)
    return False


async def _first_line(options: Options) -> int:
    reader, writer = await asyncio.open_connection(reachable_host(options), options.port)
    try:
        writer.write(f"GET / HTTP/1.0\r\nHost: {shown_host(options)}:{options.port}\r\n\r\n".encode())
        line = (await reader.readline()).split()
        return int(line[1]) if len(line) > 1 else 0
    finally:
        writer.close()


def reachable_host(options: Options) -> str:
    return {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(options.host, options.host)  # noqa: S104


def shown_host(options: Options) -> str:
    host = reachable_host(options)
    return f"[{host}]" if ":" in host else host


def address(options: Options) -> str:
    return f"http://{shown_host(options)}:{options.port}/"


def emit(name: str, line: str) -> None:
    try:
        print(f"{name:<9}| {line}", flush=True)
    except BrokenPipeError:  # the reader of our output is gone (make run | head): run on without it
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
