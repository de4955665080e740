"""Leases on simulated time: keys that go away together when nobody renews the lease.

Models: etcd 3.6 server/lease (lessor). A lease is itself a record of the store (`/leases/live/<id>`), so it is shared,
survives a take-over and has a history as everything else. Its id is the revision that granted it.

Left out: see docs/deviations.md, etcd (granting and renewing are revisions here; in etcd they are not).
"""

from __future__ import annotations

from simcore.apimachinery.encoding import decode, encode
from simcore.etcd.interface import (
    LEASES,
    STORE,
    Compare,
    Delete,
    Entry,
    LeaseId,
    LeaseNotFound,
    Put,
    Store,
    StoreError,
    lease_key,
)
from simcore.sim.clock import Clock, SimTime, Timer
from simcore.sim.trace import Origin

ACTOR = "etcd"


class Lessor:
    """Grants, renews and ends leases. One per engine ends those that run out; others may grant and renew."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store, self._clock = store, clock
        self._attached: dict[LeaseId, dict[str, None]] = {}  # keys by lease; an entry goes with its last key
        self._lease_of: dict[str, LeaseId] = {}
        self._timers: dict[LeaseId, Timer] = {}  # of every lease that this lessor ends; goes with the lease
        self._ends_leases = False
        for kv in store.range("/").kvs:
            self._attach(kv.key, kv.lease)
        self._watch = store.watch("/", start=store.revision + 1)

    def grant(self, ttl_ms: int) -> LeaseId:
        """Raises: ValueError for a time that is not positive."""
        if ttl_ms <= 0:
            raise ValueError(f"a lease's time to live must be positive: {ttl_ms} ms")
        for _ in range(100):
            lease = self._store.revision + 1
            path = lease_key(lease)
            made = self._store.txn(
                [Compare(path, "mod", "==", 0)], [self._record(lease, ttl_ms)], origin=self._origin()
            )
            if made.succeeded:
                return lease
        raise StoreError("no free lease id")

    def keep_alive(self, lease: LeaseId) -> SimTime:
        """Starts the lease's time anew; returns when it will run out. Raises: LeaseNotFound."""
        kv = self._store.get(lease_key(lease))
        if kv is None:
            raise LeaseNotFound
        record = self._record(lease, decode(kv.value)["ttl_ms"])
        there = [Compare(kv.key, "mod", ">", 0)]
        if not self._store.txn(there, [record], origin=self._origin()).succeeded:
            raise LeaseNotFound
        return self._clock.now() + int(decode(kv.value)["ttl_ms"])

    def revoke(self, lease: LeaseId) -> None:
        """Deletes the lease and every key attached to it, in one revision. Raises: LeaseNotFound."""
        for _ in range(100):
            newest = self._store.revision
            self.sync()
            if self._store.get(lease_key(lease)) is None:
                raise LeaseNotFound
            ops = [Delete(lease_key(lease)), *(Delete(key) for key in self.keys(lease))]
            unchanged = [Compare(STORE, "mod", "==", newest)]  # so that no key is attached at the last moment
            if self._store.txn(unchanged, ops, origin=self._origin(lease)).succeeded:
                return
        raise StoreError(f"the keys of lease {lease} changed at every try")

    def keys(self, lease: LeaseId) -> list[str]:
        """Those attached to the lease, in order, as of the last sync()."""
        return sorted(self._attached.get(lease, ()))

    def time_left(self, lease: LeaseId) -> int:
        """Milliseconds until the lease runs out; 0 when it is over. Raises: LeaseNotFound."""
        kv = self._store.get(lease_key(lease))
        if kv is None:
            raise LeaseNotFound
        return max(int(decode(kv.value)["expires_ms"]) - self._clock.now(), 0)

    def start(self) -> None:
        """From now on this lessor ends every lease when its time has come."""
        self._ends_leases = True
        for kv in self._store.range(LEASES).kvs:
            self._await(_lease(kv.key), decode(kv.value)["expires_ms"])

    def sync(self) -> None:
        """Takes notice of what has been written; call it after each batch of writes."""
        for entry in self._watch.poll():
            self._notice(entry)

    def _notice(self, entry: Entry) -> None:
        if entry.key.startswith(LEASES):
            if entry.value is not None:
                if self._ends_leases:
                    self._await(_lease(entry.key), decode(entry.value)["expires_ms"])
            elif timer := self._timers.pop(_lease(entry.key), None):
                timer.cancel()
        self._attach(entry.key, entry.lease if entry.value is not None else 0)

    def _attach(self, key: str, lease: LeaseId) -> None:
        old = self._lease_of.pop(key, 0)
        if old:
            self._attached[old].pop(key, None)
            if not self._attached[old]:
                del self._attached[old]
        if lease:
            self._lease_of[key] = lease
            self._attached.setdefault(lease, {})[key] = None

    def _await(self, lease: LeaseId, expires_ms: SimTime) -> None:
        if timer := self._timers.pop(lease, None):
            timer.cancel()
        self._timers[lease] = self._clock.call_at(
            expires_ms, lambda: self._expire(lease), label=f"lease {lease}"
        )

    def _expire(self, lease: LeaseId) -> None:
        self.sync()
        try:
            if self.time_left(lease) == 0:
                self.revoke(lease)
        except LeaseNotFound:
            pass  # revoked by its owner at the last moment

    def _record(self, lease: LeaseId, ttl_ms: int) -> Put:
        return Put(lease_key(lease), encode({"ttl_ms": ttl_ms, "expires_ms": self._clock.now() + ttl_ms}))

    def _origin(self, cause: int = 0) -> Origin:
        return Origin(ACTOR, cause, self._clock.now())


def _lease(path: str) -> LeaseId:
    return int(path.rsplit("/", 1)[1])
