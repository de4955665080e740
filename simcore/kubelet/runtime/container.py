"""Decides what a container's main process is: the image's own server, a command line, or something unknown.

Models: kubernetes v1.36 pkg/kubelet/container/helpers.go (ExpandContainerCommandAndArgs).
"""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache
from itertools import islice
from typing import NamedTuple

from simcore.apimachinery.meta import Obj, controller_of
from simcore.kubelet.images import ImageName, parse
from simcore.kubelet.runtime import agnhost
from simcore.kubelet.runtime.catalogue import CATALOGUE, TOOLS, Image
from simcore.kubelet.runtime.expansion import expanded
from simcore.kubelet.runtime.files import BARE, Change, Files, Tree
from simcore.kubelet.runtime.identity import ROOT
from simcore.kubelet.runtime.inside import Inside
from simcore.kubelet.runtime.load import load_of
from simcore.kubelet.runtime.program import Fixed, Line, Program
from simcore.kubelet.runtime.replies import Answers, Question, Unanswered
from simcore.kubelet.runtime.script import PLAN_STEPS, SHELLS, Script, plan
from simcore.kubelet.runtime.shell.builtins import BUILTINS
from simcore.kubelet.runtime.shell.control import Endless

WORK_MS = 2_000
"""How long an unknown program works before it succeeds, where somebody waits for its end."""
MOST_OUTPUT = 100
"""Lines that are kept of a command in a running container."""
CANNOT_START = 126
UNKNOWN = Image(0)


class Ran(NamedTuple):
    """What came of a command in a running container."""

    output: tuple[str, ...]
    code: int
    took_ms: int | None
    """None: it never ended."""
    until: int | None = None
    """When it may come to something else, since the container's start."""
    asks: Question | None = None
    """What it must be told by the network first."""
    changes: tuple[Change, ...] = ()
    """To its files."""
    guessed: bool = False
    """It has looked at files that only the real image knows."""


def follows_a_script(spec: Obj) -> bool:
    """Whether what the container does may depend on files; servers of their own have them only to show."""
    return bool(spec.get("command") or spec.get("args")) or parse(spec["image"]).name == "agnhost"


def program_of(pod: Obj, spec: Obj, image: ImageName, inside: Inside) -> Program:
    known = CATALOGUE.get(image.name, UNKNOWN)
    ports = frozenset(known.listens) or _declared(spec)
    ends = _is_awaited(pod, spec)
    words = _words(spec) or known.script
    own_command = bool(spec.get("command") or known.script) or bool(spec.get("args") and known.takes_args)
    if inside.image is not None and not own_command:
        return _in_its_place(inside.image.program(_declared(spec)), inside)
    if not own_command and image.name != "agnhost":
        return _in_its_place(_own_program(image.name, ports, ends=ends), inside)
    argv = tuple(expanded(word, inside.variables) for word in words)
    if not own_command or argv[:1] in agnhost.NAMES:
        return _in_its_place(agnhost.program(argv[1:] if own_command else argv, inside), inside)
    if spec.get("stdin") and is_bare_shell(argv):
        return _in_its_place(Program(stop_ms=None), inside)
    script = script_of(argv, pod, inside)._replace(open_world=not known.closed)
    found = _in_its_place(_command(argv, image.name, ports, ends, script), inside)
    load = load_of(argv)
    return found if load is None else replace(found, load=load)


def run_inside(
    argv: tuple[str, ...], image: str, program: Program, at_ms: int, answers: Answers = (),
    around: Inside | None = None,
) -> Ran:  # fmt: skip
    """Runs a command in a container that has been up for `at_ms`. Its own writes are lost.

    Its variables are those of the main process, as far as that is followed, unless `around` tells them.
    """
    known = CATALOGUE.get(image, UNKNOWN)
    if not known.has_shell:
        return Ran((_not_found(argv[0]),), CANNOT_START, 0)
    own = program.output if isinstance(program.output, Script) else None
    variables, host, identity = (own.variables, own.host, own.identity) if own is not None else ((), "", ROOT)
    if around is not None:
        variables, host, identity = tuple(around.variables.items()), around.host, around.identity
    epoch_ms = around.start_unix_ms + at_ms if around is not None else 0
    script = Script(argv, variables, host, epoch_ms, not known.closed, program.tree, answers, identity)
    tree = with_pages(program.tree, known)
    if program.web == "unknown" and not program.changes:  # nobody knows what such a program leaves where
        tree = tree._replace(unseen=("/", *tree.unseen))
    files = Files.after((c for c in program.changes if c.at_ms <= at_ms), tree, at_ms)
    coming = [c.at_ms for c in program.changes if c.at_ms > at_ms][:1] if own is not None else []
    arrival = files.next_arrival(at_ms)
    until = min([*coming, *([arrival] if arrival is not None else [])], default=None)
    shell = script.shell(PLAN_STEPS, files)
    shell.is_guest, shell.processes = True, around.processes if around is not None else ()
    output: list[str] = []
    try:
        output += (line.text for line in islice(script.start(shell), MOST_OUTPUT))
    except Endless as endless:
        took_ms = shell.now_ms if endless.serves else None
        return Ran(tuple(output), 0, took_ms, until, changes=tuple(files.changes))
    except Unanswered as unanswered:
        return Ran((), 1, 0, until, unanswered.question, tuple(files.changes))
    return Ran(tuple(output), shell.status, shell.now_ms, until, None, tuple(files.changes), files.guessed)


