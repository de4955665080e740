"""A node's container runtime as its pod workers use it: images on disk, pod addresses, programs.

Models: kubernetes v1.36 pkg/kubelet/images/puller.go (a serial puller) and the bridge plugin's address range.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from simcore.apimachinery.meta import Obj
from simcore.kubelet.addresses import FIRST_POD, LAST_POD, Numbers, node_ip, pod_cidr
from simcore.kubelet.environment import Around, ConfigFault, sub_path_fault, variables_of
from simcore.kubelet.facts import downward
from simcore.kubelet.host import HookRun, Pull
from simcore.kubelet.images import ImageName, Registries, parse, pull_error
from simcore.kubelet.lookup import Lookup
from simcore.kubelet.network import Network
from simcore.kubelet.outside_writes import document, note
from simcore.kubelet.prober import Answer
from simcore.kubelet.records import FileChange, Machine, PodRecord
from simcore.kubelet.runtime.answers import answer, port_of
from simcore.kubelet.runtime.catalogue import CATALOGUE, MB, TYPICAL_BYTES
from simcore.kubelet.runtime.container import Ran, run_inside
from simcore.kubelet.runtime.program import Program
from simcore.kubelet.runtime.replies import MOST_QUESTIONS, NO_ANSWER, Question, Reply, Since, relative
from simcore.kubelet.surroundings import is_noted, program
from simcore.kubelet.volumes import changed, contents, stored_path
from simcore.sim.latency import LatencyProfile
from simcore.sim.rng import Rng

LONGEST_PULL_MS = 60_000
CHECK_SHARE = 4
"""A pull that only compares digests, or fails, takes this part of a whole one."""


class NodeHost:
    """Implements host.Host. What it keeps follows from the machine's and the pods' records."""

    def __init__(
        self,
        name: str,
        machine: Machine,
        *,
        rng: Rng,
        latency: LatencyProfile,
        epoch_ms: int,
        registries: Callable[[], Registries],
        lookup: Lookup | None = None,
        network: Network | None = None,
    ) -> None:
        self.name, self.machine = name, machine
        self.number = 0  # known once the Node is registered
        self.images_changed = False
        self.left: dict[
            str, dict[str, str]
        ] = {}  # files to be stored, by volume; until the kubelet has done so
        self.allocatable: Mapping[str, str] = {}
        self._lookup, self._network = lookup, network
        self._rng, self._latency, self._epoch_ms, self._registries = rng, latency, epoch_ms, registries
        self._addresses = Numbers(FIRST_POD, LAST_POD)  # of sandboxes that are not over
        self._pulls_done_at = 0

    @property
    def boot(self) -> int:
        return self.machine.boot

    @property
    def off_at(self) -> int:
        return self.machine.off_at

    @property
    def ip(self) -> str:
        return node_ip(self.number)

    def remember(self, record: PodRecord) -> None:
        """Takes over what an earlier process has given to the pod."""
        if record.sandbox is not None:
            self._addresses.take_this(int(record.sandbox.ip.rpartition(".")[2] or 0))
        for c in record.containers.values():
            if c.phase == "pulling" and c.due is not None:
                self._pulls_done_at = max(self._pulls_done_at, c.due)

    def forget(self, record: PodRecord) -> None:
        """The pod's sandbox is gone."""
        if record.sandbox is not None and record.sandbox.ip.startswith(self._prefix):
            self._addresses.give_back(int(record.sandbox.ip.rpartition(".")[2]))

    def has_image(self, image: ImageName) -> bool:
        return str(image) in self.machine.images

    def keep_image(self, image: ImageName) -> None:
        if not self.has_image(image):
            self.machine.images.append(str(image))
            self.images_changed = True

    def pull(self, image: ImageName, pod: Obj, now: int, attempt: int) -> Pull:
        label = ("pull", pod["metadata"]["uid"], str(image), attempt)
        whole_ms = self._latency.draw(self._latency.image_pull, self._rng, *label)
        own_ms = self.own_image(image).get("pull_s", 0) * 1000
        if not whole_ms and not own_ms:
            return Pull(now, 0)
        if self.has_image(image) or self.pull_error(image, pod) is not None:
            took_ms = whole_ms // CHECK_SHARE
        elif own_ms:
            took_ms = int(own_ms)
        else:
            took_ms = min(whole_ms * max(self.image_bytes(image), 20 * MB) // TYPICAL_BYTES, LONGEST_PULL_MS)
        self._pulls_done_at = max(now, self._pulls_done_at) + took_ms
        return Pull(self._pulls_done_at, took_ms)

    def pull_error(self, image: ImageName, pod: Obj) -> str | None:
        secrets = [s.get("name", "") for s in pod["spec"].get("imagePullSecrets") or ()]
        found = self._lookup is not None and any(self.has_secret(pod, name) for name in secrets)
        return pull_error(image, self._registries(), has_secret=found)

    def has_secret(self, pod: Obj, name: str) -> bool:
        return (
            self._lookup is not None and self._lookup.secret(pod["metadata"]["namespace"], name) is not None
        )

    def own_image(self, image: ImageName) -> Obj:
        return self._registries().own.get(image.name, {})

    def image_bytes(self, image: ImageName) -> int:
        own, known = self.own_image(image), CATALOGUE.get(image.name)
        if "size_mb" in own:
            return int(own["size_mb"] * 1_000_000)
        if known is not None:
            return known.size_bytes
        return 20 * MB + self._rng.below(180 * MB, "image size", str(image))

    def take_ip(self, pod: Obj) -> str | None:
        if pod["spec"].get("hostNetwork"):
            return self.ip
        number = self._addresses.take()
        return None if number is None else f"{self._prefix}{number}"

    def sandbox_ms(self, pod: Obj, attempt: int) -> int:
        span = self._latency.sandbox_start
        return self._latency.draw(span, self._rng, "sandbox", pod["metadata"]["uid"], attempt)

    def start_ms(self, pod: Obj, container: str, run: int) -> int:
        span = self._latency.container_start
        return self._latency.draw(span, self._rng, "start", pod["metadata"]["uid"], container, run)

    def program(self, pod: Obj, spec: Obj, record: PodRecord, started: int, *, files: bool = True) -> Program:
        return program(pod, spec, record, started, self.ip, self._epoch_ms, files=files)

    def answer(self, probe: Obj, pod: Obj, spec: Obj, record: PodRecord, started: int, now: int) -> Answer:
        found = self.program(pod, spec, record, started)
        assert record.sandbox is not None

        def run(argv: tuple[str, ...]) -> Ran:
            return self._run(argv, found, pod, spec, record, now)

        said = answer(probe, spec, parse(spec["image"]), found, record.sandbox.ip, now - started, run)
        return said if said.until is None else said._replace(until=started + said.until)

    def hook(self, name: str, pod: Obj, spec: Obj, record: PodRecord, started: int, now: int) -> HookRun:
        hook = spec["lifecycle"][name]
        if "sleep" in hook:
            return HookRun(int(hook["sleep"]["seconds"]) * 1000, ok=True)
        if "exec" in hook:
            found = self.program(pod, spec, record, started)
            ran = self._run(tuple(hook["exec"]["command"]), found, pod, spec, record, now)
            if ran.changes:
                run = record.container(spec["name"]).restarts
                note(record, now, pod=pod, doc=document(pod, spec["name"], run, ran.changes))
            return HookRun(ran.took_ms, ran.code == 0)
        if "httpGet" not in hook:
            return HookRun(0, ok=True)
        get, ip = hook["httpGet"], record.sandbox.ip if record.sandbox is not None else ""
        if get.get("host") in (None, "", ip):
            return HookRun(0, self.answer({"httpGet": get}, pod, spec, record, started, now).ok)
        path = get.get("path", "/")
        question = Question("http", get["host"], port_of(get.get("port", 80), spec), path)
        return HookRun(0, 200 <= self.ask(question, pod, record)[0].code < 400)

    def _run(
        self, argv: tuple[str, ...], found: Program, pod: Obj, spec: Obj, record: PodRecord, now: int
    ) -> Ran:
        """A command in a running container. What it asks the network it is told as things are now."""
        c, image = record.container(spec["name"]), parse(spec["image"]).name
        for _ in range(MOST_QUESTIONS):
            ran = run_inside(argv, image, found, now - c.started, relative(c.answers, c.started))
            if ran.asks is None:
                break
            c.answers = {**c.answers, ran.asks.text(): (Since(now, self.ask(ran.asks, pod, record)),)}
        return ran

    def mount(self, volume: Obj, pod: Obj, record: PodRecord, now: int) -> list[FileChange]:
        if self._lookup is None:
            return []
        facts = downward(pod, record, self.ip)
        fresh = contents(volume, pod, facts, self.allocatable, self._lookup)
        return changed(record.volumes.get(volume["name"], []), fresh, now)

    def environment(self, pod: Obj, spec: Obj, record: PodRecord) -> dict[str, str]:
        if not is_noted(pod, spec):
            return {}
        facts = downward(pod, record, self.ip)
        variables = variables_of(pod, spec, Around(facts, self.allocatable, self._lookup))
        if fault := sub_path_fault(spec, variables):
            raise ConfigFault(fault)
        return variables

    def store(self, volume: Obj, pod: Obj, files: list[FileChange]) -> None:
        path = stored_path(volume, pod, self._lookup) if self._lookup is not None else ""
        if not path:
            return
        texts: dict[str, str] = {}
        for change in files:
            if change.text is None:
                texts.pop(change.path, None)
            else:
                texts[change.path] = change.text
        self.left[path] = texts

    def ask(self, question: Question, pod: Obj, record: PodRecord) -> tuple[Reply, ...]:
        if self._network is None or record.sandbox is None:
            return (Reply(NO_ANSWER, ("Network unreachable",)),)
        return self._network.ask(question, pod, record)

    @property
    def _prefix(self) -> str:
        return pod_cidr(self.number).rpartition(".")[0] + "."
