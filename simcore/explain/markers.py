"""What to remember a history by: what users did, what broke, what failed, who led."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Literal, NamedTuple

from simcore.apimachinery.meta import Obj, controller_of
from simcore.etcd.interface import Entry, Revision, Store
from simcore.explain.past import states_around
from simcore.explain.sentences import failing_containers, of_record, sentence, told_changes
from simcore.explain.subjects import Subject, Subjects
from simcore.explain.timeline import is_bad
from simcore.kubelet.world import FAULTS
from simcore.sim.clock import SimTime

MarkerKind = Literal["apply", "fault", "scale", "failure", "leader", "pace", "delete"]
MOST_MARKERS = 200
MOST_NAMED = 3
"""Objects that a marker names."""
TOGETHER_MS = 1_000
"""What one user does within so long is one act."""
QUIET_MS = 60_000
"""A failure is not told again within so long."""
MOST_TOLD = 2_000
_LEASES = "/registry/leases/kube-system/"
_UNMARKED = ("Event", "Lease", "Endpoints", "EndpointSlice", "IPAddress", "Outages")
_AUTOSCALER = "horizontal-pod-autoscaler"


class Marker(NamedTuple):
    rev: Revision
    at: SimTime
    kind: MarkerKind
    text: str
    author: str


class Act(NamedTuple):
    """Objects that one user treated alike, shortly after each other."""

    kind: MarkerKind
    author: str
    at: SimTime
    verb: str
    names: tuple[str, ...]

    def may_grow_by(self, other: Act) -> bool:
        alike = (self.kind, self.author, self.verb) == (other.kind, other.author, other.verb)
        return alike and other.at - self.at <= TOGETHER_MS

    @property
    def text(self) -> str:
        more = len(self.names) - MOST_NAMED
        named = ", ".join(self.names[:MOST_NAMED])
        return f"{self.verb} {named}" + (f" and {more} more" if more > 0 else "")


class Markers:
    """Grows by take(); `newest` holds MOST_MARKERS, in order."""

    def __init__(self, store: Store, subjects: Subjects) -> None:
        self._store, self._subjects = store, subjects
        self.newest: list[Marker] = []
        self._act: Act | None = None  # behind the newest marker, while others may join it
        self._told: dict[tuple[str, str], SimTime] = {}  # failures: by whose and what; the oldest go first

    def take(self, entries: Sequence[Entry]) -> None:
        for entry in entries:
            actor = entry.origin.actor
            if actor.startswith("user:"):
                self._of_user(entry, actor.removeprefix("user:"))
            elif entry.key.startswith(FAULTS):
                self._of_record(entry, "")
            elif actor.startswith(_AUTOSCALER) or entry.key.startswith(_LEASES):
                self._of_component(entry)
            elif is_bad(entry):
                self._of_failure(entry)

    def forget(self, before: Revision) -> None:
        """Drops what is older."""
        self.newest = [marker for marker in self.newest if marker.rev >= before]

    def _of_user(self, entry: Entry, author: str) -> None:
        subject = self._subjects.of(entry.key)
        if subject.kind in _UNMARKED:
            return
        if not subject.resource:
            self._of_record(entry, author)
            return
        old, new = states_around(self._store, entry)
        kind, text = _act_of(subject, old, new)
        if kind in ("apply", "delete"):
            self._join(entry, Act(kind, author, entry.origin.at, text, (str(subject),)))
        else:
            self._mark(entry, kind, text, author)

    def _join(self, entry: Entry, act: Act) -> None:
        """A new marker, or one more object of the newest."""
        last = self._act
        if last is not None and not last.may_grow_by(act):
            last = None
        if last is None:
            self._mark(entry, act.kind, act.text, act.author)
            self._act = act
            return
        names = last.names if act.names[0] in last.names else (*last.names, *act.names)
        self._act = act._replace(names=names)
        self.newest[-1] = self.newest[-1]._replace(text=self._act.text)

    def _of_record(self, entry: Entry, author: str) -> None:
        """Of the simulated world. What a fault does to machines is told by the fault."""
        subject = self._subjects.of(entry.key)
        old, new = states_around(self._store, entry)
        told = of_record(subject.path, old, new)
        if subject.kind == "Clock":
            self._mark(entry, "pace", told, author)
        elif subject.kind == "Fault" and told:
            self._mark(entry, "fault", told, author)
        elif subject.kind != "Fault" and not (subject.kind == "Machine" and old and new):
            self._mark(entry, "fault", f"{subject.name or 'world'} {told}", author)

    def _of_component(self, entry: Entry) -> None:
        subject = self._subjects.of(entry.key)
        old, new = states_around(self._store, entry)
        if subject.kind == "Lease":
            holder = ((new or {}).get("spec") or {}).get("holderIdentity")
            if holder and holder != ((old or {}).get("spec") or {}).get("holderIdentity"):
                self._mark(entry, "leader", f"{subject.name} is led by {holder}", "")
        elif (told := sentence(subject.kind, old, new)).startswith("scaled "):
            self._mark(entry, "scale", f"{subject} {told}", entry.origin.actor)

    def _of_failure(self, entry: Entry) -> None:
        subject = self._subjects.of(entry.key)
        old, new = states_around(self._store, entry)
        for whose, word in _failures(subject, old, new or {}):
            since = self._told.get((whose, word))
            if since is None or entry.origin.at - since >= QUIET_MS:
                self._mark(entry, "failure", f"{whose}: {word}", entry.origin.actor)
            self._told.pop((whose, word), None)
            self._told[whose, word] = entry.origin.at
            if len(self._told) > MOST_TOLD:
                del self._told[next(iter(self._told))]

    def _mark(self, entry: Entry, kind: MarkerKind, text: str, author: str) -> None:
        self._act = None
        self.newest.append(Marker(entry.revision, entry.origin.at, kind, text, author))
        del self.newest[:-MOST_MARKERS]


def _act_of(subject: Subject, old: Obj | None, new: Obj | None) -> tuple[MarkerKind, str]:
    """What a user's write was. The text of an apply or a deletion goes before the object's name."""
    if new is None or "deletionTimestamp" in new["metadata"]:
        return "delete", "deleted"
    if old is None:
        return "apply", "created"
    changed = [change.path for change in told_changes(old, new)]
    if changed == ["spec.replicas"]:
        return "scale", f"{subject} {sentence(subject.kind, old, new)}"
    return "apply", "changed"


def _failures(subject: Subject, old: Obj | None, new: Obj) -> Iterator[tuple[str, str]]:
    """(whose, what): of a pod that has a controller it is the controller's."""
    if subject.kind == "Pod":
        owner = controller_of(new)
        whose = f"{owner['kind']} {owner['name']}" if owner else str(subject)
        before = failing_containers(old) if old else {}
        for name, state in failing_containers(new).items():
            if before.get(name) != state:
                yield whose, state
        status = new.get("status") or {}
        if status.get("phase") == "Failed" and ((old or {}).get("status") or {}).get("phase") != "Failed":
            yield whose, status.get("reason") or "Failed"
    elif subject.kind == "Node" and old is not None:
        told = sentence("Node", old, new)
        if told == "stopped answering":
            yield str(subject), told
    elif subject.kind == "Event" and new.get("reason") in ("FailedScheduling", "FailedCreate", "FailedMount"):
        about = new.get("involvedObject") or {}
        yield f"{about.get('kind', '')} {about.get('name', '')}", new["reason"]