def command_line(spec: Obj) -> str:
    """Of the container's main process."""
    name = parse(spec["image"]).name
    known = CATALOGUE.get(name, UNKNOWN)
    own = known.binaries[0] if known.binaries else "sh" if known.works else f"/{name}"
    return " ".join(_words(spec)) or own


def is_bare_shell(argv: tuple[str, ...]) -> bool:
    """A shell that takes its commands from whoever sits before it."""
    return argv[0].rpartition("/")[2] in SHELLS and len(argv) == 1


def waits_for_input(spec: Obj) -> bool:
    """Whether the container's program is a shell that somebody can type into."""
    if not spec.get("stdin"):
        return False
    known, words = CATALOGUE.get(parse(spec["image"]).name, UNKNOWN), _words(spec)
    return is_bare_shell(words) if words else known.works


def with_pages(tree: Tree, image: Image) -> Tree:
    """The tree with the page that a web server's image brings, unless something is mounted over it."""
    folder = image.pages
    if not folder or any(
        folder == root or folder.startswith(root + "/") for root in (*tree.roots, *tree.unseen)
    ):
        return tree
    page = Change(0, f"{folder}/index.html", image.home)
    return tree._replace(arriving=(page, *tree.arriving))


def script_of(argv: tuple[str, ...], pod: Obj, inside: Inside) -> Script:
    """Identical containers share one Script, and so what is known of it, unless they could tell who they are."""
    text = " ".join(argv)
    looks_around = "$" in text or "env" in text
    alone = "HOSTNAME" in text or "hostname" in text or looks_around or bool(inside.answers)
    return Script(
        argv,
        tuple(inside.variables.items()) if looks_around else (),
        (inside.host or pod["metadata"]["name"]) if alone else "",
        inside.start_unix_ms if "date" in text else 0,
        True,
        inside.tree,
        inside.answers,
        inside.identity,
    )


def _in_its_place(program: Program, inside: Inside) -> Program:
    return program if inside.tree is BARE or inside.tree == BARE else replace(program, tree=inside.tree)


def _declared(spec: Obj) -> frozenset[int]:
    """The ports that a container says it serves, and those on which it is probed."""
    ports = [port["containerPort"] for port in spec.get("ports") or ()]
    for kind in ("startupProbe", "livenessProbe", "readinessProbe"):
        for how in (spec.get(kind) or {}).values():
            if isinstance(how, dict) and isinstance(how.get("port"), int):
                ports.append(how["port"])
    return frozenset(ports)


def _is_awaited(pod: Obj, spec: Obj) -> bool:
    """Whether something goes on only when the container has ended: a Job, or the pod's next container."""
    owner = controller_of(pod)
    if owner is not None and owner["kind"] == "Job":
        return True
    inits = pod["spec"].get("initContainers") or ()
    return spec.get("restartPolicy") != "Always" and any(init["name"] == spec["name"] for init in inits)


def _words(spec: Obj) -> tuple[str, ...]:
    return (*(spec.get("command") or ()), *(spec.get("args") or ()))


@lru_cache(maxsize=1024)
def _own_program(name: str, ports: frozenset[int], *, ends: bool) -> Program:
    """What the image does without a command."""
    known = CATALOGUE.get(name)
    if known is None:
        log = Fixed(
            (Line(0, f"{name}: started" + "".join(f", listening on :{port}" for port in sorted(ports))),)
        )
        return Program(log, WORK_MS if ends else None, listens=ports, web="unknown")
    output = Fixed(tuple(Line(0, text) for text in known.log))
    lifetime_ms = WORK_MS if ends and known.works else known.ends_after_ms
    web = "pages" if known.pages else "echo" if known.echo else ""
    return Program(output, lifetime_ms, 0, known.stop_ms, known.stop_code, ports, web=web)


def _command(argv: tuple[str, ...], name: str, ports: frozenset[int], ends: bool, script: Script) -> Program:
    known = CATALOGUE.get(name, UNKNOWN)
    if argv[0] in known.binaries:
        return _own_program(name, ports, ends=ends)
    tool = argv[0].removeprefix("/bin/").removeprefix("/usr/bin/")
    mounted = any(change.path == argv[0] for change in script.tree.arriving)
    if known.has_shell and (tool in SHELLS or tool in BUILTINS or tool in TOOLS or mounted):
        return _followed(script, ports, ends=ends)
    if known.closed:
        return Program(start_error=_not_found(argv[0]))
    log = Fixed((Line(0, f"{name}: started"),))
    return Program(log, WORK_MS if ends else None, listens=ports, web="unknown")


def _followed(script: Script, ports: frozenset[int], *, ends: bool) -> Program:
    if is_bare_shell(script.argv):
        return Program(lifetime_ms=0, stop_ms=None)  # a shell without a script and a terminal ends at once
    course = plan(script._replace(epoch_ms=0))
    lifetime_ms = course.took_ms if course.ends else None
    if not course.ends and ends and script.open_world and course.asks is None:
        lifetime_ms = course.took_ms + WORK_MS
    stop_ms = None if course.term_code is None else 0
    listens = course.listens or (ports if course.serves else frozenset())
    return Program(
        script, lifetime_ms, course.code, stop_ms, course.term_code or 0, listens, course.changes,
        web="unknown" if course.serves else "", asks=course.asks,
    )  # fmt: skip


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
