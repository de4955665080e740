"""What a person can mend is said in one plain line, never as a traceback."""

from __future__ import annotations

import re
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

NETWORK_SIGNS = (
    "dns error",
    "failed to fetch",
    "temporary failure in name resolution",
    "name or service not known",
    "network is unreachable",
    "newconnectionerror",
    "no matching distribution found",
    "connection refused",
    "connection timed out",
    "code enotfound",
    "code econnrefused",
    "code etimedout",
    "code eai_again",
    "could not connect",
)

SAYS_NOTHING = re.compile(
    r"at .*|errors: .*|[\W_]*|npm error (A complete log.*|.*_logs.*)"
)  # ends of stack traces
PYTHON_ERROR = re.compile(r"[A-Za-z_][\w.]*(Error|Exception): ")
COLOURS = re.compile(r"\x1b\[[0-9;]*m")


class Trouble(Exception):
    """Its text is the one line shown; the command ends with status 1."""


def say(text: str) -> None:
    print(text, flush=True)


def warn(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


@contextmanager
def progress(what: str) -> Iterator[None]:
    """Print `what`, and how long it took if that could be felt."""
    say(f"{what} ...")
    started = time.monotonic()
    yield
    took = time.monotonic() - started
    if took >= 1:
        say(f"  done in {took:.0f} s")


def run_step(
    argv: Sequence[str | Path],
    *,
    what: str,
    log: Path,
    needs_network: bool = False,
    cwd: Path | None = None,
    env: Mapping[str, str] | None = None,
) -> None:
    """Run one set-up command with its output in `log`.

    Raises:
        Trouble: it failed; says whether the network is the reason, else the last line it printed.
    """
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("ab") as out:
        begin = out.tell()
        try:
            status = subprocess.run(list(map(str, argv)), stdout=out, stderr=out, cwd=cwd, env=env).returncode
        except OSError as error:
            raise Trouble(f"{what} failed: cannot start {argv[0]}: {error.strerror}.") from error
    if status != 0:
        with log.open("rb") as written:
            written.seek(begin)
            output = written.read().decode(errors="replace")
        raise Trouble(explain_failure(what, output, log, needs_network=needs_network))


def explain_failure(what: str, output: str, log: Path, *, needs_network: bool = False) -> str:
    """One line: that there is no network, or the last exception, or the last line that says something."""
    if needs_network and any(sign in output.lower() for sign in NETWORK_SIGNS):
        return f"{what} failed: no network, or the package registry can't be reached. Details: {log}"
    lines = [line.strip().rstrip(".") for line in COLOURS.sub("", output).splitlines()]
    telling = [line for line in lines if not SAYS_NOTHING.fullmatch(line)]
    errors = [line for line in telling if PYTHON_ERROR.match(line)]
    line = (errors or telling or ["it printed nothing"])[-1]
    return f"{what} failed: {line}. Details: {log}"
