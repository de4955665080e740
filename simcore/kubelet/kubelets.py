"""The component that hosts the kubelets of all simulated machines: finds the right one for every change."""

from __future__ import annotations

import re
from functools import partial

from simcore.apimachinery.kinds import CONFIG_MAP, NODE, PERSISTENT_VOLUME, POD, SECRET
from simcore.apimachinery.meta import Key, Obj, key_of, revision_of
from simcore.client.context import ComponentContext
from simcore.client.control_loop import ControlLoop
from simcore.kubelet.addresses import Numbers, number_of
from simcore.kubelet.asking import Asking
from simcore.kubelet.containers import end_run, kill_all
from simcore.kubelet.images import Registries, registries_of
from simcore.kubelet.kubelet import Kubelet
from simcore.kubelet.lookup import Objects
from simcore.kubelet.network import Network
from simcore.kubelet.outside_writes import note_and_store
from simcore.kubelet.records import PodRecord, machine, pod_record
from simcore.kubelet.status import StatusWriter
from simcore.kubelet.volume_growth import VolumeGrowth
from simcore.kubelet.volumes import references
from simcore.kubelet.world import (
    EXITS,
    FAULTS,
    IMAGES,
    MACHINE,
    NODES,
    OUTAGES,
    RUNTIME,
    STATIC,
    VOLUMES,
    WRITES,
    World,
    machine_path,
    runtime_uid,
)

LAST_NUMBER = 40_000

_DIGITS = re.compile(r"(\d+)")


