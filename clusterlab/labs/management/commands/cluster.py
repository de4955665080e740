"""`manage.py cluster`: what the dashboard does to clusters, from the command line."""

from __future__ import annotations

from argparse import ArgumentParser, ArgumentTypeError
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError

from clusterlab.engine import pace
from clusterlab.engine.pace import FLAT_OUT
from clusterlab.hub import hub
from clusterlab.kubeapi import authentication_flags as api_server
from clusterlab.labs import creating, machines, services
from clusterlab.labs.access import Access, Visitor
from clusterlab.labs.faults import NoSuchNode
from clusterlab.labs.kubeconfig import kubeconfig
from clusterlab.labs.management.time_verbs import ON_ONE, ON_OTHERS, TimeVerbs, find_cluster
from clusterlab.labs.models import Cluster, Role
from clusterlab.labs.spec import BadSpec, LabSpec
from clusterlab.logs import printable
from clusterlab.redis_clients import shared_client
from clusterlab.scheduling import commands as scheduling
from simcore.apimachinery.errors import ApiError
from simcore.etcd.interface import StoreError

ACTOR = "user:command-line"
SPEC = ("nodes", "zones", "cpu", "memory", "seed", "speed", "latency", "bare")


class Command(TimeVerbs, BaseCommand):
    help = "Makes, lists, shares, paces, forks, records and deletes clusters."
    requires_system_checks = ()  # they import every view; a test runs them

    def add_arguments(self, parser: ArgumentParser) -> None:
        verbs = parser.add_subparsers(dest="verb", required=True)
        self._create_arguments(verbs.add_parser("create", help="make a cluster and print its address"))
        verbs.add_parser("list", help="all clusters")
        for name, text in _ON_ONE.items():
            verb = verbs.add_parser(name, help=text)
            verb.add_argument("cluster", help="its id or name")
            if name == "share":
                verb.add_argument("--role", choices=["view", "operate"], default="view")
                verb.add_argument("--expires", choices=list(services.LIFETIMES), default="7d")
            if name == "speed":
                verb.add_argument("factor", type=_factor, help="0.1 to 1000, or max")
            if name == "nodes":
                verb.add_argument("action", choices=["add", "remove", "kill", "restore"])
                verb.add_argument("what", help="how many to add, or a node's name")
            if name == "kubeconfig":
                verb.add_argument("file", nargs="?", type=Path)
            self.time_arguments(name, verb)
            scheduling.add_arguments(name, verb)
            api_server.add_arguments(name, verb)
        for name, text in ON_OTHERS.items():
            self.time_arguments(name, verbs.add_parser(name, help=text))

    def _create_arguments(self, parser: ArgumentParser) -> None:
        defaults = LabSpec()
        parser.add_argument("name")
        parser.add_argument("--example", default="", help="start with the manifests of an example")
        parser.add_argument("--nodes", type=int, default=defaults.nodes)
        parser.add_argument("--zones", type=int, default=defaults.zones)
        parser.add_argument("--cpu", default=defaults.cpu)
        parser.add_argument("--memory", default=defaults.memory)
        parser.add_argument("--seed", type=int)
        parser.add_argument("--speed", type=float, default=defaults.speed)
        parser.add_argument("--latency", choices=["realistic", "instant"], default=defaults.latency)
        parser.add_argument("--bare", action="store_true", help="nothing but the API server and its nodes")
        parser.add_argument(
            "--kubeconfig", type=_new_file, help="write a kubeconfig of the owner to this file"
        )

    def handle(self, *_: Any, verb: str, **options: Any) -> None:
        act: Callable[..., None] = getattr(self, f"_{verb}", partial(self._scheduling, verb))
        try:
            if verb in _ON_ONE:
                act(find_cluster(options.pop("cluster")), **options)
            else:
                act(**options)
        except (BadSpec, ApiError, StoreError) as error:
            raise CommandError(str(error)) from None
        except DatabaseError as error:
            hint = "start ClusterLab with `make run` first, and give commands the same DATA_DIR"
            raise CommandError(f"the database is not ready ({error}): {hint}") from None
        except NoSuchNode as error:
            raise CommandError(f"there is no node {error}") from None

    def _scheduling(self, verb: str, cluster: Cluster, **options: Any) -> None:
        part = api_server if verb in api_server.VERBS else scheduling
        try:
            part.run(verb, cluster, self.stdout.write, ACTOR, **options)
        except (OSError, *scheduling.FAULTS, *api_server.FAULTS) as error:
            raise CommandError(str(error)) from None

    def _create(self, **options: Any) -> None:
        spec = LabSpec(**{name: options[name] for name in SPEC})
        access = creating.create_cluster(options["name"], spec, visitor=Visitor(), example=options["example"])
        if options["kubeconfig"]:
            _write_kubeconfig(access.cluster, options["kubeconfig"])
        made = services.share(access.cluster, Role.OPERATE, "never")
        self.stdout.write(f"{access.cluster.id}  {settings.PUBLIC_URL}/s/{made.token}")

    def _list(self, **_: Any) -> None:
        for cluster in Cluster.objects.filter(deleted_at=None):
            now = pace.read(shared_client(), cluster.id)
            name = printable(cluster.name)
            self.stdout.write(
                f"{cluster.id}  {name:<24}  {cluster.nodes:>5} nodes  {now.state} at {now.speed:g}x"
            )

    def _delete(self, cluster: Cluster, **_: Any) -> None:
        services.delete_cluster(cluster)

    def _share(self, cluster: Cluster, role: str, expires: str, **_: Any) -> None:
        made = services.share(cluster, Role(role), expires)
        self.stdout.write(f"{settings.PUBLIC_URL}/s/{made.token}")

    def _kubeconfig(self, cluster: Cluster, file: Path | None, **_: Any) -> None:
        if file is None:
            self.stdout.write(kubeconfig(cluster, services.new_kube_token(Access(cluster, Role.OWNER))))
        else:
            _write_kubeconfig(cluster, file)

    def _pause(self, cluster: Cluster, **_: Any) -> None:
        services.set_clock(hub.get(cluster.id), ACTOR, paused=True)

    def _resume(self, cluster: Cluster, **_: Any) -> None:
        services.set_clock(hub.get(cluster.id), ACTOR, paused=False)

    def _speed(self, cluster: Cluster, factor: float, **_: Any) -> None:
        services.set_clock(hub.get(cluster.id), ACTOR, speed=factor)

    def _nodes(self, cluster: Cluster, action: str, what: str, **_: Any) -> None:
        resident = hub.get(cluster.id)
        if action == "add":
            count = int(what) if what.isdecimal() else 0
            self.stdout.write(" ".join(machines.add(cluster, resident, count, ACTOR)))
        elif action == "remove":
            machines.remove(cluster, resident, what, ACTOR)
        else:
            machines.switch(resident, what, ACTOR, on=action == "restore")


_ON_ONE = {
    "delete": "delete a cluster and everything in it",
    "share": "print a new share link",
    "kubeconfig": "print or write a kubeconfig of the owner",
    "pause": "let its time stand still",
    "resume": "let its time go on",
    "speed": "set how fast its time goes",
    "nodes": "add, remove, kill or restore nodes",
    **ON_ONE,
    **scheduling.VERBS,
    **api_server.VERBS,
}


def _factor(text: str) -> float:
    return FLAT_OUT if text == "max" else float(text)


def _new_file(text: str) -> Path:
    path = Path(text)
    if not path.parent.is_dir():
        raise ArgumentTypeError(f"there is no folder {path.parent}")
    return path


def _write_kubeconfig(cluster: Cluster, path: Path) -> None:
    """Readable by the owner alone: it holds a secret."""
    path.touch(mode=0o600)
    path.write_text(kubeconfig(cluster, services.new_kube_token(Access(cluster, Role.OWNER))))
