"""Decides what a container's main process is: the image's own server, a command line, or something unknown.

Models: kubernetes v1.36 pkg/kubelet/container/helpers.go (ExpandContainerCommandAndArgs).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import lru_cache
from itertools import islice
from typing import NamedTuple

from simcore.apimachinery.meta import Obj, controller_of
from simcore.kubelet.images import ImageName
from simcore.kubelet.runtime.catalogue import CATALOGUE, TOOLS, Image
from simcore.kubelet.runtime.program import Fixed, Line, Program
from simcore.kubelet.runtime.shell.builtins import BUILTINS
from simcore.kubelet.runtime.shell.control import Endless
from simcore.kubelet.runtime.shell.interpreter import Shell, environment

JOB_RUN_MS = 2_000
"""How long an unknown program works in a Job's pod before it succeeds."""
PLAN_STEPS, OUTPUT_STEPS = 1_000, 30_000
"""How many commands of a script are followed to see whether it ends, and to read what it prints."""
MOST_OUTPUT = 100
"""Lines that are kept of a command in a running container."""
START_FAILED = 126
UNKNOWN = Image(0)
SHELLS = ("sh", "bash", "ash", "dash")

_REFERENCE = re.compile(r"\$(\$|\(([A-Za-z_.-][\w.-]*)\))")


class Script(NamedTuple):
    """A command line that the shell runs anew whenever somebody reads its output."""

    argv: tuple[str, ...]
    variables: tuple[tuple[str, str], ...]
    host: str
    epoch_ms: int
    open_world: bool

    def shell(self, max_steps: int) -> Shell:
        variables = environment(dict(self.variables), self.host)
        return Shell(variables, TOOLS, self.open_world, max_steps, self.epoch_ms)

    def start(self, shell: Shell) -> Iterator[Line]:
        if _is_shell(self.argv):
            return shell.run(self.argv[2])
        return shell.run_command(self.argv)

    def lines(self) -> Iterator[Line]:
        try:
            yield from self.start(self.shell(OUTPUT_STEPS))
        except Endless:
            return  # it goes on and says nothing more


def program_of(
    pod: Obj, spec: Obj, image: ImageName, *, facts: Mapping[str, str], start_unix_ms: int
) -> Program:
    """`facts` are the values of the downward API's paths, as `status.podIP`."""
    known = CATALOGUE.get(image.name, UNKNOWN)
    ports = frozenset(known.listens) or _declared(spec)
    owner = controller_of(pod)
    in_job = owner is not None and owner["kind"] == "Job"
    if not spec.get("command") and not (spec.get("args") and known.takes_args):
        return _own_program(image.name, ports, in_job=in_job)
    variables = variables_of(spec, facts)
    argv = tuple(_substituted(word, variables) for word in _words(spec))
    return _command(argv, image.name, ports, in_job, _script(argv, variables, pod, start_unix_ms, known))


def run_inside(argv: tuple[str, ...], image: str) -> tuple[tuple[str, ...], int, int | None]:
    """A command in a running container: (output, exit code, milliseconds or None if it never ends)."""
    known = CATALOGUE.get(image, UNKNOWN)
    script = Script(argv, (), "", 0, not known.closed)
    if not known.has_shell:
        return (_not_found(argv[0]),), START_FAILED, 0
    ends, took_ms, code, _, serves = _plan(script)
    if not ends:
        return (), 0, 0 if serves else None  # a program that nobody knows does its work
    shell = script.shell(PLAN_STEPS)
    return tuple(line.text for line in islice(script.start(shell), MOST_OUTPUT)), code, took_ms


def _declared(spec: Obj) -> frozenset[int]:
    """The ports that a container says it serves, and those on which it is probed."""
    ports = [port["containerPort"] for port in spec.get("ports") or ()]
    for kind in ("startupProbe", "livenessProbe", "readinessProbe"):
        for how in (spec.get(kind) or {}).values():
            if isinstance(how, dict) and isinstance(how.get("port"), int):
                ports.append(how["port"])
    return frozenset(ports)


def variables_of(spec: Obj, facts: Mapping[str, str]) -> dict[str, str]:
    """A container's environment: each value may refer to those before it."""
    variables: dict[str, str] = {}
    for entry in spec.get("env") or ():
        field = (entry.get("valueFrom") or {}).get("fieldRef") or {}
        value = facts.get(field.get("fieldPath", ""), "") if field else entry.get("value", "")
        variables[entry["name"]] = _substituted(value, variables)
    return variables


