"""Random histories against the simple model, faults among the rules: nothing a store says may differ.

A failing history is printed by hypothesis as a program that repeats it.
"""

from __future__ import annotations

import os
from collections.abc import Callable

from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from msgspec.structs import replace

from simcore.etcd.compare import holds
from simcore.etcd.interface import (
    Compacted,
    Compare,
    Delete,
    FutureRevision,
    LeaseNotFound,
    Op,
    Put,
    Unavailable,
    Watch,
    lease_key,
)
from simcore.sim.trace import Origin
from tests.kit.redis_process import RedisProcess
from tests.kit.store_model import Model
from tests.kit.store_systems import MemorySystem, RedisSystem, System

EXAMPLES = int(os.environ.get("STORE_EXAMPLES", "60"))

LEASE, NO_LEASE = 7, 8
"""The one is there from the beginning, the other never is."""

keys = st.sampled_from(
    ["/registry/pods/d/a", "/registry/pods/d/ab", "/registry/pods/e/a", "/registry/podsx/d/a", "/s/c"]
)
prefixes = st.sampled_from(
    ["/", "/registry/", "/registry/pods/", "/registry/pods/d/", "/registry/pods/d/a", "/s/", "/no/x/"]
)
values = st.sampled_from([b"", b"1", b"2", b"long " * 60])


def op_lists_with(*leases: int) -> st.SearchStrategy[list[Op]]:
    ops = st.one_of(st.builds(Put, keys, values, st.sampled_from(leases)), st.builds(Delete, keys))
    return st.lists(ops, min_size=1, max_size=4, unique_by=lambda op: op.key)


op_lists, step_lists = op_lists_with(0, LEASE, 0, LEASE, NO_LEASE), op_lists_with(0, LEASE)
comparators = st.sampled_from(["==", "!=", "<", ">"])
numeric = st.sampled_from(["mod", "create", "version", "lease"])
numbers = st.builds(Compare, keys, numeric, comparators, st.integers(0, 9))
contents = st.builds(Compare, keys, st.just("value"), comparators, values)
compares = st.lists(numbers | contents, max_size=2)
origins = st.builds(
    Origin, st.sampled_from(["user:ada", "kubelet/node 1"]), st.integers(0, 5), st.integers(0, 50)
)


