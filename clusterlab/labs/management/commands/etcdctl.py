"""`manage.py etcdctl CLUSTER get|put|del`: the keys of a cluster's store, in etcdctl's words and output."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from clusterlab.engine import hints
from clusterlab.hub import Resident, hub
from clusterlab.labs.management.time_verbs import find_cluster
from clusterlab.logs import printable
from clusterlab.redis_clients import shared_client
from simcore.apimachinery.errors import ApiError
from simcore.etcd.interface import KeyValue, StoreError
from simcore.kube_apiserver.keys import KeySpace, text_of
from simcore.sim.trace import Origin

ACTOR = "user:command-line"


class Command(BaseCommand):
    help = "Reads and writes the keys of a cluster's store, past the API server."
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("cluster", help="its id or name")
        verbs = parser.add_subparsers(dest="verb", required=True)
        get = verbs.add_parser("get", help="print a key and its value")
        get.add_argument("key")
        get.add_argument("--prefix", action="store_true", help="all keys that begin so")
        get.add_argument("--keys-only", action="store_true")
        get.add_argument("--rev", type=int, help="as it was at this revision")
        get.add_argument("--limit", type=int, default=1000)
        put = verbs.add_parser("put", help="write a value; below a kind's folder it has to be such an object")
        put.add_argument("key")
        put.add_argument("value")
        delete = verbs.add_parser("del", help="remove a key; prints how many are gone")
        delete.add_argument("key")
        delete.add_argument("--prefix", action="store_true", help="all keys that begin so")

    def handle(self, *_: Any, cluster: str, verb: str, **options: Any) -> None:
        resident = hub.get(find_cluster(cluster).id)
        keys = KeySpace(resident.server, reads_secrets=True)
        try:
            resident.sync()
            match verb:
                case "get":
                    self._get(keys, options)
                case "put":
                    keys.put(options["key"], options["value"].encode(), _origin(resident))
                    self.stdout.write("OK")
                case "del":
                    gone = keys.delete(options["key"], _origin(resident), is_prefix=options["prefix"])
                    self.stdout.write(str(len(gone)))
        except (ApiError, StoreError) as error:
            raise CommandError(str(error)) from None
        if verb != "get":
            hints.hint(shared_client(), resident.id)

    def _get(self, keys: KeySpace, options: dict[str, Any]) -> None:
        """A key that is not there prints nothing, as etcdctl does it."""
        page = keys.range(options["key"], at=options["rev"], limit=options["limit"])
        for kv in page.kvs:
            if options["prefix"] or kv.key == options["key"]:
                self._print(kv, keys_only=options["keys_only"])

    def _print(self, kv: KeyValue, *, keys_only: bool) -> None:
        self.stdout.write(printable(kv.key))
        if not keys_only:
            self.stdout.write(printable(text_of(kv.value)))


def _origin(resident: Resident) -> Origin:
    return Origin(ACTOR, 0, resident.clock.now())