class Kubelets:
    """One kubelet for each machine in the world's records. A Node without a machine has none."""

    def __init__(self, ctx: ComponentContext, world: World, network: Network | None = None) -> None:
        self._ctx, self._world, self._network = ctx, world, network
        self._lookup = Objects(ctx.informers, world)
        self._asking = Asking()
        self._writer = StatusWriter(ctx.rng, ctx.clock.unix_ms() - ctx.clock.now())
        self._kubelets: dict[str, Kubelet] = {}  # by node; goes with the machine's record
        self._numbers = Numbers(1, LAST_NUMBER)
        self._images = Registries()
        self._silent: tuple[str, ...] = ()  # patterns of images whose registry is broken
        self._has_started = False  # what is there at the start is no change

    def start(self) -> None:
        """Takes up every machine and pod as the records say."""
        self._ctx.informers.informer(NODE).on_event(self._on_node)
        pods = self._ctx.informers.informer(POD)
        pods.add_index("spec.nodeName", _node_names, part="spec")
        pods.add_index("mounted sources", _mounted_sources, part="spec")
        self._on_images(IMAGES, self._world.get(IMAGES), 0)
        self._on_outages(OUTAGES, self._world.get(OUTAGES), 0)
        records = self._records()
        for path, doc in sorted(self._world.list(NODES).items(), key=_naturally):
            self._add(path.removeprefix(NODES), doc, records)
        pods.on_event(self._on_pod)
        for kind, name in ((CONFIG_MAP, "configMap"), (SECRET, "secret")):
            self._ctx.informers.informer(kind).on_event(partial(self._on_source, name))
        self._ctx.informers.informer(PERSISTENT_VOLUME).on_event(self._on_persistent_volume)
        growth = self._ctx.for_actor(VolumeGrowth.name)
        ControlLoop(growth, VolumeGrowth(growth, self._world)).start()
        self._has_started = True
        for path, fault in self._world.list(FAULTS).items():
            self._on_fault(path, fault, 0)
        for path, doc in self._world.list(EXITS).items():
            self._on_exit(path, doc, 0)
        self._world.watch(EXITS, self._on_exit)
        for path, doc in self._world.list(WRITES).items():
            self._on_writes(path, doc, 0)
        self._world.watch(WRITES, self._on_writes)
        if self._network is not None:
            self._network.watch(self._on_network)
        self._world.watch(NODES, self._on_machine)
        self._world.watch(IMAGES, self._on_images)
        self._world.watch(STATIC, self._on_static)
        self._world.watch(FAULTS, self._on_fault)
        self._world.watch(OUTAGES, self._on_outages)

    def kubelet(self, node: str) -> Kubelet | None:
        """The kubelet of a node, whether its machine is on or not."""
        return self._kubelets.get(node)

    def _records(self) -> dict[str, dict[str, PodRecord]]:
        """What earlier processes knew of pods: by node, by uid."""
        found: dict[str, dict[str, PodRecord]] = {}
        for path, doc in self._world.list(RUNTIME).items():
            node, _, uid = path.removeprefix(RUNTIME).partition("/")
            if uid != MACHINE:
                found.setdefault(node, {})[uid] = pod_record(doc)
        return found

    def _add(self, name: str, doc: Obj, records: dict[str, dict[str, PodRecord]]) -> Kubelet:
        kubelet = self._kubelets[name] = Kubelet(
            name,
            doc,
            machine(self._world.get(machine_path(name))),
            ctx=self._ctx.for_actor(f"kubelet/{name}"),
            world=self._world,
            writer=self._writer,
            registries=self._registries,
            lookup=self._lookup,
            network=self._network,
            asking=self._asking,
        )
        node = self._ctx.informers.informer(NODE).get(key_of({"metadata": {"name": name}}))
        if node is not None:
            kubelet.host.number = number_of(node["spec"].get("podCIDR", "")) or 0
        self._ctx.clock.call_later(0, partial(kubelet.start, self._take_number), label="kubelet start")
        known = records.get(name, {})
        pods = self._ctx.informers.informer(POD).by_index("spec.nodeName", name)
        for pod in sorted(pods, key=revision_of):  # as they came
            kubelet.take(pod, known.pop(runtime_uid(pod), None))
        for uid in known:  # by a timer: whoever builds a cluster anew may not write yet
            drop = partial(kubelet.drop_record, uid)
            self._ctx.clock.call_later(0, drop, label="kubelet start")
        return kubelet

    def _take_number(self) -> int:
        number = self._numbers.take()
        assert number is not None, "more nodes than addresses"
        return number

    def _registries(self) -> Registries:
        if not self._silent:
            return self._images
        return self._images._replace(failing=(*self._images.failing, *self._silent))

    def _on_images(self, path: str, doc: Obj | None, revision: int) -> None:
        self._images = registries_of(doc or {})

    def _on_outages(self, path: str, doc: Obj | None, revision: int) -> None:
        self._silent = tuple((doc or {}).get("registries", ()))

    def _on_fault(self, path: str, doc: Obj | None, revision: int) -> None:
        """Of the faults only a crash is a blow; the others show in the records of what they take."""
        if doc is None or doc["kind"] != "crash":
            return
        for target in doc["targets"]:
            key = Key(*target.split("/", 1))
            pod = self._ctx.informers.informer(POD).get(key)
            kubelet = self._kubelets.get(pod["spec"].get("nodeName", "")) if pod is not None else None
            if kubelet is not None:
                kubelet.strike(key, revision, kill_all)

    def _on_exit(self, path: str, doc: Obj | None, revision: int) -> None:
        """The shell that somebody was attached to has ended."""
        if doc is None:
            return
        key = Key(doc["namespace"], doc["name"])
        pod = self._ctx.informers.informer(POD).get(key)
        kubelet = self._kubelets.get(pod["spec"].get("nodeName", "")) if pod is not None else None
        if kubelet is not None:
            kubelet.strike(
                key, revision, partial(end_run, name=doc["container"], run=doc["run"], code=doc["code"])
            )
        self._world.delete(path, actor="kubelet", cause=revision)

    def _on_writes(self, path: str, doc: Obj | None, revision: int) -> None:
        """Somebody has changed files in a container."""
        if doc is None:
            return
        key = Key(doc["namespace"], doc["name"])
        pod = self._ctx.informers.informer(POD).get(key)
        kubelet = self._kubelets.get(pod["spec"].get("nodeName", "")) if pod is not None else None
        if pod is not None and kubelet is not None:
            kubelet.strike(key, revision, partial(note_and_store, pod=pod, doc=doc, host=kubelet.host))
        self._world.delete(path, actor="kubelet", cause=revision)

    def _on_static(self, path: str, doc: Obj | None, revision: int) -> None:
        """A manifest on a node's disk."""
        kubelet = self._kubelets.get(path.removeprefix(STATIC).partition("/")[0])
        if kubelet is not None:
            kubelet.caused_by(revision)
            kubelet.manifests_changed()

    def _on_machine(self, path: str, doc: Obj | None, revision: int) -> None:
        name = path.removeprefix(NODES)
        kubelet = self._kubelets.get(name)
        if kubelet is None:
            if doc is not None:
                self._add(name, doc, {}).caused_by(revision)
            return
        kubelet.caused_by(revision)
        if doc is None:
            del self._kubelets[name]
            kubelet.retire()
            return
        was_on, before, kubelet.machine = kubelet.is_on, kubelet.machine, doc
        kubelet.host.allocatable = doc
        if kubelet.is_on and not was_on:
            kubelet.power_on(self._take_number)
        elif was_on and not kubelet.is_on:
            kubelet.power_off()
        elif kubelet.is_on and doc != before:
            kubelet.resize(self._take_number)
        elif not kubelet.is_on:
            kubelet.still_off()

    def _on_node(self, old: Obj | None, new: Obj | None, revision: int) -> None:
        """Keeps account of the ranges in use; a deleted Node's becomes free."""
        before, after = (number_of(node["spec"].get("podCIDR", "")) if node else None for node in (old, new))
        if before is not None and before != after:
            self._numbers.give_back(before)
        if after is not None and before != after:
            self._numbers.take_this(after)
        if new is None and old is not None:
            kubelet = self._kubelets.get(old["metadata"]["name"])
            if kubelet is not None:
                kubelet.caused_by(revision)
                kubelet.node_is_deleted()

    def _on_network(self, names: frozenset[str], revision: int) -> None:
        for node, key in self._asking.about(names):
            kubelet = self._kubelets.get(node)
            if kubelet is not None:
                kubelet.network_changed(key, revision)

    def _on_source(self, kind: str, old: Obj | None, new: Obj | None, revision: int) -> None:
        """A ConfigMap or Secret: tells the kubelets of the pods that show it."""
        obj = new or old
        if obj is None or not self._has_started:
            return
        key = key_of(obj)
        for pod in self._ctx.informers.informer(POD).by_index("mounted sources", (kind, *key)):
            kubelet = self._kubelets.get(pod["spec"].get("nodeName", ""))
            if kubelet is not None:
                kubelet.sources_changed(key_of(pod), revision)

    def _on_persistent_volume(self, old: Obj | None, new: Obj | None, revision: int) -> None:
        """Its files go with it."""
        path = f"{VOLUMES}pv/{old['metadata']['name']}" if new is None and old is not None else ""
        if path and self._world.get(path) is not None:
            self._world.delete(path, actor="kubelet", cause=revision)

    def _on_pod(self, old: Obj | None, new: Obj | None, revision: int) -> None:
        pod = new or old
        assert pod is not None
        name = pod["spec"].get("nodeName")
        kubelet = self._kubelets.get(name) if name else None
        if kubelet is None:
            return
        if new is None:
            kubelet.forget(key_of(pod), revision)
        else:
            kubelet.update(new, revision)


def _node_names(pod: Obj) -> tuple[str, ...]:
    name = pod["spec"].get("nodeName")
    return (name,) if name else ()


def _mounted_sources(pod: Obj) -> tuple[tuple[str, str, str], ...]:
    """(kind, namespace, name) of what its volumes show."""
    if not pod["spec"].get("volumes"):
        return ()
    return tuple((kind, pod["metadata"]["namespace"], name) for kind, name in references(pod))


def _naturally(item: tuple[str, Obj]) -> list[str | int]:
    """node-2 before node-10."""
    return [int(part) if part.isdigit() else part for part in _DIGITS.split(item[0])]
