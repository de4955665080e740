"""The extension points, each a Protocol; a plugin implements those that it needs.

Models: kubernetes v1.36 kube-scheduler/framework/interface.go. A plugin says what it finds; the runner records it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple, Protocol, runtime_checkable

from simcore.kube_scheduler.framework.events import Change, ClusterEvent
from simcore.kube_scheduler.node_info import NodeInfo
from simcore.kube_scheduler.pod_info import PodInfo

MAX_NODE_SCORE = 100


class Rejection(NamedTuple):
    """Why a pod does not go to a node."""

    reasons: tuple[str, ...]
    resolvable: bool = True
    """False: no preemption can help."""


class Verdict(NamedTuple):
    """A rejection and who said it."""

    plugin: str
    rejection: Rejection


class PreFiltered(NamedTuple):
    """What PreFilter found out. `nodes` limits the search to those names."""

    skip: bool = False
    nodes: frozenset[str] | None = None
    rejection: Rejection | None = None


SKIP = PreFiltered(skip=True)


class Wait(NamedTuple):
    """Permit holds the pod back; it is rejected when nobody allows it in time."""

    timeout_ms: int


class PostFiltered(NamedTuple):
    """What PostFilter did. `nominated`: the node that will be free, "" to forget it, None to leave it as it is."""

    success: bool
    nominated: str | None = None
    message: str = ""


class Snapshot(Protocol):
    """All nodes as one cycle sees them."""

    def nodes(self) -> Sequence[NodeInfo]:
        """In the order of the scheduler's node tree."""
        ...

    def get(self, name: str) -> NodeInfo | None: ...

    def namespace_labels(self, namespace: str) -> Mapping[str, str]: ...

    def nodes_with_image(self, name: str) -> int: ...

    def has_pods_below(self, priority: int) -> bool:
        """Whether any pod on a node has a lower priority."""
        ...


@dataclass(slots=True)
class Cycle:
    """One attempt to place one pod, and what the plugins note down for themselves, by their names."""

    snapshot: Snapshot
    attempt: int
    state: dict[str, Any] = field(default_factory=dict)
    skipped: set[str] = field(default_factory=set)
    """Plugins whose PreFilter found that their Filter has no business with this pod."""
    put_off: frozenset[str] = frozenset()
    """Plugins whose PreFilter has not run: nobody has needed what it notes down."""
    is_local: bool = False
    """Whether a node's verdict is known to depend on the pod's shape, the node, its pods and its promises alone."""
    silent: set[str] = field(default_factory=set)
    """Plugins whose PreScore found that they have no scores to give."""


class Plugin(Protocol):
    name: str


@runtime_checkable
class Waking(Protocol):
    """A plugin that rejects says which events may change its mind."""

    wakes_on: Sequence[ClusterEvent]

    def is_woken_by(self, pod: PodInfo, change: Change) -> bool:
        """The queueing hint: whether this one event may make this pod fit."""
        ...


@runtime_checkable
class PreEnqueuePlugin(Protocol):
    def pre_enqueue(self, pod: PodInfo) -> Rejection | None: ...


@runtime_checkable
class QueueSortPlugin(Protocol):
    def sort_key(self, priority: int, queued_ms: int, number: int) -> tuple[int, ...]:
        """The smallest comes first."""
        ...


@runtime_checkable
class PreFilterPlugin(Protocol):
    def pre_filter(self, cycle: Cycle, pod: PodInfo) -> PreFiltered | None: ...


@runtime_checkable
class PreFilterExtensions(Protocol):
    """For what-ifs on one node: adds a pod to, or takes it from, what PreFilter noted down."""

    def add_pod(self, cycle: Cycle, pod: PodInfo, added: PodInfo, node: NodeInfo) -> None: ...

    def remove_pod(self, cycle: Cycle, pod: PodInfo, removed: PodInfo, node: NodeInfo) -> None: ...

    def copy_state(self, cycle: Cycle) -> Any:
        """An independent copy of the plugin's own entry in `cycle.state`."""
        ...