def _words(spec: Obj) -> tuple[str, ...]:
    return (*(spec.get("command") or ()), *(spec.get("args") or ()))


def _substituted(text: str, variables: Mapping[str, str]) -> str:
    """`$(NAME)` is the variable, if there is one; `$$` is a dollar sign."""
    if "$" not in text:
        return text

    def value(match: re.Match[str]) -> str:
        return "$" if match[1] == "$" else variables.get(match[2], match[0])

    return _REFERENCE.sub(value, text)


def _script(
    argv: tuple[str, ...], variables: Mapping[str, str], pod: Obj, start_unix_ms: int, known: Image
) -> Script:
    """Identical containers share one Script, and so what is known of it, unless they could tell who they are."""
    text = argv[2] if _is_shell(argv) else " ".join(argv)
    looks_around = "$" in text or "env" in text
    host = pod["metadata"]["name"] if "HOSTNAME" in text or "hostname" in text or looks_around else ""
    started = start_unix_ms if "date" in text else 0
    return Script(argv, tuple(variables.items()) if looks_around else (), host, started, not known.closed)


@lru_cache(maxsize=1024)
def _own_program(name: str, ports: frozenset[int], *, in_job: bool) -> Program:
    """What the image does without a command."""
    known = CATALOGUE.get(name)
    if known is None:
        log = Fixed(
            (Line(0, f"{name}: started" + "".join(f", listening on :{port}" for port in sorted(ports))),)
        )
        return Program(log, JOB_RUN_MS if in_job else None, listens=ports)
    output = Fixed(tuple(Line(0, text) for text in known.log))
    return Program(output, known.ends_after_ms, 0, known.stop_ms, known.stop_code, ports)


def _command(
    argv: tuple[str, ...], name: str, ports: frozenset[int], in_job: bool, script: Script
) -> Program:
    known = CATALOGUE.get(name, UNKNOWN)
    if argv[0] in known.binaries:
        return _own_program(name, ports, in_job=in_job)
    tool = argv[0].removeprefix("/bin/").removeprefix("/usr/bin/")
    if known.has_shell and (tool in SHELLS or tool in BUILTINS or tool in TOOLS):
        return _followed(script, ports, in_job=in_job)
    if known.closed:
        return Program(start_error=_not_found(argv[0]))
    log = Fixed((Line(0, f"{name}: started"),))
    return Program(log, JOB_RUN_MS if in_job else None, listens=ports)


def _followed(script: Script, ports: frozenset[int], *, in_job: bool) -> Program:
    if script.argv[0].rpartition("/")[2] in SHELLS and not _is_shell(script.argv):
        return Program(lifetime_ms=0, stop_ms=None)  # a shell without a script and a terminal ends at once
    ends, now_ms, code, term_code, serves = _plan(script._replace(epoch_ms=0))
    if not ends and in_job and script.open_world:
        ends, now_ms = True, now_ms + JOB_RUN_MS
    stop_ms = None if term_code is None else 0
    listens = ports if serves else frozenset()
    return Program(script, now_ms if ends else None, code, stop_ms, term_code or 0, listens)


@lru_cache(maxsize=4096)
def _plan(script: Script) -> tuple[bool, int, int, int | None, bool]:
    """Runs the script once.

    Returns (does it end, when, its exit code, the exit code after SIGTERM if it has a trap, has it become a server).
    """
    shell = script.shell(PLAN_STEPS)
    try:
        for _ in script.start(shell):
            pass
    except Endless as endless:
        return False, shell.now_ms, 0, shell.term_status, endless.serves
    return True, shell.now_ms, shell.status, shell.term_status, False


def _is_shell(argv: tuple[str, ...]) -> bool:
    return (
        len(argv) > 2
        and argv[0].rpartition("/")[2] in SHELLS
        and argv[1].startswith("-")
        and argv[1].endswith("c")
    )


def _not_found(command: str) -> str:
    where = (
        f"stat {command}: no such file or directory"
        if "/" in command
        else "executable file not found in $PATH"
    )
    return (
        "failed to create containerd task: failed to create shim task: OCI runtime create failed: runc create failed: "
        f'unable to start container process: error during container init: exec: "{command}": {where}'
    )
