"""One cluster in an engine's memory, and one step of it: a short run whose writes are one transaction."""

from __future__ import annotations

import threading
import time
from contextlib import suppress
from dataclasses import dataclass

from clusterlab.engine.failpoints import ACQUIRED, COMMITTED, COMPUTED, PULLED, RELEASED, reach
from clusterlab.engine.lease import WRITER_TTL_MS
from clusterlab.engine.retention import cut
from clusterlab.kubeapi.authentication_keys import authority_key
from clusterlab.redis_clients import new_log
from clusterlab.schema import schema
from simcore.cluster.cluster import Cluster
from simcore.etcd.interface import Compacted, Revision
from simcore.etcd.journal import Mark
from simcore.etcd.shared_store import replica_of
from simcore.sim.clock import SimTime

MOST_UNCUT = 60_000
"""Revisions that a turn lets pile up before their history is cut."""
QUICKLY_BUILT = 20_000
"""Keys. A cluster of more goes on as it is when its history was cut: to build it anew would take seconds each time.
A replay then begins where it is next built all the same."""
STEP_S = 0.015
"""Wall time that a step computes before it commits."""
ASK_EVERY_S = 0.004
"""How often it asks meanwhile whether somebody wants to write; then it commits at once."""
HOLD_S = 1.0
"""The longest that the writer token is held over several commits; it has to be well under the token's life."""


@dataclass(frozen=True)
class Stepped:
    """What a step did."""

    took_turn: bool
    """False: an outside writer was in the store or goes first. Nothing happened."""
    is_behind: bool = False
    """There is still something due at or before the target."""
    revision: Revision = 0


assert HOLD_S * 1000 * 2 < WRITER_TTL_MS


