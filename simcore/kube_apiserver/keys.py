"""The store's keys as `etcdctl` shows them: read at any revision, and written past the API.

What is written below a kind's folder has to be an object that the API server could have stored; other keys are
free text. The simulation's own records can be looked at and not written.
Left out: see docs/deviations.md, etcd.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from simcore.apimachinery.encoding import decode, encode
from simcore.apimachinery.errors import BadRequest, Forbidden, Invalid, NotFound, TooLarge
from simcore.apimachinery.kinds import SECRET, Kind
from simcore.apimachinery.meta import Key, Obj
from simcore.apimachinery.schema_decode import Mistyped
from simcore.etcd.interface import Delete, KeyValue, Put, Revision
from simcore.kube_apiserver.http.body import Decoder, StrictFaults
from simcore.kube_apiserver.server import ApiServer
from simcore.kube_apiserver.storage import stored_form
from simcore.sim.trace import Origin

REGISTRY, WORLD = "/registry/", "/sim/"
MOST_KEYS = 1_000
"""In one answer, and deleted by one order."""
MOST_OWN = 1_000
"""Keys that are no object's, in one cluster."""
LONGEST_KEY = 512
LARGEST_OBJECT, LARGEST_TEXT = 1_572_864, 65_536


@dataclass(frozen=True)
class Page:
    """Keys in lexical order; `total` counts all from where the page begins."""

    revision: Revision
    kvs: list[KeyValue]
    total: int
    more: bool


class KeySpace:
    """The keys of one cluster, for one user."""

    def __init__(self, server: ApiServer, *, reads_secrets: bool) -> None:
        self._server, self._reads_secrets = server, reads_secrets

    def range(
        self, prefix: str, *, at: Revision | None = None, start: str = "", limit: int = MOST_KEYS
    ) -> Page:
        """`start`: the key after which the page begins. Raises: Compacted, FutureRevision."""
        first = start + "\0" if start else ""
        found = self._server.storage.store.range(
            prefix, at=at, limit=max(1, min(limit, MOST_KEYS)), start_key=first
        )
        return Page(found.revision, found.kvs, found.total, found.more)

    def get(self, key: str, *, at: Revision | None = None) -> KeyValue:
        """Raises: NotFound, Forbidden, Compacted, FutureRevision."""
        if not self.may_read(key):
            raise Forbidden("your role here does not read Secrets")
        found = self._server.storage.store.range(key, at=at, limit=1).kvs
        if not found or found[0].key != key:
            raise NotFound(f"there is no key {key}")
        return found[0]

    def may_read(self, key: str) -> bool:
        """Whether the value may be seen; that there is such a key, everybody sees."""
        return self._reads_secrets or not key.startswith((SECRET.prefix, WORLD))

    def put(self, key: str, value: bytes, origin: Origin) -> Revision:
        """Raises: BadRequest, Invalid, Forbidden, TooLarge."""
        _check_key(key)
        value = self._checked(key, value)
        return self._write([Put(key, value)], origin)

    def delete(self, key: str, origin: Origin, *, is_prefix: bool = False) -> list[str]:
        """The keys that are gone. Raises: BadRequest, Forbidden, TooLarge."""
        _check_key(key)
        found = self._server.storage.store.range(key, limit=MOST_KEYS)
        keys = [kv.key for kv in found.kvs if is_prefix or kv.key == key]
        if is_prefix and found.more:
            raise TooLarge(f"there are more than {MOST_KEYS:,} keys below {key}")
        if keys:
            self._write([Delete(name) for name in keys], origin)
        return keys

    def kind_of(self, key: str) -> Kind | None:
        """Whose object the key holds; None for a key that is no object's."""
        kinds = (kind for kind in self._server.kinds if kind.is_stored and kind.stored_as is None)
        return max((k for k in kinds if key.startswith(k.prefix)), key=lambda k: len(k.prefix), default=None)

    def _write(self, ops: list[Put] | list[Delete], origin: Origin) -> Revision:
        storage = self._server.storage
        done = storage.store.txn((), ops, origin=origin)
        for op in ops:
            storage.wake(op.key)
        return done.revision

    def _checked(self, key: str, value: bytes) -> bytes:
        kind = self.kind_of(key)
        if kind is None:
            return self._checked_text(key, value)
        if len(value) > LARGEST_OBJECT:
            raise TooLarge(f"the value has more than {LARGEST_OBJECT:,} bytes")
        obj = self._object(kind, value)
        place = kind.path(Key(obj["metadata"].get("namespace", ""), obj["metadata"].get("name", "")))
        if place != key:
            raise BadRequest(f"the object in the value belongs to the key {place}")
        return encode(stored_form(kind, obj))

    def _checked_text(self, key: str, value: bytes) -> bytes:
        if len(value) > LARGEST_TEXT:
            raise TooLarge(f"the value has more than {LARGEST_TEXT:,} bytes")
        store = self._server.storage.store
        whole, objects, world = (store.range(folder, limit=1).total for folder in ("", REGISTRY, WORLD))
        own = whole - objects - world
        if store.get(key) is None and own >= MOST_OWN:
            raise TooLarge(f"a cluster has at most {MOST_OWN:,} keys of its owner's own")
        if key.startswith(REGISTRY):
            raise BadRequest(f"there is no kind whose objects are kept at {key}")
        return value

    def _object(self, kind: Kind, value: bytes) -> Obj:
        """The object as the server would store it. Raises: BadRequest, Invalid."""
        document = _document(value)
        for field, wanted in (("apiVersion", kind.api_version), ("kind", kind.kind)):
            if document.get(field) != wanted:
                raise BadRequest(f"{field} has to be {wanted}, as for every object below {kind.prefix}")
        try:
            obj = Decoder(self._server.schema, "Strict").typed(document, kind)
        except (Mistyped, StrictFaults) as fault:
            raise BadRequest(f"the value is no {kind.kind}: {fault}") from None
        strategy = self._server.strategy(kind)
        obj = strategy.default(obj)
        meta = {name: v for name, v in obj["metadata"].items() if name != "resourceVersion"}
        for field in ("name", "uid", "creationTimestamp"):
            if not meta.get(field):
                raise BadRequest(f"metadata.{field} is missing; the API server gives every object one")
        obj = {**obj, "metadata": meta}
        if faults := strategy.validate(obj):
            raise Invalid.because(kind, meta["name"], faults)
        return obj


def text_of(value: bytes) -> str:
    """Values are UTF-8; what is not is shown with replacement characters."""
    return value.decode(errors="replace")


def _document(value: bytes) -> dict[str, Any]:
    try:
        document = decode(value)
    except ValueError:
        document = None
    if not isinstance(document, dict) or not isinstance(document.get("metadata"), dict):
        raise BadRequest("below a kind's folder a value is a JSON object with metadata")
    return document


def _check_key(key: str) -> None:
    if not 0 < len(key.encode()) <= LONGEST_KEY:
        raise BadRequest(f"a key has 1 to {LONGEST_KEY} bytes")
    if not key.isprintable():
        raise BadRequest("a key is printable")
    if key.startswith(WORLD) or WORLD.startswith(key):
        raise Forbidden(f"the records of the simulated world, below {WORLD}, are not written by hand")
