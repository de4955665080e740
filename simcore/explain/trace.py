"""The causal chain around a write: back to the beginning, forward to everything that came of it.

Causes are recorded, never guessed. Writes of one kind by one component that came of the same step are folded into
one step. Events and the runtime's own records are left out: they report what other writes do.
"""

from __future__ import annotations

import heapq
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from simcore.etcd.interface import Entry, Revision, Store
from simcore.explain.chronicle import Chronicle
from simcore.explain.past import states_around
from simcore.explain.sentences import of_record, sentence
from simcore.explain.subjects import Subject, Subjects
from simcore.sim.clock import SimTime

MOST_ANCESTORS = 60
MOST_WRITES = 10_000
"""Writes that one trace looks at."""
SURE_AFTER = 20
"""So many writes that looked alike from outside were the same act: the next one is, too, and is not read."""
MOST_STEPS = 240
MOST_REVISIONS = 100
"""Of one step's repeats, by name; the rest is counted."""
_UNTOLD = ("/registry/events/", "/sim/runtime/")
_LANES = {"kube-apiserver": "apiserver", "kube-scheduler": "scheduler", "cluster": "cluster"}


@dataclass
class Step:
    """One write, or several of a kind."""

    rev: Revision
    cause: Revision
    """0: nothing in the store made its author act."""
    at: SimTime
    actor: str
    verb: str
    """created, changed or deleted."""
    subject: Subject
    summary: str
    revs: list[Revision] = field(default_factory=list)
    """Its own revision and those of its repeats, at most MOST_REVISIONS."""
    count: int = 0

    @property
    def lane(self) -> str:
        return lane_of(self.actor)


@dataclass(frozen=True)
class Trace:
    root: Revision
    steps: list[Step]
    """In order of their revisions."""
    critical: list[Revision]
    """What decided how long it took, from the beginning to the write that completed it."""
    is_truncated: bool


def lane_of(actor: str) -> str:
    """The component, whichever node it is on; users come by kubectl."""
    if actor.startswith("user:"):
        return "kubectl"
    component = actor.split("/", 1)[0]
    return _LANES.get(component, component)


def verb_of(entry: Entry) -> str:
    return "deleted" if entry.value is None else "created" if entry.version == 1 else "changed"


def trace(chronicle: Chronicle, store: Store, subjects: Subjects, root: Revision) -> Trace:
    """Raises: Compacted when the root is no longer kept."""
    chronicle.check_kept(root)
    chain = ancestors(chronicle, root)
    told, is_truncated = _descendants(chronicle, root)
    steps = _Folding(store, subjects)
    for revision in [*chain, root, *told]:
        for entry in _shown(chronicle.writes(revision), is_asked_for=revision == root):
            steps.add(entry)
    kept = steps.steps[:MOST_STEPS]
    critical = _critical(chronicle, kept)
    return Trace(root, kept, critical, is_truncated or len(kept) < len(steps.steps))


def _shown(entries: list[Entry], *, is_asked_for: bool) -> list[Entry]:
    told = [entry for entry in entries if not entry.key.startswith(_UNTOLD)]
    return told or (entries[:1] if is_asked_for else [])


def ancestors(chronicle: Chronicle, revision: Revision) -> list[Revision]:
    """The revisions that led to this one, the beginning first, as far as they are kept."""
    found: list[Revision] = []
    while len(found) < MOST_ANCESTORS:
        entries = chronicle.writes(found[-1] if found else revision)
        cause = entries[0].origin.cause if entries else 0
        if not cause or not chronicle.writes(cause):
            break
        found.append(cause)
    return found[::-1]


def _descendants(chronicle: Chronicle, root: Revision) -> tuple[list[Revision], bool]:
    """Everything that came of the root, in order; whether there was more."""
    waiting, seen = list(chronicle.effects(root)), {root}
    found: list[Revision] = []
    heapq.heapify(waiting)
    while waiting and len(found) < MOST_WRITES:
        revision = heapq.heappop(waiting)
        if revision in seen:
            continue
        seen.add(revision)
        found.append(revision)
        for effect in chronicle.effects(revision):
            heapq.heappush(waiting, effect)
    return found, bool(waiting)


class _Folding:
    """Puts writes together that are the same act many times."""

    def __init__(self, store: Store, subjects: Subjects) -> None:
        self._store, self._subjects = store, subjects
        self.steps: list[Step] = []
        self._alike: dict[tuple[Any, ...], Step] = {}  # by what makes two writes the same act
        self._guesses: dict[tuple[Any, ...], tuple[Step, int]] = {}  # by what can be told without reading
        self._home: dict[Revision, Step] = {}  # which step a revision went into

    def add(self, entry: Entry) -> None:
        origin, subject = entry.origin, self._subjects.of(entry.key)
        parent = self._home.get(origin.cause)
        where = parent.rev if parent else origin.cause
        act = (where, lane_of(origin.actor), verb_of(entry), subject.kind)
        likely, times = self._guesses.get((*act, entry.version), (None, 0))
        if likely is None or times < SURE_AFTER:
            told = self._tell(entry, subject)
            step = self._alike.setdefault((*act, _without_names(told)), _step(entry, subject, told))
            self._guesses[*act, entry.version] = (step, times + 1 if step is likely else 1)
        else:
            step = likely
        self._home.setdefault(entry.revision, step)
        if step.count == 0:
            self.steps.append(step)
        step.count += 1
        if len(step.revs) < MOST_REVISIONS and step.revs[-1:] != [entry.revision]:
            step.revs.append(entry.revision)

    def _tell(self, entry: Entry, subject: Subject) -> str:
        tell = partial(sentence, subject.kind) if subject.resource else partial(of_record, entry.key)
        return tell(*states_around(self._store, entry))


def _step(entry: Entry, subject: Subject, told: str) -> Step:
    origin = entry.origin
    return Step(entry.revision, origin.cause, origin.at, origin.actor, verb_of(entry), subject, told)


def _without_names(told: str) -> str:
    """Placements on several nodes are one act; so are counts on their way up."""
    if told.startswith("placed on "):
        return "placed"
    words = told.split()
    return " ".join("#" if word.isdecimal() else word for word in words)


def _critical(chronicle: Chronicle, steps: list[Step]) -> list[Revision]:
    """Back from the write that completed what was begun: the last that made something ready, else the last."""
    if not steps:
        return []
    last = max(steps, key=lambda s: (_completes(s), s.revs[-1]))
    end = last.revs[-1]
    return [*ancestors(chronicle, end), end]


def _completes(step: Step) -> bool:
    return step.summary in ("is ready", "Job complete") or step.summary.endswith((" available", " ready"))
