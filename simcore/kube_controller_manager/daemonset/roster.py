"""What a DaemonSet has on each node, kept up to date node by node.

A change costs as much as the nodes that it concerns, not as much as all nodes: with thousands of them and a daemon
that starts on each, looking at all each time would never end.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from simcore.apimachinery.meta import Key, Obj, controller_of, is_terminating, key_of, labels_of, uid_of
from simcore.client.informer import Informer
from simcore.kube_controller_manager.daemonset.placement import Verdict, judge, node_of
from simcore.kube_controller_manager.pods import is_available, is_ready, phase_of, ready_since_ms
from simcore.kube_controller_manager.revisions import HASH_LABEL

COUNTS = (
    "desiredNumberScheduled", "currentNumberScheduled", "numberMisscheduled", "numberReady", "numberAvailable",
    "updatedNumberScheduled",
)  # fmt: skip
_INDEX = "daemon"
_GONE = Verdict(wants=False, keeps=True)


class Pair(NamedTuple):
    """A node's pods: the one of the newest template, and the one before."""

    new: Obj | None
    old: Obj | None


class Post(NamedTuple):
    """One node, as the DaemonSet sees it."""

    pair: Pair
    new_works: bool
    old_works: bool
    wants: bool
    is_missing: bool
    unwanted: Sequence[Obj]
    """Pods that are to go."""
    counts: Sequence[int]
    """In the order of COUNTS."""
    due_ms: int | None
    """When a pod will have been ready for long enough."""

    @property
    def works(self) -> bool:
        return self.new_works if self.pair.new is not None else self.old_works


class Roster:
    """One DaemonSet's nodes. refresh() first; the rest is as of then."""

    def __init__(self, pods: Informer, nodes: Informer) -> None:
        self._pods, self._nodes = pods, nodes
        pods.add_index(_INDEX, _place_of)
        self._posts: dict[str, Post] = {}  # goes when neither the node nor a pod for it is left
        self._stale: dict[str, None] | None = None  # nodes to look at again; None: all
        self._basis: tuple[object, ...] = ()
        self._forget()

    def note(self, node: str) -> None:
        """Something about the node or a pod on it has changed."""
        if self._stale is not None:
            self._stale[node] = None

    def refresh(self, ds: Obj, template_hash: str, now_ms: int) -> None:
        basis = (uid_of(ds), ds["metadata"].get("generation", 0), template_hash)
        if self._stale is None or basis != self._basis:
            self._basis, self._stale = basis, dict.fromkeys(self._all_nodes(ds))
            self._posts.clear()
            self._forget()
        self._stale |= {node: None for node, due_ms in self._waiting.items() if due_ms <= now_ms}
        for node in self._stale:
            self._replace(node, self._look(ds, node, template_hash, now_ms))
        self._stale = {}

    def post(self, node: str) -> Post:
        return self._posts[node]

    def next_due_ms(self) -> int | None:
        return min(self._waiting.values(), default=None)

    def _forget(self) -> None:
        self.missing: dict[str, None] = {}
        """Nodes without the pod that they should have."""
        self.crowded: dict[str, None] = {}
        """Nodes with pods that are to go."""
        self.outdated: dict[str, None] = {}
        """Nodes with a pod of an older template."""
        self.unavailable = 0
        """How many nodes have no working pod."""
        self.surging = 0
        """How many nodes have both an old and a new pod."""
        self.totals = [0] * len(COUNTS)
        self._waiting: dict[str, int] = {}

    def _all_nodes(self, ds: Obj) -> list[str]:
        names = {key.name: None for key in map(key_of, self._nodes.list())}
        of_pods = (value for value in self._pods.index_values(_INDEX) if isinstance(value, tuple))
        names |= {node: None for uid, node in of_pods if uid == uid_of(ds)}
        return [*names]

    def _replace(self, node: str, post: Post | None) -> None:
        before = self._posts.pop(node, None)
        for found, sign in ((before, -1), (post, 1)):
            if found is not None:
                self.totals = [total + sign * n for total, n in zip(self.totals, found.counts, strict=True)]
                self.unavailable += sign * (found.wants and not found.works)
                self.surging += sign * (found.wants and None not in found.pair)
        for group in (self.missing, self.crowded, self.outdated, self._waiting):
            group.pop(node, None)
        if post is None:
            return
        self._posts[node] = post
        if post.is_missing:
            self.missing[node] = None
        if post.unwanted:
            self.crowded[node] = None
        if post.wants and post.pair.old is not None:
            self.outdated[node] = None
        if post.due_ms is not None:
            self._waiting[node] = post.due_ms

    def _look(self, ds: Obj, name: str, template_hash: str, now_ms: int) -> Post | None:
        node = self._nodes.get(Key("", name))
        present = sorted(self._pods.by_index(_INDEX, (uid_of(ds), name)), key=key_of)
        if node is None:
            unbound = [p for p in present if not p["spec"].get("nodeName") and not is_terminating(p)]
            return _post(_GONE, Pair(None, None), unbound) if present else None
        verdict, pair = judge(ds, node), pair_of(present, template_hash)
        staying = [pod for pod in present if not is_terminating(pod)]
        if not verdict.keeps:
            unwanted = staying
        elif verdict.wants and not present:
            return _post(verdict, pair, ())._replace(is_missing=True, counts=(1, 0, 0, 0, 0, 0))
        else:
            unwanted = [pod for pod in staying if _has_ended(pod)] + _doubled(staying, template_hash)
        min_ready_s = ds["spec"].get("minReadySeconds") or 0
        post = _post(verdict, pair, unwanted)
        return post._replace(
            new_works=_works(pair.new, min_ready_s, now_ms),
            old_works=_works(pair.old, min_ready_s, now_ms),
            counts=_counted(verdict, staying, min_ready_s, now_ms, template_hash),
            due_ms=_due_ms(staying, min_ready_s, now_ms),
        )