@runtime_checkable
class FilterPlugin(Protocol):
    def filter(self, cycle: Cycle, pod: PodInfo, node: NodeInfo) -> Rejection | None: ...


class Failure(NamedTuple):
    """No node fits."""

    nodes: int
    resolvable: int
    """How many nodes preemption might help on."""
    verdicts: Callable[[], Mapping[str, Verdict]]
    """By node name; a node that is absent is beyond help. Worked out when called."""
    helped: Callable[[], Sequence[NodeInfo]]
    """Those that preemption might help on, in the order of the search. Worked out when called."""


class Handle(Protocol):
    """What a plugin may ask of the framework it runs in: what-ifs about one node."""

    def copy_cycle(self, cycle: Cycle) -> Cycle: ...

    def finish_pre_filter(self, cycle: Cycle, pod: PodInfo) -> None: ...

    def filter(self, cycle: Cycle, pod: PodInfo, node: NodeInfo) -> Verdict | None: ...

    def with_pod(self, cycle: Cycle, pod: PodInfo, added: PodInfo, node: NodeInfo) -> None: ...

    def without_pod(self, cycle: Cycle, pod: PodInfo, removed: PodInfo, node: NodeInfo) -> None: ...


@runtime_checkable
class PostFilterPlugin(Protocol):
    def post_filter(self, handle: Handle, cycle: Cycle, pod: PodInfo, failure: Failure) -> PostFiltered:
        """Tries to make room in the future."""
        ...


@runtime_checkable
class PreScorePlugin(Protocol):
    def pre_score(self, cycle: Cycle, pod: PodInfo, nodes: Sequence[NodeInfo]) -> bool:
        """False: the plugin has nothing to say and gives no scores."""
        ...


@runtime_checkable
class ScorePlugin(Protocol):
    def score(self, cycle: Cycle, pod: PodInfo, node: NodeInfo) -> int: ...


@runtime_checkable
class NormalizePlugin(Protocol):
    def normalize(self, cycle: Cycle, pod: PodInfo, scores: dict[str, int]) -> dict[str, int]:
        """Brings all nodes' scores into 0..MAX_NODE_SCORE."""
        ...


@runtime_checkable
class ReservePlugin(Protocol):
    def reserve(self, cycle: Cycle, pod: PodInfo, node: str) -> Rejection | None: ...

    def unreserve(self, cycle: Cycle, pod: PodInfo, node: str) -> None:
        """May be called without reserve()."""
        ...


@runtime_checkable
class PermitPlugin(Protocol):
    def permit(self, cycle: Cycle, pod: PodInfo, node: str) -> Rejection | Wait | None: ...


@runtime_checkable
class PreBindPlugin(Protocol):
    def pre_bind(self, cycle: Cycle, pod: PodInfo, node: str) -> int | None:
        """None: done. A number: not ready; asked again at each change, for at most so many milliseconds.

        Raises: ApiError, which sends the pod to the back-off queue.
        """
        ...


@runtime_checkable
class BindPlugin(Protocol):
    def bind(self, cycle: Cycle, pod: PodInfo, node: str) -> bool:
        """False: not this plugin's pod, the next one binds it. Raises: ApiError."""
        ...


@runtime_checkable
class PostBindPlugin(Protocol):
    def post_bind(self, cycle: Cycle, pod: PodInfo, node: str) -> None: ...


EXTENSION_POINTS: dict[str, type] = {
    "preEnqueue": PreEnqueuePlugin,
    "queueSort": QueueSortPlugin,
    "preFilter": PreFilterPlugin,
    "filter": FilterPlugin,
    "postFilter": PostFilterPlugin,
    "preScore": PreScorePlugin,
    "score": ScorePlugin,
    "reserve": ReservePlugin,
    "permit": PermitPlugin,
    "preBind": PreBindPlugin,
    "bind": BindPlugin,
    "postBind": PostBindPlugin,
}
"""By the name that a configuration uses."""
