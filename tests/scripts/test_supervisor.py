"""The supervisor restarts what dies and leaves no process behind."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from scripts.options import ROOT
from scripts.supervisor import Keeper, Service, printable, restart_delay_s

SLEEPER = [sys.executable, "-c", "import time; print('up', flush=True); time.sleep(60)"]
STUBBORN = [
    sys.executable,
    "-c",
    "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('up', flush=True); time.sleep(60)",
]


class Lines:
    """Collects what services print; `count` and `until` look at it."""

    def __init__(self) -> None:
        self.seen: list[str] = []

    def __call__(self, name: str, line: str) -> None:
        self.seen.append(f"{name}: {line}")

    async def until(self, holds: Callable[[list[str]], bool], *, timeout_s: float = 10.0) -> None:
        async with asyncio.timeout(timeout_s):
            while not holds(self.seen):
                await asyncio.sleep(0.005)


def is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return not (Path(f"/proc/{pid}/stat").exists() and ") Z " in Path(f"/proc/{pid}/stat").read_text())


@pytest.mark.parametrize(
    ("code", "told"),
    [
        pytest.param("print('done')", ["once: done"], id="it succeeds"),
        pytest.param("raise SystemExit(3)", ["once: ended with status 3"], id="it fails"),
    ],
)
def test_what_runs_once_is_not_started_again(code: str, told: list[str]) -> None:
    async def scenario() -> list[str]:
        lines = Lines()
        keeper = Keeper(Service("once", [sys.executable, "-c", code], is_once=True), lines)
        await keeper._task
        await keeper.stop()
        return lines.seen

    assert asyncio.run(scenario()) == told


def test_a_process_killed_with_kill_9_is_started_again_in_less_than_a_second() -> None:
    async def scenario() -> float:
        lines = Lines()
        keeper = Keeper(Service("engine-0", SLEEPER), lines)
        await lines.until(lambda seen: seen == ["engine-0: up"])
        assert keeper.pid is not None
        killed_at = time.monotonic()
        os.kill(keeper.pid, signal.SIGKILL)
        await lines.until(lambda seen: seen.count("engine-0: up") == 2)
        took = time.monotonic() - killed_at
        assert "engine-0: killed by SIGKILL; starting it again in 0.2 s" in lines.seen
        await keeper.stop()
        return took

    assert asyncio.run(scenario()) < 1.0


def test_stopping_ends_the_process_and_starts_no_other() -> None:
    async def scenario() -> int:
        lines = Lines()
        keeper = Keeper(Service("web", SLEEPER), lines)
        await lines.until(lambda seen: bool(seen))
        pid = keeper.pid
        assert pid is not None
        await keeper.stop()
        assert keeper.pid is None
        assert lines.seen == ["web: up"]
        return pid

    assert not is_alive(asyncio.run(scenario()))


def test_a_process_that_ignores_sigterm_is_killed_after_the_grace_period(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("scripts.supervisor.STOP_GRACE_S", 0.2)

    async def scenario() -> list[str]:
        lines = Lines()
        keeper = Keeper(Service("web", STUBBORN), lines)
        await lines.until(lambda seen: bool(seen))
        await keeper.stop()
        return lines.seen

    assert asyncio.run(scenario()) == ["web: up", "web: did not end within 0 s: killed"]


def test_what_a_dead_process_had_started_ends_with_it() -> None:
    grandchild = (
        f"import subprocess, sys; p = subprocess.Popen({SLEEPER!r}); print(p.pid, flush=True); sys.exit(3)"
    )

    async def scenario() -> int:
        lines = Lines()
        keeper = Keeper(Service("job", [sys.executable, "-c", grandchild]), lines)
        await lines.until(lambda seen: any("ended with status 3" in line for line in seen))
        await keeper.stop()
        return int(lines.seen[0].removeprefix("job: "))

    assert not is_alive(asyncio.run(scenario()))


def test_a_process_that_keeps_dying_young_waits_longer_each_time() -> None:
    assert [restart_delay_s(n) for n in range(9)] == [0, 0.2, 0.4, 0.8, 1.6, 3.2, 6.4, 10, 10]


@pytest.mark.parametrize(
    ("raw", "shown"),
    [
        (b"plain", "plain"),
        (b"\x1b[31mred\x07", "\\x1b[31mred\\x07"),
        (b"caf\xc3\xa9 \xff", "café \N{REPLACEMENT CHARACTER}"),
        (b"tab\there\r", "tab\there"),
    ],
    ids=["plain", "escape codes", "not utf-8", "carriage return"],
)
def test_no_control_character_of_a_service_reaches_the_terminal(raw: bytes, shown: str) -> None:
    assert printable(raw) == shown


SUPERVISE = """
import asyncio, sys
from scripts.supervisor import Service, Supervisor

async def main():
    supervisor = Supervisor(lambda name, line: print(name, line, flush=True))
    code = "import os, time; print(os.getpid(), flush=True); time.sleep(60)"
    supervisor.start(*(Service(name, [sys.executable, "-c", code]) for name in ("a", "b")))
    await supervisor.ended.wait()
    await supervisor.stop()

asyncio.run(main())
"""


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGKILL])
def test_whatever_signal_ends_the_supervisor_no_process_is_left(number: signal.Signals) -> None:
    if number == signal.SIGKILL and sys.platform != "linux":
        pytest.skip("only Linux tells children that their parent was killed")
    supervisor = subprocess.Popen(
        [sys.executable, "-c", SUPERVISE], cwd=ROOT, stdout=subprocess.PIPE, text=True
    )
    assert supervisor.stdout is not None
    pids = [int(supervisor.stdout.readline().split()[1]) for _ in range(2)]
    supervisor.send_signal(number)
    assert supervisor.wait(timeout=10) == (-signal.SIGKILL if number == signal.SIGKILL else 0)
    supervisor.stdout.read()  # ends when the last holder of the pipe has ended
    deadline = time.monotonic() + 5
    while any(map(is_alive, pids)) and time.monotonic() < deadline:
        time.sleep(0.01)
    assert not any(map(is_alive, pids))
