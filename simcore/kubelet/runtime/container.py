"""Decides what a container's main process is: the image's own server, a command line, or something unknown.

Models: kubernetes v1.36 pkg/kubelet/container/helpers.go (ExpandContainerCommandAndArgs).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from itertools import islice
from typing import NamedTuple

from simcore.apimachinery.meta import Obj, controller_of
from simcore.kubelet.images import ImageName
from simcore.kubelet.runtime.catalogue import CATALOGUE, TOOLS, Image
from simcore.kubelet.runtime.files import Files
from simcore.kubelet.runtime.program import Fixed, Line, Program
from simcore.kubelet.runtime.script import PLAN_STEPS, SHELLS, Script, is_shell, plan
from simcore.kubelet.runtime.shell.builtins import BUILTINS
from simcore.kubelet.runtime.shell.control import Endless

JOB_RUN_MS = 2_000
"""How long an unknown program works in a Job's pod before it succeeds."""
MOST_OUTPUT = 100
"""Lines that are kept of a command in a running container."""
CANNOT_START = 126
UNKNOWN = Image(0)

_REFERENCE = re.compile(r"\$(\$|\(([A-Za-z_.-][\w.-]*)\))")


class Ran(NamedTuple):
    """What came of a command in a running container."""

    output: tuple[str, ...]
    code: int
    took_ms: int | None
    """None: it never ended."""
    until: int | None = None
    """When it may come to something else, since the container's start."""


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
    script = _script(argv, variables, pod, spec, start_unix_ms)._replace(open_world=not known.closed)
    return _command(argv, image.name, ports, in_job, script)


def run_inside(argv: tuple[str, ...], image: str, program: Program, at_ms: int) -> Ran:
    """Runs a command in a container that has been up for `at_ms`. Only of a followed script are the files known."""
    known = CATALOGUE.get(image, UNKNOWN)
    if not known.has_shell:
        return Ran((_not_found(argv[0]),), CANNOT_START, 0)
    followed = isinstance(program.output, Script)
    mounts = program.output.mounts if isinstance(program.output, Script) else ("/",)
    script = Script(argv, (), "", 0, not known.closed, mounts)
    shell = script.shell(PLAN_STEPS, Files.after((c for c in program.changes if c.at_ms <= at_ms), mounts))
    until = next((c.at_ms for c in program.changes if c.at_ms > at_ms), None) if followed else None
    try:
        output = tuple(line.text for line in islice(script.start(shell), MOST_OUTPUT))
    except Endless as endless:
        return Ran(
            (), 0, shell.now_ms if endless.serves else None, until
        )  # a program that nobody knows does its work
    return Ran(output, shell.status, shell.now_ms, until)


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
    argv: tuple[str, ...], variables: Mapping[str, str], pod: Obj, spec: Obj, start_unix_ms: int
) -> Script:
    """Identical containers share one Script, and so what is known of it, unless they could tell who they are."""
    text = argv[2] if is_shell(argv) else " ".join(argv)
    looks_around = "$" in text or "env" in text
    host = pod["metadata"]["name"] if "HOSTNAME" in text or "hostname" in text or looks_around else ""
    started = start_unix_ms if "date" in text else 0
    seen = tuple(variables.items()) if looks_around else ()
    mounts = tuple(mount["mountPath"] for mount in spec.get("volumeMounts") or ())
    return Script(argv, seen, host, started, True, mounts)


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
    lifetime_ms = JOB_RUN_MS if in_job and known.works else known.ends_after_ms
    return Program(output, lifetime_ms, 0, known.stop_ms, known.stop_code, ports)


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
    if script.argv[0].rpartition("/")[2] in SHELLS and not is_shell(script.argv):
        return Program(lifetime_ms=0, stop_ms=None)  # a shell without a script and a terminal ends at once
    course = plan(script._replace(epoch_ms=0))
    lifetime_ms = course.took_ms if course.ends else None
    if not course.ends and in_job and script.open_world:
        lifetime_ms = course.took_ms + JOB_RUN_MS
    stop_ms = None if course.term_code is None else 0
    listens = ports if course.serves else frozenset()
    return Program(script, lifetime_ms, course.code, stop_ms, course.term_code or 0, listens, course.changes)


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