class StoreMachine(RuleBasedStateMachine):
    """`make` is set by whoever runs it."""

    make: Callable[[], System]

    def __init__(self) -> None:
        super().__init__()
        self.system, self.model = type(self).make(), Model()
        self.engine_step([Put(lease_key(LEASE), b"")], Origin("etcd", 0, 0))
        self.watches: list[
            tuple[Watch, str, int]
        ] = []  # with its prefix and the next revision it has to show

    @rule(
        view=st.integers(0, 1), when=compares, then=op_lists, otherwise=op_lists | st.just([]), origin=origins
    )
    def transaction(self, view, when, then, otherwise, origin):
        is_refused = self._is_refused(when, then, otherwise)
        try:
            result = self.system.txn(view, when, then, otherwise, self._timely(origin))
        except LeaseNotFound:
            assert is_refused
            return
        assert not is_refused
        succeeded = self.model.txn(when, then, otherwise, self._timely(origin))
        assert (result.succeeded, result.revision) == (succeeded, self.model.revision)
        if not succeeded:
            assert result.current == tuple(self.model.now.get(c.key) for c in when)

    @rule(when=compares, then=op_lists, otherwise=op_lists | st.just([]), origin=origins)
    def late_transaction(self, when, then, otherwise, origin):
        before = self.model.revision
        try:
            result = self.system.late_txn(when, then, otherwise, self._timely(origin))
        except LeaseNotFound:
            assert self._is_refused(when, then, otherwise)
            return
        if result is None:
            assert self.system.views()[0].revision == before, "told to begin anew, and yet it was written"
            return
        assert result.succeeded == self.model.txn(when, then, otherwise, self._timely(origin))
        assert result.revision == self.model.revision

    @precondition(lambda self: isinstance(self.system, RedisSystem))
    @rule(when=compares, then=op_lists, origin=origins, arrives=st.booleans())
    def unanswered_transaction(self, when, then, origin, arrives):
        try:
            self.system.unanswered_txn(when, then, origin, arrives=arrives)
        except Unavailable:
            if arrives:
                self.model.txn(when, then, [], origin)
        except LeaseNotFound:
            assert self._is_refused(when, then, [])
        else:
            raise AssertionError("nobody has answered")

    @precondition(lambda self: isinstance(self.system, RedisSystem) and self.system.can_be_killed)
    @rule()
    def redis_is_killed(self):
        self.system.kill()

    @rule(steps=step_lists, origin=origins)
    def engine_step(self, steps, origin):
        origin = replace(origin, at=max(origin.at, self.model.last_at))
        self.system.step(steps, origin)
        for op in steps:
            self.model.write([op], origin)
        self.model.last_at = origin.at  # a step tells how late it is, even when it writes nothing

    @rule(steps=step_lists, origin=origins)
    def stale_engine_step(self, steps, origin):
        assert not self.system.stale_step(steps, origin)

    @rule()
    def another_process(self):
        self.system.newcomer()

    @rule(view=st.integers(0, 2), prefix=prefixes, back=st.integers(0, 4))
    def open_watch(self, view, prefix, back):
        views = self.system.views()
        start = max(self.model.revision + 1 - back, 0)
        try:
            self.watches.append((views[view % len(views)].watch(prefix, start=start), prefix, start))
        except Compacted:
            assert self._may_be_gone(start)

    @rule(view=st.integers(0, 2), prefix=prefixes)
    def watch_all_that_is_kept(self, view, prefix):
        self.open_watch(view, prefix, self.model.revision + 1 - self.model.kept_from)

    @rule()
    def a_sleeper_wakes(self):
        view = self.system.sleeper()
        assert view is None or view.range("/").kvs == self.model.under("/", self.model.revision)

    @precondition(lambda self: self.watches)
    @rule(number=st.integers(0, 9))
    def poll(self, number):
        number %= len(self.watches)
        watch, prefix, start = self.watches.pop(number)
        self.system.views()
        try:
            seen = watch.poll()
        except Compacted:
            assert start < self.model.kept_from
            return
        shown = max((e.revision for e in seen), default=start - 1)
        assert seen == self.model.changes(prefix, start, shown), (
            "ordered, unique, atomic, with nothing left out"
        )
        if isinstance(self.system, MemorySystem):
            assert seen == self.model.changes(prefix, start, self.model.revision)
        self.watches.append((watch, prefix, shown + 1))

    @rule(
        prefix=prefixes,
        back=st.integers(-1, 5),
        limit=st.sampled_from([None, 1, 2]),
        start_key=keys | st.just(""),
    )
    def read(self, prefix, back, limit, start_key):
        at = max(self.model.revision - back, 0)
        for view in self.system.views():
            try:
                found = view.range(prefix, at=at, limit=limit, start_key=start_key)
            except FutureRevision:
                assert at > self.model.revision
            except Compacted:
                assert self._may_be_gone(at)
            else:
                wanted = self.model.under(prefix, at, start_key)
                assert (found.kvs, found.revision, found.total) == (wanted[:limit], at, len(wanted))
                assert found.more == (limit is not None and limit < len(wanted))

    @precondition(lambda self: self.model.revision > 2)
    @rule(back=st.integers(0, 3))
    def compact(self, back):
        before = self.model.revision - back
        if before < self.model.kept_from:
            return
        try:
            self.system.compact(before)
        except Compacted:
            assert self._may_be_gone(before)
        else:
            self.model.kept_from = before

    @invariant()
    def every_view_is_the_model(self):
        for view in self.system.views():
            assert view.revision == self.model.revision
            assert view.range("/").kvs == self.model.under("/", self.model.revision)

    def _may_be_gone(self, revision: int) -> bool:
        """A process that joined after a compaction may keep less than the others, but never less than the present."""
        return revision < self.model.kept_from or (
            isinstance(self.system, RedisSystem) and self.model.kept_from > 1
        )

    def _is_refused(self, when: list[Compare], then: list[Op], otherwise: list[Op]) -> bool:
        succeeds = all(holds(c, self.model.now.get(c.key)) for c in when)
        return any(isinstance(op, Put) and op.lease == NO_LEASE for op in (then if succeeds else otherwise))

    def _timely(self, origin: Origin) -> Origin:
        """A memory store takes the time as it is given; only the shared log mends it."""
        return (
            replace(origin, at=max(origin.at, self.model.last_at))
            if isinstance(self.system, MemorySystem)
            else origin
        )


def check(make: Callable[[], System], *, examples: int = EXAMPLES, shrink: bool = True) -> None:
    """Runs the machine. Raises: AssertionError with the history that shows a difference."""
    machine = type("Machine", (StoreMachine,), {"make": staticmethod(make)})
    phases = [Phase.generate, Phase.shrink] if shrink else [Phase.generate]
    quiet = [HealthCheck.too_slow, HealthCheck.filter_too_much, HealthCheck.data_too_large]
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=examples, stateful_step_count=30, derandomize=True, deadline=None, database=None,
            suppress_health_check=quiet, report_multiple_bugs=False, phases=phases,
        ),
    )  # fmt: skip


def test_the_memory_store_is_the_model():
    check(MemorySystem, examples=4 * EXAMPLES)


def test_the_shared_store_is_the_model(redis_url: str):
    check(lambda: RedisSystem(redis_url))


def test_the_shared_store_is_the_model_though_redis_is_killed(own_redis: RedisProcess):
    check(lambda: RedisSystem(own_redis.url, process=own_redis), examples=EXAMPLES // 6)
