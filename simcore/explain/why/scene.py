"""What an explanation may look at: the cluster at one revision, and the log behind it."""

from __future__ import annotations

from collections.abc import Callable
from itertools import islice

from simcore.apimachinery.encoding import decode
from simcore.apimachinery.kinds import EVENT, POD, Kind
from simcore.apimachinery.meta import Key, Obj, labels_of
from simcore.apimachinery.selectors import matches
from simcore.etcd.interface import Compacted, Entry, Revision
from simcore.explain.chronicle import Chronicle
from simcore.explain.past import Found, Past
from simcore.explain.subjects import Subjects
from simcore.explain.why.answer import Proof

MOST_LOOKED_BACK = 200
MOST_PODS = 2_000
MOST_MESSAGE = 300


class Scene:
    """Read-only."""

    def __init__(self, past: Past, chronicle: Chronicle, subjects: Subjects) -> None:
        self.past, self.chronicle, self.subjects = past, chronicle, subjects

    def find(self, kind: Kind, key: Key) -> Found | None:
        return self.past.find(kind, key)

    def creation(self, path: str) -> Entry | None:
        """The entry that created what is there now, if it is kept."""
        found = self.past.key_value(path)
        entries = self.chronicle.writes(found.create_revision) if found else []
        return next((entry for entry in entries if entry.key == path), None)

    def since(self, path: str, holds: Callable[[Obj], bool]) -> Revision:
        """Since when something has been true without a break that is true now, as far as we look back."""
        oldest = 0
        for entry in islice(self.chronicle.history(path, until=self.past.revision), MOST_LOOKED_BACK):
            if entry.value is None or not holds(decode(entry.value)):
                break
            oldest = entry.revision
        if not oldest:
            found = self.past.key_value(path)
            oldest = found.mod_revision if found else 0
        return oldest

    def pods_of(self, namespace: str, selector: Obj) -> list[Found]:
        """Those with the labels, in order of their names, at most MOST_PODS."""
        found: list[Found] = []
        for kv in self.past.stored(POD, namespace)[:MOST_PODS]:
            pod = decode(kv.value)
            if matches(selector, labels_of(pod)):
                found.append(Found(pod, kv.mod_revision))
        return found

    def last_warning(
        self, namespace: str, name: str, uid: str, reason: str = "", word: str = ""
    ) -> Proof | None:
        """The newest Warning about an object; one for this reason, with this word in it, if they are given."""
        newest: Proof | None = None
        for kv in self.past.named(EVENT.folder(namespace or "default") + name + "."):
            event = decode(kv.value)
            is_about = (event.get("involvedObject") or {}).get("uid") == uid
            if (
                is_about
                and event.get("reason", "").startswith(reason)
                and word in event.get("message", "")
                and event.get("type") == "Warning"
                and (newest is None or kv.mod_revision > newest.rev)
            ):
                newest = Proof(
                    kv.mod_revision, f"{event.get('reason', '')}: {shortened(event.get('message', ''))}"
                )
        return newest

    def is_kept(self, revision: Revision) -> bool:
        try:
            self.chronicle.check_kept(revision)
        except Compacted:
            return False
        return True


def shortened(text: str) -> str:
    return text if len(text) <= MOST_MESSAGE else f"{text[:MOST_MESSAGE]}..."


def condition(obj: Obj, kind: str) -> Obj:
    """An empty one when it is not there."""
    conditions = (obj.get("status") or {}).get("conditions") or ()
    found: Obj = next((c for c in conditions if c["type"] == kind), {})
    return found


def listed(names: list[str], most: int = 3) -> str:
    """`a, b and 4 more`"""
    rest = len(names) - most
    return ", ".join(names[:most]) + (f" and {rest} more" if rest > 0 else "")
