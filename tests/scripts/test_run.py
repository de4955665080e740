"""What `make run` starts: it answers, it comes back after kill -9, and it leaves no process behind."""

from __future__ import annotations

import os
import ssl
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.request import urlopen

import pytest
import redis

from scripts.options import ROOT
from scripts.packages import PYTHON
from scripts.run import TOLD, tell_commands
from tests.kit.lab import Lab, children, running_lab
from tests.kit.redis_process import temporary_folder


@pytest.fixture(scope="module")
def own_lab() -> Iterator[Lab]:
    """One that these tests may break."""
    with temporary_folder() as folder, running_lab(Path(folder)) as lab:
        yield lab


def until(holds: object, *, timeout_s: float = 20.0) -> None:
    assert callable(holds)
    deadline = time.monotonic() + timeout_s
    while not holds():
        assert time.monotonic() < deadline, "it did not come true in time"
        time.sleep(0.02)


def restarted(lab: Lab, name: str, *, before: int) -> bool:
    sign = {"redis": "redis.sock", "web": "daphne"}.get(name, f"{name}@")
    return any(sign in argv and pid != before for pid, argv in children(lab.supervisor))


def answers(lab: Lab) -> bool:
    try:
        with urlopen(f"{lab.url}/", timeout=10) as response:
            return bool(response.status == 200)
    except OSError:
        return False


def test_commands_are_told_what_they_have_to_share(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in TOLD:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("DATABASE_URL", "postgres://lab:secret@db/lab")
    monkeypatch.setenv("KUBE_HOST", "")
    file = tmp_path / "run.env"
    file.write_text("PORT=1\n")
    tell_commands(file, {"PORT": "9000", "DATA_DIR": "/elsewhere"})
    assert file.read_text() == "PORT=9000\nDATABASE_URL=postgres://lab:secret@db/lab\n"
    assert file.stat().st_mode & 0o777 == 0o600


def test_the_page_answers(own_lab: Lab) -> None:
    assert answers(own_lab)


def test_the_kubernetes_port_speaks_tls_with_the_generated_authority(own_lab: Lab) -> None:
    trusting = ssl.create_default_context(cafile=str(own_lab.data_dir / "pki" / "ca.crt"))
    try:
        with urlopen(
            f"{own_lab.kube_url}/k8s/clusters/none/version", timeout=10, context=trusting
        ) as response:
            status = response.status
    except OSError as error:
        status = getattr(error, "code", None)
    assert status in (401, 403, 404)


@pytest.mark.parametrize("name", ["engine-0", "engine-1", "web"])
def test_a_process_killed_with_kill_9_is_started_again_within_a_second(own_lab: Lab, name: str) -> None:
    before = own_lab.pid(name)
    killed_at = time.monotonic()
    own_lab.kill(name)
    until(lambda: restarted(own_lab, name, before=before))
    assert time.monotonic() - killed_at < 1.0
    until(lambda: answers(own_lab))


def test_a_redis_killed_with_kill_9_comes_back_with_every_acknowledged_write(own_lab: Lab) -> None:
    client = redis.Redis.from_url(own_lab.redis_url)
    for number in range(100):
        client.set(f"test:{number}", number)
    before = own_lab.pid("redis")
    own_lab.kill("redis")
    until(lambda: restarted(own_lab, "redis", before=before))
    until(lambda: redis_answers(client))
    assert [client.get(f"test:{number}") for number in range(100)] == [b"%d" % n for n in range(100)]
    until(lambda: answers(own_lab))


def redis_answers(client: redis.Redis) -> bool:
    try:
        return bool(client.ping())
    except redis.RedisError:
        return False


def test_a_second_start_on_the_same_folder_is_refused_in_one_line(own_lab: Lab) -> None:
    env = {**os.environ, "DATA_DIR": str(own_lab.data_dir), "PORT": "1", "KUBE_PORT": "2"}
    done = subprocess.run(
        [PYTHON, "-m", "scripts", "start"], cwd=ROOT, env=env, capture_output=True, text=True
    )
    assert done.returncode == 1
    assert done.stderr == (
        f"DATA_DIR {own_lab.data_dir} is in use by another make run (process {own_lab.supervisor}): "
        "stop that one first.\n"
    )


def test_sigterm_leaves_no_process_behind() -> None:
    with temporary_folder() as folder:
        with running_lab(Path(folder), engine_workers=1) as lab:
            started = children(lab.supervisor)
            assert len(started) == 3, started
        assert [argv for pid, argv in started if Path(f"/proc/{pid}").exists()] == []
        assert "did not end within" not in lab.log.read_text()
