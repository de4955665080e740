"""Calls a profile's plugins at each extension point and records who said what.

Models: kubernetes v1.36 pkg/scheduler/framework/runtime/framework.go.
"""

from __future__ import annotations

# mypy: disable-error-code="type-abstract"
# isinstance() against a runtime-checkable Protocol is what sorts the plugins into the extension points.
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any, NamedTuple, TypeVar

from simcore.apimachinery.errors import ApiError
from simcore.kube_scheduler.framework.interfaces import (
    BindPlugin,
    Cycle,
    Failure,
    FilterPlugin,
    NormalizePlugin,
    PermitPlugin,
    Plugin,
    PostBindPlugin,
    PostFiltered,
    PostFilterPlugin,
    PreBindPlugin,
    PreEnqueuePlugin,
    PreFiltered,
    PreFilterExtensions,
    PreFilterPlugin,
    PreScorePlugin,
    QueueSortPlugin,
    Rejection,
    ReservePlugin,
    ScorePlugin,
    Verdict,
    Wait,
    Waking,
)
from simcore.kube_scheduler.framework.profile import Profile
from simcore.kube_scheduler.node_info import NodeInfo
from simcore.kube_scheduler.pod_info import PodInfo

P = TypeVar("P")

PluginScores = dict[str, dict[str, int]]
"""By plugin and node: normalized, not yet weighted."""


class PreFilterOutcome(NamedTuple):
    nodes: frozenset[str] | None
    """The only nodes to look at; None: all."""
    limited_by: tuple[str, ...]
    """The plugins that named them."""
    verdict: Verdict | None


class Hold(NamedTuple):
    """A plugin that an assumed pod waits for."""

    plugin: str
    timeout_ms: int


class BindingFailed(Exception):
    """A plugin could not bind an assumed pod; the message is the event's."""


