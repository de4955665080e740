"""Commands that somebody runs in a container from outside: what they print, and how they end.

A command sees the container as it is now. What it writes is seen by later lines of the same session, and stays.

Models: kubernetes v1.36 pkg/kubelet/kubelet_pods.go (RunInContainer) for the words of a refusal.
"""

from __future__ import annotations

from dataclasses import replace
from typing import NamedTuple

from simcore.apimachinery.errors import BadRequest
from simcore.apimachinery.meta import Obj, uid_of
from simcore.cluster.view import View
from simcore.cluster.wires import Wires
from simcore.kubelet.environment import Around, service_variables, variables_of
from simcore.kubelet.facts import downward, host_name
from simcore.kubelet.images import parse
from simcore.kubelet.outside_writes import document, note
from simcore.kubelet.records import PodRecord
from simcore.kubelet.runtime.container import Ran, command_line, run_inside, waits_for_input
from simcore.kubelet.runtime.files import Change
from simcore.kubelet.runtime.inside import Inside
from simcore.kubelet.runtime.replies import MOST_QUESTIONS, Since, relative
from simcore.kubelet.runtime.script import SHELLS
from simcore.kubelet.runtime.shell.control import Err
from simcore.kubelet.security import identity_of
from simcore.kubelet.surroundings import own_files, program, specs_of
from simcore.sim.clock import Clock
from simcore.sim.timestamps import parse_time

MOST_LINES = 200
"""Of one session that are remembered; it ends after them."""


class Printed(NamedTuple):
    text: str
    is_error: bool
    """It went to standard error."""


class Outcome(NamedTuple):
    printed: tuple[Printed, ...]
    code: int
    ends: bool = True
    """False: it goes on until somebody ends it."""
    changes: tuple[Change, ...] = ()
    """To the container's files."""


class Execution:
    """One container, ready to run commands."""

    def __init__(self, view: View, clock: Clock, pod: Obj, container: str = "") -> None:
        """The pod's first container unless one is named. Raises: BadRequest."""
        self._view, self._wires, self._clock, self._pod = view, Wires(view, clock), clock, pod
        self._record, self._spec = _running(view, pod, container)

    @property
    def waits_for_input(self) -> bool:
        """Whether the container's own program is a shell that somebody can type into."""
        return waits_for_input(self._spec)

    @property
    def uid(self) -> str:
        return uid_of(self._pod)

    @property
    def run_number(self) -> int:
        """Which run of the container it is."""
        return self._record.container(self._spec["name"]).restarts

    def run(self, argv: tuple[str, ...], stdin: str = "") -> Outcome:
        """One command; a shell without one runs what comes in."""
        if stdin and argv[0].rpartition("/")[2] in SHELLS and len(argv) == 1:
            argv = (argv[0], "-c", stdin)
        elif stdin:
            words = " ".join(_quoted(word) for word in argv)
            argv = ("sh", "-c", f"{words} <<'END-OF-INPUT'\n{stdin.removesuffix(chr(10))}\nEND-OF-INPUT")
        ran = self._ran(argv)
        printed = tuple(Printed(str(text), isinstance(text, Err)) for text in ran.output)
        return Outcome(printed, ran.code, ran.took_ms is not None, ran.changes)

    def told(self, changes: tuple[Change, ...]) -> Obj:
        """What the world is told of changes to the container's files: a document for simcore.kubelet.world.WRITES."""
        return document(self._pod, self._spec["name"], self.run_number, changes)

    def _ran(self, argv: tuple[str, ...]) -> Ran:
        c, image = self._record.container(self._spec["name"]), parse(self._spec["image"]).name
        epoch_ms, now = self._clock.unix_ms() - self._clock.now(), self._clock.now()
        host_ip = (self._pod.get("status") or {}).get("hostIP", "")
        found = program(self._pod, self._spec, self._record, c.started, host_ip, epoch_ms)
        if own := own_files(self._pod, self._record, " ".join(argv)):
            found = replace(found, tree=found.tree._replace(arriving=(*own, *found.tree.arriving)))
        facts = downward(self._pod, self._record, host_ip)
        variables = c.env or variables_of(self._pod, self._spec, Around(facts))
        if self._pod["spec"].get("enableServiceLinks") is not False:
            variables = service_variables(self._services(epoch_ms + c.started)) | variables
        who = identity_of(self._pod, self._spec)
        around = Inside(
            variables, host_name(self._pod), epoch_ms + c.started, identity=who, processes=self._processes()
        )
        answers = dict(c.answers)
        for _ in range(MOST_QUESTIONS):
            ran = run_inside(argv, image, found, now - c.started, relative(answers, c.started), around)
            if ran.asks is None:
                break
            record = self._record
            if ran.changes and (fresh := self._view.record(self._pod)) is not None:
                note(fresh, now, pod=self._pod, doc=self.told(ran.changes))
                record = fresh
            replies = self._wires.ask(ran.asks, self._pod, record)
            answers[ran.asks.text()] = (Since(now, replies),)
        return ran

    def _processes(self) -> tuple[str, ...]:
        """The container's own, or with a shared namespace those of the whole pod."""
        if not self._pod["spec"].get("shareProcessNamespace"):
            return (command_line(self._spec),)
        there = (s for s in specs_of(self._pod) if self._record.container(s["name"]).phase == "running")
        return ("/pause", *map(command_line, there))

    def _services(self, started_unix_ms: int) -> list[Obj]:
        """Those that were there when the container started: of later ones its environment knows nothing."""
        found = self._view.services(self._pod["metadata"]["namespace"])
        return [s for s in found if parse_time(s["metadata"]["creationTimestamp"]) <= started_unix_ms]


class Session:
    """An interactive shell. Every line is run after those before it, and only what is new is shown."""

    def __init__(self, execution: Execution) -> None:
        self.execution = execution
        self._lines: list[str] = []
        self.changes: tuple[Change, ...] = ()
        """What the last line has done to the container's files."""
        self._changed = 0
        self._shown = 0
        self.is_over = False
        self.code = 0

    def enter(self, line: str) -> tuple[Printed, ...]:
        """What one more line prints."""
        word, self.changes = line.split()[:1], ()
        if word in (["exit"], ["logout"]) or len(self._lines) >= MOST_LINES:
            self.is_over = True
            status = line.split()[1:2]
            self.code = int(status[0]) & 255 if status and status[0].isdigit() else self.code
            return ()
        outcome = self.execution.run(("sh", "-c", "\n".join([*self._lines, line])))
        fresh = outcome.printed[self._shown :]
        if outcome.ends:  # a line that never ends is broken off, and has not happened
            self._lines.append(line)
            self._shown, self.code = len(outcome.printed), outcome.code
            self.changes, self._changed = outcome.changes[self._changed :], len(outcome.changes)
        return fresh


def _running(view: View, pod: Obj, container: str) -> tuple[PodRecord, Obj]:
    name = container or pod["spec"]["containers"][0]["name"]
    spec = next((spec for spec in specs_of(pod) if spec["name"] == name), None)
    if spec is None:
        raise BadRequest(f"container {name} is not valid for pod {pod['metadata']['name']}")
    record = view.record(pod)
    c = record.containers.get(name) if record is not None else None
    if record is None or c is None or c.phase not in ("running", "starting"):
        raise BadRequest(f'unable to upgrade connection: container not found ("{name}")')
    if not view.is_on(pod["spec"].get("nodeName", "")):
        raise BadRequest("error dialing backend: no route to host")
    return record, spec


def _quoted(word: str) -> str:
    return "'" + word.replace("'", "'\\''") + "'"
