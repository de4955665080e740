"""Clients that ask a cluster for random things and write down what they were told."""

from __future__ import annotations

import json
import random
import threading
import time
from abc import ABC, abstractmethod
from http.client import HTTPException
from itertools import count
from pathlib import Path
from typing import Any

import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from simcore.etcd.interface import Compacted, Compare, Delete, Op, Put, Unavailable, Watch
from simcore.etcd.redis_store import RedisLog
from simcore.etcd.shared_store import SharedStore
from simcore.sim.trace import Origin
from tests.faults.checker import Done, Watched
from tests.faults.kube_client import CONFIG_MAPS, DEPLOYMENTS, KubeClient, NoAnswer, config_map

MAPS = "/registry/configmaps/default/"
RAW = "/faults/keys/"
NAMES = 8
MOST_REPLICAS = 6
DEPLOYMENT_NAMES = ("web", "api")
_marks = count(1)


def new_mark() -> str:
    return f"m{next(_marks)}"


class Client(threading.Thread, ABC):
    """Acts again and again until it is told to end; a failure is part of the game and is counted."""

    def __init__(self, name: str, seed: int) -> None:
        super().__init__(name=name)
        self.dice = random.Random(f"{seed} {name}")
        self.done: list[Done] = []
        self.watched: list[Watched] = []
        self.failures = 0
        self.broken: BaseException | None = None
        self._ended = threading.Event()

    def run(self) -> None:
        try:
            while not self._ended.is_set():
                try:
                    self.act()
                except (NoAnswer, Unavailable, redis.RedisError, OSError, HTTPException):
                    self.failures += 1
                    self._ended.wait(0.1)
        except BaseException as error:  # told at the end of the run, as a violation
            self.broken = error

    def end(self) -> None:
        self._ended.set()
        self.join(timeout=40)
        assert not self.is_alive(), self.name

    @abstractmethod
    def act(self) -> None: ...

    def note(self, what: Any, key: str, began: float, **rest: Any) -> None:
        self.done.append(Done(self.name, what, key, began, **rest))


class ApiUser(Client):
    """Writes, reads and lists ConfigMaps, and scales Deployments."""

    def __init__(self, name: str, seed: int, kubeconfig: Path) -> None:
        super().__init__(name, seed)
        self._api = KubeClient(kubeconfig)
        self._seen: dict[str, str] = {}  # resourceVersion by name, as last read

    def act(self) -> None:
        name = f"map-{self.dice.randrange(NAMES)}"
        match self.dice.randrange(10):
            case 0 | 1:
                self._write("POST", CONFIG_MAPS, name)
            case 2 | 3:
                self._write("PATCH", f"{CONFIG_MAPS}/{name}", name)
            case 4:
                self._write("PUT", f"{CONFIG_MAPS}/{name}", name)
            case 5:
                self._remove(name)
            case 6 | 7:
                self._read(name)
            case 8:
                self._list()
            case _:
                self._scale()

    def _write(self, method: str, path: str, name: str) -> None:
        mark, began = new_mark(), time.monotonic()
        document = config_map(name, n=f"~{mark}~")
        if method == "PUT" and name in self._seen:
            document["metadata"]["resourceVersion"] = self._seen[name]
        try:
            status, answer = self._api.ask(method, path, document, patch="merge" if method == "PATCH" else "")
        except NoAnswer:
            self.note("write", MAPS + name, began, mark=mark)
            raise
        if status in (200, 201):
            revision = int(answer["metadata"]["resourceVersion"])
            self.note("write", MAPS + name, began, ended=time.monotonic(), revision=revision, mark=mark)
        elif status >= 500:
            self.note("write", MAPS + name, began, mark=mark)

    def _remove(self, name: str) -> None:
        began = time.monotonic()
        status, _ = self._api.ask("DELETE", f"{CONFIG_MAPS}/{name}")
        if status == 200:
            self.note("delete", MAPS + name, began, ended=time.monotonic())

    def _read(self, name: str) -> None:
        began = time.monotonic()
        status, answer = self._api.ask("GET", f"{CONFIG_MAPS}/{name}")
        if status == 200:
            self._seen[name] = answer["metadata"]["resourceVersion"]
            self.note("read", MAPS + name, began, ended=time.monotonic(), revision=int(self._seen[name]))
        elif status == 404:
            self.note("read", MAPS + name, began, ended=time.monotonic())

    def _list(self) -> None:
        began = time.monotonic()
        status, answer = self._api.ask("GET", CONFIG_MAPS)
        if status == 200:
            keys = {
                MAPS + m["metadata"]["name"]: int(m["metadata"]["resourceVersion"]) for m in answer["items"]
            }
            revision = int(answer["metadata"]["resourceVersion"])
            self.note("list", MAPS, began, ended=time.monotonic(), revision=revision, keys=keys)

    def _scale(self) -> None:
        replicas = self.dice.randrange(1, MOST_REPLICAS + 1)
        path = f"{DEPLOYMENTS}/{self.dice.choice(DEPLOYMENT_NAMES)}"
        self._api.ask("PATCH", path, {"spec": {"replicas": replicas}}, patch="merge")