class Framework:
    """One profile at work. It holds no state of its own: everything about an attempt is in its Cycle."""

    def __init__(self, profile: Profile) -> None:
        self.profile = profile
        self.weights = {each.plugin.name: each.weight for each in profile.plugins}
        self.plugins: dict[str, Plugin] = {each.plugin.name: each.plugin for each in profile.plugins}
        assert len(self.plugins) == len(profile.plugins), "a plugin stands twice in the profile"
        self.filters = self._at("filter", FilterPlugin)
        self.scorers = self._at("score", ScorePlugin)
        self._pre_enqueue = self._at("preEnqueue", PreEnqueuePlugin)
        self._pre_filters = self._at("preFilter", PreFilterPlugin)
        self._extensions = self._at("preFilter", PreFilterExtensions)
        self._post_filters = self._at("postFilter", PostFilterPlugin)
        self._pre_scorers = self._at("preScore", PreScorePlugin)
        self._reservers = self._at("reserve", ReservePlugin)
        self._permits = self._at("permit", PermitPlugin)
        self._pre_binders = self._at("preBind", PreBindPlugin)
        self._binders = self._at("bind", BindPlugin)
        self._post_binders = self._at("postBind", PostBindPlugin)
        self.waking = {name: plugin for name, plugin in self.plugins.items() if isinstance(plugin, Waking)}
        ((_, self.queue_sort),) = self._at("queueSort", QueueSortPlugin)

    def _at(self, point: str, protocol: type[P]) -> list[tuple[str, P]]:
        points = self.profile.points
        names = self.plugins if points is None else points.get(point, ())
        return [(name, plugin) for name in names if isinstance(plugin := self.plugins[name], protocol)]

    # --- before the cycle

    def pre_enqueue(self, pod: PodInfo) -> Verdict | None:
        """The first objection to letting the pod into the queue."""
        for name, plugin in self._pre_enqueue:
            if rejection := plugin.pre_enqueue(pod):
                return Verdict(name, rejection)
        return None

    # --- finding nodes

    def pre_filter(
        self, cycle: Cycle, pod: PodInfo, put_off: frozenset[str] = frozenset()
    ) -> PreFilterOutcome:
        """`put_off` names plugins that are to wait for finish_pre_filter(); they must neither reject nor limit."""
        cycle.put_off = put_off
        nodes: frozenset[str] | None = None
        limited_by: list[str] = []
        for name, plugin in self._pre_filters:
            found = plugin.pre_filter(cycle, pod) if name not in put_off else None
            if found is None:
                continue
            if found.rejection:
                return PreFilterOutcome(None, (), Verdict(name, found.rejection))
            if found.skip:
                cycle.skipped.add(name)
            if found.nodes is not None:
                nodes = found.nodes if nodes is None else nodes & found.nodes
                limited_by.append(name)
        if nodes is not None and not nodes:
            why = f"node(s) didn't satisfy plugin(s) [{' '.join(sorted(limited_by))}] simultaneously"
            return PreFilterOutcome(nodes, (), Verdict(limited_by[0], Rejection((why,), resolvable=False)))
        return PreFilterOutcome(nodes, tuple(sorted(limited_by)), None)

    def pre_filter_each(self, cycle: Cycle, pod: PodInfo) -> dict[str, PreFiltered | None]:
        """What every plugin finds, also after one has rejected the pod; for whoever explains."""
        found = {name: plugin.pre_filter(cycle, pod) for name, plugin in self._pre_filters}
        cycle.skipped |= {name for name, said in found.items() if said is not None and said.skip}
        return found

    def finish_pre_filter(self, cycle: Cycle, pod: PodInfo) -> None:
        """What was put off, so that every plugin can be asked about a single node."""
        for name, plugin in self._pre_filters:
            if name in cycle.put_off and (found := plugin.pre_filter(cycle, pod)) is not None and found.skip:
                cycle.skipped.add(name)
        cycle.put_off = frozenset()

    def filter(self, cycle: Cycle, pod: PodInfo, node: NodeInfo) -> Verdict | None:
        """The first objection to the node; None: it fits."""
        for name, plugin in self.filters:
            if name not in cycle.skipped:
                rejection = plugin.filter(cycle, pod, node)
                if rejection is not None:
                    return Verdict(name, rejection)
        return None

    def with_pod(self, cycle: Cycle, pod: PodInfo, added: PodInfo, node: NodeInfo) -> None:
        """Makes the cycle count `added` as running on the node (itself a copy that has it)."""
        for name, plugin in self._extensions:
            if name not in cycle.skipped:
                plugin.add_pod(cycle, pod, added, node)

    def without_pod(self, cycle: Cycle, pod: PodInfo, removed: PodInfo, node: NodeInfo) -> None:
        for name, plugin in self._extensions:
            if name not in cycle.skipped:
                plugin.remove_pod(cycle, pod, removed, node)

    def copy_cycle(self, cycle: Cycle) -> Cycle:
        """For a what-if: changes to the copy's state don't reach the original."""
        state: dict[str, Any] = dict(cycle.state)
        for name, plugin in self._extensions:
            if name in state:
                state[name] = plugin.copy_state(cycle)
        return Cycle(cycle.snapshot, cycle.attempt, state, set(cycle.skipped))

    def post_filter(self, cycle: Cycle, pod: PodInfo, failure: Failure) -> PostFiltered:
        """The first success; else what all of them said, and the last nomination."""
        messages, nominated = [], None
        for _, plugin in self._post_filters:
            found = plugin.post_filter(self, cycle, pod, failure)
            if found.success:
                return found
            if found.message:
                messages.append(found.message)
            if found.nominated is not None:
                nominated = found.nominated
        return PostFiltered(False, nominated, ", ".join(messages))

    # --- choosing among them

    def pre_score(self, cycle: Cycle, pod: PodInfo, nodes: Sequence[NodeInfo]) -> None:
        for name, plugin in self._pre_scorers:
            if not plugin.pre_score(cycle, pod, nodes):
                cycle.silent.add(name)

    def score(self, cycle: Cycle, pod: PodInfo, nodes: Sequence[NodeInfo]) -> PluginScores:
        """Only of the plugins that have something to say."""
        scores: PluginScores = {}
        for name, plugin in self.scorers:
            if name in cycle.silent:
                continue
            raw = {node.name: plugin.score(cycle, pod, node) for node in nodes}
            scores[name] = plugin.normalize(cycle, pod, raw) if isinstance(plugin, NormalizePlugin) else raw
        return scores

    # --- taking the node

    def reserve(self, cycle: Cycle, pod: PodInfo, node: str) -> Verdict | None:
        for name, plugin in self._reservers:
            if rejection := plugin.reserve(cycle, pod, node):
                return Verdict(name, rejection)
        return None

    def unreserve(self, cycle: Cycle, pod: PodInfo, node: str) -> None:
        for _, plugin in reversed(self._reservers):
            plugin.unreserve(cycle, pod, node)

    def permit(self, cycle: Cycle, pod: PodInfo, node: str) -> tuple[Verdict | None, dict[str, Wait]]:
        """A rejection ends it; else who wants the pod to wait."""
        waits: dict[str, Wait] = {}
        for name, plugin in self._permits:
            said = plugin.permit(cycle, pod, node)
            if isinstance(said, Rejection):
                return Verdict(name, said), {}
            if said is not None:
                waits[name] = said
        return None, waits

    def bind(self, cycle: Cycle, pod: PodInfo, node: str) -> Hold | None:
        """PreBind, the first Bind plugin that takes the pod, PostBind. Raises: BindingFailed.

        A Hold: a PreBind plugin is not ready, nothing is bound; call again when something has changed.
        """
        for name, pre in self._pre_binders:
            with _reported(f'running PreBind plugin "{name}"'):
                timeout_ms = pre.pre_bind(cycle, pod, node)
            if timeout_ms is not None:
                return Hold(name, timeout_ms)
        for name, plugin in self._binders:
            with _reported(f'running Bind plugin "{name}"'):
                if plugin.bind(cycle, pod, node):
                    break
        else:
            raise AssertionError(f"no Bind plugin took {pod.key}")
        for _, post in self._post_binders:
            post.post_bind(cycle, pod, node)
        return None


@contextmanager
def _reported(doing: str) -> Iterator[None]:
    """Says which plugin the API server refused."""
    try:
        yield
    except ApiError as error:
        raise BindingFailed(f"{doing}: {error.message}") from error
