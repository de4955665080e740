"""The verbs of `manage.py cluster` that are about time: steps, goals, forks, files, replays, comparisons."""

from __future__ import annotations

import time
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import CommandError, OutputWrapper

from clusterlab.hub import hub
from clusterlab.kubeapi.authentication_keys import authority_key
from clusterlab.labs import archive, services
from clusterlab.labs.access import Access, Visitor
from clusterlab.labs.forking import adopt, fork_cluster, state_at
from clusterlab.labs.models import Cluster, Role
from clusterlab.labs.recording import record
from clusterlab.logs import printable
from clusterlab.schema import schema
from simcore.cluster.difference import difference, parting
from simcore.cluster.replay import NotReplayable, replay
from simcore.cluster.world import CLOCK
from simcore.etcd.snapshot import BadSnapshot, Snapshot, dump, load

ACTOR = "user:command-line"
POLL_S = 0.1
PATIENCE_S = 3_600.0
MOST_SHOWN = 200
LONGEST_VALUE = 100
ON_ONE = {
    "step": "pause it and fire single timers",
    "until": "let its time go on until something is true, and wait for it",
    "fork": "make a cluster that was the same up to a kept revision",
    "export": "write it with all that is kept of its history to a file",
}
ON_OTHERS = {
    "import": "make a cluster from an exported file",
    "replay": "run an exported history again and compare what comes out",
    "compare": "print what differs between two clusters or revisions",
    "recover": "write clusters that Redis has lost back from the archive",
}


class TimeVerbs:
    """Mixed into the command; each method is one verb."""

    stdout: OutputWrapper

    def time_arguments(self, name: str, verb: ArgumentParser) -> None:
        match name:
            case "step":
                verb.add_argument("count", type=int, nargs="?", default=1)
            case "until":
                verb.add_argument("condition", help='as "deployment/web available" or "any pod Failed"')
                verb.add_argument("--limit", type=float, default=services.LIMIT_S, help="simulated seconds")
            case "fork":
                verb.add_argument("name", nargs="?", default="")
                verb.add_argument("--revision", type=int)
            case "export":
                verb.add_argument("file", type=Path)
                verb.add_argument("--revision", type=int, help="the state at this revision alone")
            case "import":
                verb.add_argument("file", type=Path)
                verb.add_argument("name")
            case "replay":
                verb.add_argument("file", type=Path)
            case "compare":
                verb.add_argument("one", help="a cluster's id or name, with @<revision> if wanted")
                verb.add_argument("other")

    def _step(self, cluster: Cluster, count: int, **_: Any) -> None:
        services.set_clock(hub.get(cluster.id), ACTOR, steps=count)

    def _until(self, cluster: Cluster, condition: str, limit: float, **_: Any) -> None:
        resident = hub.get(cluster.id)
        services.set_clock(resident, ACTOR, until=condition, limit_s=limit)
        deadline = time.monotonic() + PATIENCE_S
        while time.monotonic() < deadline:
            resident.sync()
            resident.used()
            goal = (resident.record(CLOCK) or {}).get("goal") or {}
            if goal.get("state") != "running":
                break
            time.sleep(POLL_S)
        if goal.get("state") != "reached":
            raise CommandError(
                f"{condition!r}: {goal.get('state', 'replaced')} {goal.get('message', '')}".strip()
            )
        self.stdout.write(f"reached at {goal['at'] / 1000:g} s")

    def _fork(self, cluster: Cluster, name: str, revision: int | None, **_: Any) -> None:
        self._tell(
            fork_cluster(cluster, hub.get(cluster.id), visitor=Visitor(), revision=revision, name=name)
        )

    def _export(self, cluster: Cluster, file: Path, revision: int | None, **_: Any) -> None:
        kept = record(cluster.id) if revision is None else state_at(hub.get(cluster.id), revision)
        data = dump(kept)
        file.write_bytes(data)
        newest = kept.log[-1].revision if kept.log else kept.revision
        self.stdout.write(f"revisions {kept.revision} to {newest}, {len(data):,} bytes")

    def _import(self, file: Path, name: str, **_: Any) -> None:
        self._tell(adopt(_read(file), name, visitor=Visitor()))

    def _replay(self, file: Path, **_: Any) -> None:
        try:
            done = replay(_read(file), schema=schema(), authority_key=authority_key)
        except NotReplayable as error:
            raise CommandError(f"{file}: {error}") from None
        run = f"revisions {done.begin + 1} to {done.end}: {done.inputs} inputs, {done.firings} timers"
        self.stdout.write(f"{run}\nrecorded {done.recorded}\nreplayed {done.replayed}")
        if not done.is_same:
            lost = done.divergence
            where = (
                f"first at revision {lost.revision}: {printable(lost.key)}" if lost else "one of them goes on"
            )
            raise CommandError(f"the histories differ, {where}")
        self.stdout.write("the same history")

    def _compare(self, one: str, other: str, **_: Any) -> None:
        (left, left_log), (right, right_log) = self._state(one), self._state(other)
        found = difference(left.kvs, right.kvs)
        lines = [f"+ {key}" for key in found.added] + [f"- {key}" for key in found.removed]
        for key, changes in found.changed.items():
            lines += [
                f"~ {key} {change.path}: {_short(change.old)} -> {_short(change.new)}" for change in changes
            ]
        for line in lines[:MOST_SHOWN]:
            self.stdout.write(printable(line))
        counts = f"{len(found.added)} added, {len(found.removed)} removed, {len(found.changed)} changed"
        self.stdout.write(counts)
        parts_at = parting(left_log.log, right_log.log)
        if parts_at is not None:
            self.stdout.write(f"the histories part at revision {parts_at}")

    def _recover(self, **_: Any) -> None:
        for cluster in Cluster.objects.filter(deleted_at=None):
            revision = archive.recover(cluster.id)
            if revision is not None:
                self.stdout.write(f"{cluster.id}  {printable(cluster.name)}  revision {revision}")

    def _state(self, text: str) -> tuple[Snapshot, Snapshot]:
        """The state that is meant, and the cluster's log."""
        name, _, revision = text.partition("@")
        if revision and not revision.isdecimal():
            raise CommandError(f"{text!r}: a revision is a number")
        cluster = find_cluster(name)
        return state_at(hub.get(cluster.id), int(revision) if revision else None), record(cluster.id)

    def _tell(self, access: Access) -> None:
        made = services.share(access.cluster, Role.OPERATE, "never")
        self.stdout.write(f"{access.cluster.id}  {settings.PUBLIC_URL}/s/{made.token}")


def _short(value: object) -> str:
    """A value as Python writes it; of a certificate, say, only the beginning."""
    text = repr(value)
    return text if len(text) <= LONGEST_VALUE else f"{text[: LONGEST_VALUE - 3]}..."


def find_cluster(text: str) -> Cluster:
    """By id, or by a name that only one cluster has. Raises: CommandError."""
    living = Cluster.objects.filter(deleted_at=None)
    found = list(living.filter(pk=text)) or list(living.filter(name=text)[:2])
    if len(found) != 1:
        raise CommandError(f"{'no cluster is' if not found else 'several clusters are'} called {text!r}")
    return found[0]


def _read(file: Path) -> Snapshot:
    try:
        return load(file.read_bytes())
    except (OSError, BadSnapshot) as error:
        raise CommandError(f"{file}: {error}") from None