class Replica:
    """The cluster as its owner holds it: a replica with all components on it.

    Staged writes are in the replica before they are committed, so after any failure between the two the replica is
    of no use: drop it and load again.
    """

    def __init__(self, cluster_id: str) -> None:
        self.id = cluster_id
        self.log = new_log(cluster_id)
        self.store = replica_of(self.log)
        before = self.log.progress()  # after it, so that its time is no earlier than anything in the store
        self.committed, now = self.store.revision, before.at
        self._marks = [Mark("start", self.committed, before.fired, now)]  # until they are committed
        self.cluster = Cluster(self.store, now=now, schema=schema(), authority_key=authority_key(cluster_id))

    @property
    def now(self) -> SimTime:
        return self.cluster.clock.now()

    @property
    def next_due(self) -> SimTime | None:
        return self.cluster.clock.next_due()

    def has_news(self) -> bool:
        return self.log.revision() > self.committed

    def wait(self, timeout_ms: int) -> bool:
        """Waits in real time for a write from outside."""
        return self.log.wait(self.committed, timeout_ms)

    def step(self, token: int, target: SimTime | None) -> Stepped:
        """Takes over outside writes and fires what is due up to `target`, a commit after every STEP_S or so.

        Without a target it fires whatever comes next. A paused cluster's single steps are fired whatever the target.
        It goes on like that, for HOLD_S at most, while there is more to do and nobody else wants to write.
        Raises: Fenced, Unavailable, Compacted; the replica is of no use after any of them.
        """
        if self.log.acquire(token, WRITER_TTL_MS) is None:
            return Stepped(took_turn=False)
        ends_at, is_behind, is_last = time.monotonic() + HOLD_S, True, False
        reach(ACQUIRED)
        try:
            self._pull()
            reach(PULLED)
            while not is_last:
                is_behind = self._fire_until(target)
                reach(COMPUTED)
                is_last = not is_behind or time.monotonic() > ends_at
                is_last = self._commit(token, release=is_last) or is_last
                reach(COMMITTED)
        finally:
            self.log.release(token)
        reach(RELEASED)
        return Stepped(True, is_behind, self.committed)

    @property
    def is_uncut(self) -> bool:
        """Whether there is so much history that it has to be cut before more is made."""
        return self.store.revision - self.store.kept_from > MOST_UNCUT

    @property
    def is_quickly_built(self) -> bool:
        return self.store.keys <= QUICKLY_BUILT

    def compact(self) -> bool:
        """Forgets history beyond what is kept, when it is time to; whether it did."""
        before = cut(self.store)
        if before is None:
            return False
        self.cluster.api_server.storage.share(self.store.pack(before))
        state = self.store.range("/", at=before - 1).kvs
        with suppress(Compacted):  # somebody else did it
            self.log.compact(before, state)
        self.store.compact(before)
        return True

    def _pull(self) -> None:
        """Entries of this replica's own staging never come back: they were committed as they are."""
        entries = self.log.read(self.committed)
        if entries:
            self._marks.append(Mark("take", entries[-1].revision, self.cluster.fired, self.now))
            self.store.apply(entries)
            self.committed = self.store.revision
            self.cluster.take(entries)

    def _fire_until(self, target: SimTime | None) -> bool:
        """Whether there is more to fire. What was pulled may have moved time beyond the target."""
        target = None if target is None else max(target, self.now)
        cluster, now = self.cluster, time.monotonic()
        end, ask_at = now + STEP_S, now + min(ASK_EVERY_S, STEP_S)
        while self._has_more(target):
            cluster.fire_next()
            now = time.monotonic()
            if now > ask_at and not cluster.pacing.steps_left:
                if now > end or self.log.is_waited_for():
                    break
                ask_at = now + ASK_EVERY_S
        if self._has_more(target):
            return True
        if target is not None and not cluster.pacing.is_paused:
            cluster.clock.advance_to(target)
        return False

    def _has_more(self, target: SimTime | None) -> bool:
        pacing, due = self.cluster.pacing, self.next_due
        if pacing.is_paused:
            return pacing.steps_left > 0
        return due is not None and (target is None or due <= target)

    def _commit(self, token: int, *, release: bool) -> bool:
        """Whether somebody else wants to write."""
        staged = self.store.entries_since(self.committed)
        if not staged:
            return self.log.is_waited_for()
        is_waited_for = self.log.commit(
            token,
            self.committed,
            staged,
            at=self.now,
            fired=self.cluster.fired,
            marks=self._marks,
            release=release,
        )
        self.committed, self._marks = self.store.revision, []
        return is_waited_for


class Warm:
    """Replicas that this process may use again: those whose last owner was this process.

    An entry goes when another owner ran the cluster meanwhile, when a step failed, or when there are too many.
    """

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._kept: dict[str, tuple[int, Replica]] = {}
        self._lock = threading.Lock()

    def take(self, cluster_id: str, token: int) -> Replica:
        """The replica for the owner with this fencing token: the kept one if its owner came just before."""
        with self._lock:
            last, replica = self._kept.pop(cluster_id, (0, None))
        return replica if replica is not None and last == token - 1 else Replica(cluster_id)

    def drop_useless(self) -> bool:
        """Whether there were replicas of clusters that are gone, or that others run now. Raises: Unavailable."""
        with self._lock:
            kept = {cluster_id: token for cluster_id, (token, _) in self._kept.items()}
        gone = [cluster_id for cluster_id, token in kept.items() if _is_useless(cluster_id, token)]
        with self._lock:
            for cluster_id in gone:
                self._kept.pop(cluster_id, None)
        return bool(gone)

    def keep(self, replica: Replica, token: int) -> None:
        with self._lock:
            self._kept[replica.id] = (token, replica)
            if len(self._kept) > self._limit:
                del self._kept[next(iter(self._kept))]


def _is_useless(cluster_id: str, token: int) -> bool:
    """The next owner after the one with this token may be this process again, which then takes the replica."""
    log = new_log(cluster_id)
    return log.revision() == 0 or log.newest_owner() > token + 1
