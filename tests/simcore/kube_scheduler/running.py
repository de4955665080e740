"""A scheduler at work on a control plane whose nodes have no kubelets."""

from __future__ import annotations

from simcore.apimachinery.errors import NotFound
from simcore.apimachinery.kinds import EVENT, NODE, POD
from simcore.apimachinery.meta import Key, Obj
from simcore.cluster.world import World
from simcore.kube_scheduler.scheduler import Scheduler
from simcore.kube_scheduler.world import CONFIG
from simcore.sim.latency import INSTANT, LatencyProfile
from tests.kit.control_plane import ControlPlane
from tests.simcore.kube_scheduler.manifests import node


class Running:
    """Four nodes in three zones, as the contract suite has them, unless a test names others."""

    def __init__(
        self, *nodes: Obj, latency: LatencyProfile = INSTANT, plane: ControlPlane | None = None, seed: int = 1
    ) -> None:
        self.plane = plane or ControlPlane(latency=latency, seed=seed)
        if plane is None:
            self.add_nodes(*(nodes or [node(f"node-{number}") for number in (1, 2, 3, 4)]))
        self.world = World(self.plane.store, self.plane.clock)
        self.scheduler = Scheduler(self.plane.ctx.for_actor("kube-scheduler"), self.world)
        self.scheduler.start()

    def configure(self, **fields: object) -> None:
        """Stores a configuration with these fields, and lets the scheduler act."""
        document = {
            "apiVersion": "kubescheduler.config.k8s.io/v1",
            "kind": "KubeSchedulerConfiguration",
            **fields,
        }
        self.world.put(CONFIG, {"configuration": document}, actor="user:owner")
        self.plane.advance(1)

    def add_nodes(self, *nodes: Obj) -> None:
        for each in nodes:
            self.plane.given(each)
            self.plane.api.update_status(NODE, each)

    def given(self, *pods: Obj) -> None:
        """Creates the pods and lets the scheduler act, for a millisecond."""
        self.plane.given(
            *({**p, "metadata": {k: v for k, v in p["metadata"].items() if k not in _SET}} for p in pods)
        )
        self.plane.advance(1)

    def pod(self, name: str, namespace: str = "default") -> Obj:
        return self.plane.get(POD, name, namespace)

    def node_of(self, name: str) -> str:
        found: str = self.pod(name)["spec"].get("nodeName", "")
        return found

    def nodes_of_all(self) -> dict[str, str]:
        return {p["metadata"]["name"]: p["spec"].get("nodeName", "") for p in self.plane.list(POD)}

    def condition(self, name: str) -> Obj:
        (found,) = (c for c in self.pod(name)["status"]["conditions"] if c["type"] == "PodScheduled")
        return found  # type: ignore[no-any-return]  # conditions are objects

    def events(self, name: str) -> list[Obj]:
        return [e for e in self.plane.list(EVENT, None) if e["involvedObject"]["name"] == name]

    def end(self, name: str) -> None:
        """The pod goes at once, as if its kubelet had ended it."""
        try:
            self.plane.delete(POD, name, grace_s=0)
        except NotFound:
            return

    def set_node(self, name: str, **spec: object) -> None:
        self.plane.api.patch(NODE, Key("", name), {"spec": spec})
        self.plane.advance(1)


_SET = ("uid", "creationTimestamp")
