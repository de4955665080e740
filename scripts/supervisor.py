"""Keeps a handful of processes running: prefixes their output, restarts the dead, ends them all together."""

from __future__ import annotations

import asyncio
import ctypes
import os
import signal
import subprocess
import sys
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass

STEADY_S = 5.0  # a process that lived this long counts as sound: its next restart is immediate
LONGEST_DELAY_S = 10.0
STOP_GRACE_S = 10.0
POLL_S = 0.02  # how soon an ended process is noticed
LONGEST_LINE = 16_384


@dataclass(frozen=True)
class Service:
    """One process to keep running, in our environment."""

    name: str
    argv: Sequence[str]
    is_once: bool = False
    """Run to its end instead, whatever that is."""


Emit = Callable[[str, str], None]


def restart_delay_s(early_deaths: int) -> float:
    """Nothing for a process that had been steady, then 0.2, 0.4, 0.8 .. for one that keeps dying young."""
    return 0.0 if early_deaths == 0 else min(0.2 * 2.0 ** (early_deaths - 1), LONGEST_DELAY_S)


class Keeper:
    """Keeps one service running until `stop`."""

    def __init__(self, service: Service, emit: Emit) -> None:
        self.service = service
        self.early_deaths = 0
        self._emit = emit
        self._stopping = asyncio.Event()
        self._process: subprocess.Popen[bytes] | None = None
        self._task = asyncio.create_task(self._keep())

    @property
    def pid(self) -> int | None:
        return self._process.pid if self._process and self._process.poll() is None else None

    async def stop(self) -> None:
        """SIGTERM to the process group, SIGKILL to what is left after the grace period."""
        self._stopping.set()
        self.signal(signal.SIGTERM)
        _, late = await asyncio.wait({self._task}, timeout=STOP_GRACE_S)
        if late:
            self._emit(self.service.name, f"did not end within {STOP_GRACE_S:.0f} s: killed")
            self.signal(signal.SIGKILL)
        await self._task

    def signal(self, number: signal.Signals) -> None:
        if self.pid is not None:
            _signal_group(self.pid, number)

    async def _keep(self) -> None:
        while not self._stopping.is_set():
            steady = await self._run_once()
            if self._stopping.is_set():
                return
            if self.service.is_once:
                self._tell_failure()
                return
            self.early_deaths = 0 if steady else self.early_deaths + 1
            delay_s = restart_delay_s(self.early_deaths)
            self._emit(self.service.name, f"{self._ending()}; starting it again {_in(delay_s)}")
            with suppress(TimeoutError):
                await asyncio.wait_for(self._stopping.wait(), delay_s or 0.001)

    async def _run_once(self) -> bool:
        """Run the process to its end; True if it lived long enough to count as steady."""
        clock = asyncio.get_running_loop().time
        started = clock()
        self._process = process = self._spawn()
        output = asyncio.create_task(self._copy_output(process))
        while process.poll() is None:  # not asyncio's own wait: that one waits for all holders of the pipe
            await asyncio.sleep(POLL_S)
        _signal_group(process.pid, signal.SIGKILL)  # what it may have left behind; also closes the pipe
        await output
        return clock() - started >= STEADY_S

    def _spawn(self) -> subprocess.Popen[bytes]:
        return subprocess.Popen(
            self.service.argv,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            preexec_fn=_end_with_parent,  # safe: we fork from the main thread, and it only makes a system call
        )

    async def _copy_output(self, process: subprocess.Popen[bytes]) -> None:
        reader = asyncio.StreamReader()
        protocol = asyncio.StreamReaderProtocol(reader)
        transport, _ = await asyncio.get_running_loop().connect_read_pipe(lambda: protocol, process.stdout)
        rest = b""
        while chunk := await reader.read(65_536):
            *lines, rest = (rest + chunk).split(b"\n")
            for line in filter(bytes.strip, lines):
                self._emit(self.service.name, printable(line))
            if len(rest) > LONGEST_LINE:
                self._emit(self.service.name, printable(rest))
                rest = b""
        if rest:
            self._emit(self.service.name, printable(rest))
        transport.close()

    def _tell_failure(self) -> None:
        if self._process is None or self._process.returncode:
            self._emit(self.service.name, self._ending())

    def _ending(self) -> str:
        assert self._process is not None
        status = self._process.returncode
        assert status is not None
        return f"killed by {signal.Signals(-status).name}" if status < 0 else f"ended with status {status}"


class Supervisor:
    """Starts services in order and ends them in the opposite order."""

    def __init__(self, emit: Emit) -> None:
        self._emit = emit
        self._keepers: list[Keeper] = []
        self.ended = asyncio.Event()
        loop = asyncio.get_running_loop()
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            loop.add_signal_handler(number, self._on_signal)

    def start(self, *services: Service) -> None:
        self._keepers += [Keeper(service, self._emit) for service in services]

    async def wait_until(
        self, holds: Callable[[], Awaitable[bool]], *, timeout_s: float, deaths: int = 3
    ) -> bool:
        """Poll `holds`; False when it took too long, a service died `deaths` times young, or we are asked to end."""
        deadline = asyncio.get_running_loop().time() + timeout_s
        while asyncio.get_running_loop().time() < deadline and not self.ended.is_set():
            if await holds():
                return True
            if any(keeper.early_deaths >= deaths for keeper in self._keepers):
                return False
            with suppress(TimeoutError):
                await asyncio.wait_for(self.ended.wait(), 0.05)
        return False

    async def stop(self) -> None:
        """End the first-started service last, because the others may need it to end well."""
        first, others = self._keepers[:1], self._keepers[1:]
        await asyncio.gather(*(keeper.stop() for keeper in others))
        await asyncio.gather(*(keeper.stop() for keeper in first))

    def _on_signal(self) -> None:
        if self.ended.is_set():  # a second Ctrl-C: no more patience
            for keeper in self._keepers:
                keeper.signal(signal.SIGKILL)
        self.ended.set()


def printable(line: bytes) -> str:
    """The line as text in which no control character can reach the terminal."""
    text = line[:LONGEST_LINE].decode(errors="replace").rstrip()
    return "".join(c if c.isprintable() or c == "\t" else f"\\x{ord(c):02x}" for c in text)


def _in(delay_s: float) -> str:
    return f"in {delay_s:g} s" if delay_s else "now"


def _signal_group(pid: int, number: signal.Signals) -> None:
    with suppress(
        ProcessLookupError, PermissionError
    ):  # PermissionError: macOS' answer for a group of zombies
        os.killpg(pid, number)


_PR_SET_PDEATHSIG = 1
_libc = ctypes.CDLL(None) if sys.platform == "linux" else None


def _end_with_parent() -> None:
    """In the child: ask Linux for SIGTERM when the supervisor dies, even by kill -9."""
    if _libc is not None:
        _libc.prctl(_PR_SET_PDEATHSIG, signal.SIGTERM, 0, 0, 0)
