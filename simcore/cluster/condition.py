"""Conditions to run until, written as one would say them.

    deployment/web available          any pod Failed          all pods ready in shop
    pod/web-1 gone                    node/node-1 not ready   any event BackOff

A subject (`<kind>/<name>`, `any <kind>` or `all <kind>`), a state, and at the end a namespace for a subject that
has one (`in <namespace>`; a named object's is `default`). A state is a phase (Running), a condition's type
(available: its status is True), a reason (CrashLoopBackOff), or `exists` and `gone`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from simcore.apimachinery.kinds import Kind, KindTable
from simcore.apimachinery.meta import Obj

Lister = Callable[[Kind, str | None], list[Obj]]
"""The objects of a kind, in one namespace or in all."""


class BadCondition(ValueError):
    """The text is no condition; the message says what is wrong with it."""


@dataclass(frozen=True)
class Condition:
    kind: Kind
    name: str
    """'' for a subject that is any or all objects of the kind."""
    every: bool
    namespace: str | None
    negated: bool
    state: str

    def holds(self, objects: Lister) -> bool:
        """Whether it is true now. Of no objects at all, `all` is false: there is nothing that it could be true of."""
        found = [
            o
            for o in objects(self.kind, self.namespace)
            if not self.name or o["metadata"]["name"] == self.name
        ]
        if self.state in ("exists", "gone"):
            return bool(found) == ((self.state == "exists") != self.negated)
        answers = [(self.state in states(obj)) != self.negated for obj in found]
        return bool(answers) and (all(answers) if self.every else any(answers))


def parse(text: str, kinds: KindTable) -> Condition:
    """Raises: BadCondition."""
    words = text.split()
    namespace: str | None = None
    if len(words) >= 3 and words[-2].lower() == "in":
        namespace = words[-1]
        words = words[:-2]
    every, named = words[:1] == ["all"], "/" in (words[0] if words else "")
    if words[:1] in (["any"], ["all"]):
        words = words[1:]
    elif not named:
        raise BadCondition(f"{text!r}: begin with <kind>/<name>, any <kind> or all <kind>")
    negated = words[1:2] == ["not"]
    state = words[2:] if negated else words[1:]
    if len(state) != 1:
        raise BadCondition(
            f"{text!r}: after {words[0] if words else 'the subject'!r} say one state, as ready or Failed"
        )
    kind_name, _, name = words[0].partition("/")
    kind = _kind(kind_name, kinds)
    if kind is None:
        raise BadCondition(f"{text!r}: there is no kind {kind_name!r}")
    if name and kind.namespaced:
        namespace = namespace or "default"
    return Condition(kind, name, every, namespace if kind.namespaced else None, negated, state[0].lower())


def states(obj: Obj) -> frozenset[str]:
    """Everything an object may be said to be, in lower case."""
    return frozenset(word.lower() for word in _states(obj) if word)


def _states(obj: Obj) -> Iterator[str]:
    status = obj.get("status") or {}
    yield from (obj.get("reason", ""), status.get("phase", ""), status.get("reason", ""))
    if "deletionTimestamp" in obj["metadata"]:
        yield "terminating"
    for condition in status.get("conditions") or ():
        if condition.get("status") == "True":
            yield condition["type"]
    for container in status.get("containerStatuses") or ():
        for state in (container.get("state") or {}).values():
            yield state.get("reason", "")


def _kind(name: str, kinds: KindTable) -> Kind | None:
    wanted = name.lower()
    for kind in kinds:
        if wanted in (kind.plural, kind.singular, *kind.short_names):
            return kind
    return None