class ApiWatcher(Client):
    """Watches ConfigMaps over HTTP and goes on where it was cut off."""

    def __init__(self, name: str, seed: int, kubeconfig: Path) -> None:
        super().__init__(name, seed)
        self._api = KubeClient(kubeconfig)
        self._from = 0  # the last revision that was shown; 0: unknown

    def act(self) -> None:
        if not self._from:
            status, answer = self._api.ask("GET", CONFIG_MAPS)
            self._from = int(answer["metadata"]["resourceVersion"]) if status == 200 else 0
            return
        watched = Watched(self.name, MAPS, self._from + 1, [])
        self.watched.append(watched)
        path = f"{CONFIG_MAPS}?watch=true&resourceVersion={self._from}&timeoutSeconds={self.dice.randrange(1, 6)}"
        for line in self._api.lines(path):
            event = json.loads(line)
            if event["type"] == "ERROR":
                self._from = 0 if event["object"]["code"] == 410 else self._from
                self._ended.wait(0.1)
                return
            meta = event["object"]["metadata"]
            self._from = int(meta["resourceVersion"])
            watched.seen.append((self._from, MAPS + meta["name"]))


class StoreUser(Client):
    """Transactions and reads on the log itself, as another server would do them."""

    make_log: type[RedisLog] = RedisLog
    make_view: type[SharedStore] = SharedStore

    def __init__(self, name: str, seed: int, redis_url: str, cluster_id: str) -> None:
        super().__init__(name, seed)
        client = redis.Redis.from_url(redis_url, protocol=2, socket_timeout=10, retry=Retry(NoBackoff(), 0))
        self.log = self.make_log(client, cluster_id, wait_ms=lambda ms: time.sleep(ms / 1000))
        self._view: SharedStore | None = None

    def view(self) -> SharedStore:
        if self._view is None:
            self._view = self.make_view(self.log)
        return self._view

    def act(self) -> None:
        try:
            if self.dice.random() < 0.5:
                self._transact(f"{RAW}{self.dice.randrange(NAMES)}")
            else:
                self._list()
        except Compacted:
            self._view = None
        time.sleep(self.dice.random() / 50)

    def _transact(self, key: str) -> None:
        view, mark = self.view(), new_mark()
        known = view.get(key)
        right = Compare(key, "mod", "==", known.mod_revision if known else 0)
        deletes = known is not None and self.dice.random() < 0.2
        ops: list[Op] = (
            [Delete(key)] if deletes else [Put(key, f"~{mark}~".encode() * self.dice.randrange(1, 40))]
        )
        began = time.monotonic()
        try:
            result = view.txn([right], ops, origin=Origin(f"user:{self.name}", 0, 0))
        except (Unavailable, Compacted):
            self.note("write", key, began, mark="" if deletes else mark)
            self._view = None
            raise
        rest = {"ended": time.monotonic(), "revision": result.revision}
        if not result.succeeded:
            self.note("refused", key, began, mark=mark, **rest)
        elif deletes:
            self.note("delete", key, began, ended=rest["ended"])
        else:
            self.note("write", key, began, mark=mark, **rest)

    def _list(self) -> None:
        began, view = time.monotonic(), self.view()
        view.sync()
        found = view.range(RAW)
        keys = {kv.key: kv.mod_revision for kv in found.kvs}
        self.note("list", RAW, began, ended=time.monotonic(), revision=found.revision, keys=keys)


class StoreWatcher(StoreUser):
    """Looks rarely, so that compaction overtakes it now and then."""

    _watch: Watch | None = None

    def act(self) -> None:
        if self._watch is None:
            view = self.view()
            self.watched.append(Watched(self.name, "/", view.revision + 1, []))
            self._watch = view.watch("/", start=view.revision + 1)
        self._ended.wait(self.dice.choice((0.01, 0.1, 3.0)))
        try:
            self.view().sync()
            self.watched[-1].seen.extend((e.revision, e.key) for e in self._watch.poll())
        except Compacted:
            self._view = self._watch = None


class Recorder(StoreUser):
    """Keeps every entry of the log before anything compacts it."""

    def __init__(self, name: str, seed: int, redis_url: str, cluster_id: str) -> None:
        super().__init__(name, seed, redis_url, cluster_id)
        self.entries = self.log.read(0)

    def act(self) -> None:
        self._ended.wait(0.05)
        self.catch_up()

    def catch_up(self) -> None:
        self.entries += self.log.read(self.entries[-1].revision)