def pair_of(pods: Sequence[Obj], template_hash: str) -> Pair:
    """The oldest of each sort; terminating ones only if there is no other."""
    new: Obj | None = None
    old: Obj | None = None
    for pod in sorted(pods, key=lambda p: (is_terminating(p), p["metadata"]["creationTimestamp"])):
        if labels_of(pod).get(HASH_LABEL) == template_hash:
            new = new or pod
        else:
            old = old or pod
    return Pair(new, old)


def _post(verdict: Verdict, pair: Pair, unwanted: Sequence[Obj]) -> Post:
    return Post(pair, False, False, verdict.wants, False, unwanted, (0,) * len(COUNTS), None)


def _place_of(pod: Obj) -> tuple[tuple[str, str], ...]:
    ref = controller_of(pod)
    return ((ref["uid"], node_of(pod)),) if ref is not None and ref["kind"] == "DaemonSet" else ()


def _counted(
    verdict: Verdict, staying: list[Obj], min_ready_s: int, now_ms: int, template_hash: str
) -> tuple[int, ...]:
    if not verdict.wants:
        return (0, 0, int(bool(staying)), 0, 0, 0)
    pod = min(staying, key=lambda p: (not is_ready(p), p["metadata"]["creationTimestamp"]), default=None)
    if pod is None:
        return (1, 0, 0, 0, 0, 0)
    is_new = labels_of(pod).get(HASH_LABEL) == template_hash
    return (1, 1, 0, int(is_ready(pod)), int(is_available(pod, min_ready_s, now_ms)), int(is_new))


def _works(pod: Obj | None, min_ready_s: int, now_ms: int) -> bool:
    return pod is not None and not is_terminating(pod) and is_available(pod, min_ready_s, now_ms)


def _due_ms(pods: list[Obj], min_ready_s: int, now_ms: int) -> int | None:
    if not min_ready_s:
        return None
    dues = (since + min_ready_s * 1000 for pod in pods if (since := ready_since_ms(pod)) is not None)
    return min((due for due in dues if due > now_ms), default=None)


def _has_ended(pod: Obj) -> bool:
    return phase_of(pod) in ("Failed", "Succeeded")


def _doubled(staying: list[Obj], template_hash: str) -> list[Obj]:
    """All but the oldest pod of each template: during a surge there may be one of the new and one of the old."""
    alive = [pod for pod in staying if not _has_ended(pod)]
    kept = [pod for pod in pair_of(alive, template_hash) if pod is not None]
    return [pod for pod in alive if all(pod is not other for other in kept)]
