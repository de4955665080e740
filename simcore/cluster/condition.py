"""Conditions to run until, written as one would say them.

    deployment/web available          any pod Failed          all pods ready in shop
    pod/web-1 gone                    node/node-1 not ready   3 pods Running and any event BackOff

A subject (`<kind>/<name>`, `any <kind>`, `all <kind>` or a number of them: at least so many), a state, and at the end
a namespace for a subject that has one (`in <namespace>`; a named object's may stand before its name, as in
`pod/shop/web-1`, and is `default` otherwise). A state is a phase (Running), a condition's type (available: its status
is True), a reason (CrashLoopBackOff), or `exists` and `gone`.
`and` binds closer than `or`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import chain
from typing import NamedTuple

from simcore.apimachinery.kinds import Kind, KindTable
from simcore.apimachinery.meta import Obj

Lister = Callable[[Kind, str | None], list[Obj]]
"""The objects of a kind, in one namespace or in all."""
MOST_CLAUSES = 16


class BadCondition(ValueError):
    """The text is no condition; the message says where and what is wrong with it."""


class Word(NamedTuple):
    text: str
    at: int
    """The character of the whole text at which it begins, counted from 1."""


@dataclass(frozen=True)
class Clause:
    """What is said of one subject."""

    kind: Kind
    name: str
    """'' for a subject that is more than one object."""
    least: int | None
    """How many have to be in the state; None: all of them."""
    namespace: str | None
    negated: bool
    state: str

    def concerns(self, name: str) -> bool:
        return not self.name or name == self.name

    def is_met_by(self, obj: Obj) -> bool:
        return (self.state in states(obj)) != self.negated

    def verdict(self, found: int, met: int) -> bool:
        """Of no objects at all, `all` is false: there is nothing that it could be true of."""
        if self.state in ("exists", "gone"):
            return bool(found) == ((self.state == "exists") != self.negated)
        return found == met > 0 if self.least is None else met >= self.least

    def holds(self, objects: Lister) -> bool:
        found = [o for o in objects(self.kind, self.namespace) if self.concerns(o["metadata"]["name"])]
        return self.verdict(len(found), sum(map(self.is_met_by, found)))


@dataclass(frozen=True)
class Condition:
    """True when every clause of one of the alternatives is."""

    alternatives: tuple[tuple[Clause, ...], ...]

    @property
    def clauses(self) -> Iterator[Clause]:
        return chain.from_iterable(self.alternatives)

    def is_true(self, of: Callable[[Clause], bool]) -> bool:
        return any(all(map(of, clauses)) for clauses in self.alternatives)

    def holds(self, objects: Lister) -> bool:
        """Whether it is true now."""
        return self.is_true(lambda clause: clause.holds(objects))


def parse(text: str, kinds: KindTable) -> Condition:
    """Raises: BadCondition."""
    words = [Word(found[0], found.start() + 1) for found in re.finditer(r"\S+", text)]
    end = Word("", len(text) + 1)
    alternatives = []
    for part, after in _split(words, "or", end):
        clauses = [_clause(some, then, kinds) for some, then in _split(part, "and", after)]
        alternatives.append(tuple(clauses))
    if sum(map(len, alternatives)) > MOST_CLAUSES:
        raise BadCondition(f"at most {MOST_CLAUSES} parts can be joined by and, or")
    return Condition(tuple(alternatives))


def _split(words: list[Word], joint: str, end: Word) -> Iterator[tuple[list[Word], Word]]:
    """The parts between the words `joint`, each with the word that comes after it."""
    part: list[Word] = []
    for word in words:
        if word.text.lower() == joint:
            yield part, word
            part = []
        else:
            part.append(word)
    yield part, end


def _clause(words: list[Word], end: Word, kinds: KindTable) -> Clause:
    namespace: str | None = None
    if len(words) >= 3 and words[-2].text.lower() == "in":
        namespace = words[-1].text
        words = words[:-2]
    first = words[0] if words else end
    least, words = _quantity(first, words)
    subject = words[0] if words else end
    if not words:
        raise _bad(end, "say a kind, as pods")
    negated = [w.text for w in words[1:2]] == ["not"]
    rest = words[2:] if negated else words[1:]
    if len(rest) != 1:
        place = rest[1] if rest else end
        raise _bad(place, f"after {subject.text!r} say one state, as ready or Failed")
    kind_name, _, name = subject.text.partition("/")
    kind = _kind(kind_name, kinds)
    if kind is None:
        raise _bad(subject, f"there is no kind {kind_name!r}")
    if "/" in name:
        if namespace is not None or not kind.namespaced or name.count("/") > 1:
            raise _bad(subject, "this name has a part too many")
        namespace, name = name.split("/")
    if name and kind.namespaced:
        namespace = namespace or "default"
    return Clause(kind, name, least, namespace if kind.namespaced else None, negated, rest[0].text.lower())


def _quantity(first: Word, words: list[Word]) -> tuple[int | None, list[Word]]:
    """How many are meant, and the words from the kind on."""
    if first.text in ("any", "all"):
        return (1 if first.text == "any" else None), words[1:]
    if first.text.isdecimal() and int(first.text) > 0:
        return int(first.text), words[1:]
    if "/" not in first.text:
        raise _bad(first, "begin with <kind>/<name>, any <kind>, all <kind> or <number> <kind>")
    return 1, words


def _bad(word: Word, message: str) -> BadCondition:
    return BadCondition(f"at character {word.at}{f' ({word.text!r})' if word.text else ''}: {message}")


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
