"""The component: informers fill its cache and queue, one timer places one pod.

Models: kubernetes v1.36 pkg/scheduler (scheduler.go, schedule_one.go, eventhandlers.go).
"""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from simcore.apimachinery.errors import ApiError, NotFound
from simcore.apimachinery.kinds import NAMESPACE, POD
from simcore.apimachinery.meta import Key, Obj, labels_of
from simcore.client.context import ComponentContext
from simcore.kube_scheduler.attempts import Attempt, AttemptLog, MemoryAttemptLog
from simcore.kube_scheduler.cache import Cache
from simcore.kube_scheduler.conditions import SCHEDULER_ERROR, UNSCHEDULABLE, says_already, status_patch
from simcore.kube_scheduler.configuration.model import Configuration
from simcore.kube_scheduler.framework.events import VOLUME_EVENTS, Change, ClusterEvent
from simcore.kube_scheduler.framework.interfaces import Cycle, Failure, PostFiltered
from simcore.kube_scheduler.framework.profile import Profile
from simcore.kube_scheduler.framework.runner import BindingFailed, Framework, Hold
from simcore.kube_scheduler.nominator import Nominator
from simcore.kube_scheduler.placement import Placement
from simcore.kube_scheduler.pod_info import PodInfo
from simcore.kube_scheduler.profiles import Profiles
from simcore.kube_scheduler.queue import QueuedPod, SchedulingQueue
from simcore.kube_scheduler.watching import Watching
from simcore.kube_scheduler.world import CONFIG, World, configuration_of
from simcore.sim.clock import Timer

log = logging.getLogger(__name__)

NAME = "kube-scheduler"
LONGEST_NOTE = 1024
"""Characters of an Event's message."""


class Binding(NamedTuple):
    """A pod on its way to a node."""

    queued: QueuedPod
    framework: Framework
    cycle: Cycle
    assumed: PodInfo


class Scheduler:
    """Everything it knows comes from its informers; whoever takes over starts with the same cache and queue."""

    def __init__(
        self,
        ctx: ComponentContext,
        world: World | None = None,
        *,
        attempts: AttemptLog | None = None,
        profiles: Sequence[Profile] = (),
    ) -> None:
        """`profiles` take the place of those that the world's configuration describes."""
        self._ctx, self._world = ctx, world
        self.attempts: AttemptLog = attempts or MemoryAttemptLog()
        self.cache, self.nominator = Cache(self._namespace_labels), Nominator()
        self.profiles = Profiles(ctx, self.cache, self.nominator)
        if profiles:
            self.profiles.use(profiles)
        self.queue = SchedulingQueue(ctx.clock, self.profiles.framework_of, self._wake)
        self._watching = Watching(ctx, self)
        self._held: dict[str, Binding] = {}  # assumed pods whose volumes are not bound yet, by uid
        self._timer: Timer | None = None  # of the next cycle; gone once it has fired

    def start(self) -> None:
        if self._world is not None:
            self._apply(configuration_of(self._world.get(CONFIG)))
            self._world.watch(CONFIG, self._on_config)
        self._watching.start()

    # --- its configuration

    def _on_config(self, path: str, record: Obj | None, revision: int) -> None:
        """Takes effect at once, as if a scheduler with the new configuration had started."""
        self._apply(configuration_of(record))
        for queued in self.queue.pods():
            if self.profiles.serves(queued.pod):
                self.queue.reconsider(queued, revision)
            elif queued.state:  # one that is being bound goes its way
                self.queue.remove(queued.pod.uid)
        self._watching.take_up_pending(revision)

    def _apply(self, configuration: Configuration) -> None:
        self.profiles.configure(configuration)
        self.queue.initial_backoff_ms = configuration.initial_backoff_ms
        self.queue.max_backoff_ms = configuration.max_backoff_ms

    # --- one pod

    def _wake(self) -> None:
        if self._timer is None:
            self._timer = self._ctx.clock.call_later(0, self._schedule_one, label=NAME)

    def _schedule_one(self) -> None:
        self._timer = None
        queued = self.queue.pop()
        if queued is None:
            return
        self._ctx.client.cause = queued.cause
        framework = self.profiles.framework_of(queued.pod)
        cycle = Cycle(self.cache, queued.attempts)
        placement = self.profiles.placer_of(queued.pod).place(cycle, queued.pod)
        if placement.node:
            self._take(queued, framework, cycle, placement)
        else:
            self._give_up(queued, framework, cycle, placement)
        if self.queue.has_next:
            self._wake()

    def _take(self, queued: QueuedPod, framework: Framework, cycle: Cycle, placement: Placement) -> None:
        """Reserve and Permit; then the pod is bound, at once or when the API call's time has passed."""
        node = placement.node
        assumed = self.cache.assume(queued.pod, node)
        verdict = framework.reserve(cycle, assumed, node)
        if verdict is None:
            verdict, waits = framework.permit(cycle, assumed, node)
            assert not waits, f"nobody allows waiting pods yet: {waits}"
        if verdict is not None:
            self._put_back(framework, cycle, assumed)
            placement.diagnosis.nodes = 1
            placement.diagnosis.count(verdict.plugin, verdict.rejection, 1)
            placement.node = ""
            self._report(queued, placement, PostFiltered(False, ""))
            return
        self._record(queued, placement)
        latency = self._ctx.latency
        delay = latency.draw(latency.api_call, self._ctx.rng, "bind", queued.pod.uid, queued.attempts)
        if delay:
            cause = queued.cause
            self._ctx.clock.call_later(
                delay,
                lambda: self._bind(Binding(queued, framework, cycle, assumed), cause),
                label="scheduler bind",
            )
        else:
            self._bind(Binding(queued, framework, cycle, assumed), queued.cause)

    def _bind(self, binding: Binding, cause: int) -> None:
        queued, framework, cycle, assumed = binding
        if self.queue.get(assumed.uid) is not queued:
            self._held.pop(assumed.uid, None)
            framework.unreserve(cycle, assumed, assumed.node_name)
            return  # deleted meanwhile
        node = assumed.node_name
        self._ctx.client.cause = cause
        try:
            hold = framework.bind(cycle, assumed, node)
        except BindingFailed as error:
            self._bind_failed(binding, str(error), cause)
            return
        if hold is not None:
            self._wait_for(hold, binding)
            return
        self._held.pop(assumed.uid, None)
        self.queue.remove(assumed.uid)
        self.nominator.set(assumed, "")
        note = f"Successfully assigned {assumed.key} to {node}"
        self.profiles.recorder_of(assumed).event(assumed.pod, "Normal", "Scheduled", note, action="Binding")

    def _wait_for(self, hold: Hold, binding: Binding) -> None:
        """Until something changes: changed() asks again."""
        uid = binding.assumed.uid
        if uid in self._held:
            return
        self._held[uid] = binding

        def give_up() -> None:
            if self._held.get(uid) is binding:
                message = (
                    f'running PreBind plugin "{hold.plugin}": binding volumes: context deadline exceeded'
                )
                self._bind_failed(binding, message, binding.queued.cause)

        self._ctx.clock.call_later(hold.timeout_ms, give_up, label="scheduler bind timeout")

    def _bind_failed(self, binding: Binding, message: str, cause: int) -> None:
        queued, framework, cycle, assumed = binding
        log.info("%d bind %s to %s: %s", self._ctx.clock.now(), assumed.key, assumed.node_name, message)
        self._held.pop(assumed.uid, None)
        self._put_back(framework, cycle, assumed)
        self._fail(queued, SCHEDULER_ERROR, message, "")
        self.queue.failed(queued, frozenset())
        self.changed(Change(ClusterEvent.POD_DELETED, pod=assumed), cause)

    def _put_back(self, framework: Framework, cycle: Cycle, assumed: PodInfo) -> None:
        framework.unreserve(cycle, assumed, assumed.node_name)
        if self.cache.is_assumed(assumed.uid):
            self.cache.remove_pod(assumed.uid)

    # --- no node

    def _give_up(self, queued: QueuedPod, framework: Framework, cycle: Cycle, placement: Placement) -> None:
        after = PostFiltered(False, "")
        if placement.diagnosis.nodes:
            diagnosis = placement.diagnosis
            failure = Failure(diagnosis.nodes, diagnosis.resolvable, placement.verdicts, placement.helped)
            after = framework.post_filter(cycle, queued.pod, failure)
            diagnosis.post_filter = after.message
        self._report(queued, placement, after)

    def _report(self, queued: QueuedPod, placement: Placement, after: PostFiltered) -> None:
        message = placement.diagnosis.message()
        if after.nominated is not None:
            self.nominator.set(queued.pod, after.nominated)
        self._record(queued, placement, message)
        self._fail(queued, UNSCHEDULABLE, message, after.nominated)
        self.queue.failed(queued, frozenset(placement.diagnosis.plugins) or frozenset({"NodeName"}))

    def _fail(self, queued: QueuedPod, reason: str, message: str, nominated: str | None) -> None:
        """The FailedScheduling event and the PodScheduled condition."""
        pod = queued.pod.pod
        is_news = queued.attempts > 1 or not says_already(pod, message)
        if is_news:  # after a take-over the first attempt repeats what was said before
            note = message if len(message) <= LONGEST_NOTE else message[: LONGEST_NOTE - 4] + " ..."
            recorder = self.profiles.recorder_of(queued.pod)
            recorder.event(pod, "Warning", "FailedScheduling", note, action="Scheduling")
        patch = status_patch(pod, reason, message, nominated, self._ctx.clock.timestamp())
        if patch is None:
            return
        try:
            self._ctx.client.patch(POD, queued.pod.key, patch, subresource="status")
        except NotFound:
            pass  # deleted meanwhile; its deletion is on the way to us
        except ApiError as error:
            log.info("%d status of %s: %s", self._ctx.clock.now(), queued.pod.key, error.message)

    def _record(self, queued: QueuedPod, placement: Placement, message: str = "") -> None:
        diagnosis, pod = placement.diagnosis, queued.pod
        self.attempts.record(
            Attempt(
                pod.key, pod.uid, queued.attempts, self._ctx.clock.now(), self._watching.revision,
                queued.came_from, placement.node, diagnosis.nodes, placement.feasible, placement.score,
                placement.lead, tuple(sorted(diagnosis.reasons.items())), tuple(sorted(diagnosis.plugins)), message,
            )
        )  # fmt: skip

    # --- what the informers tell

    def _namespace_labels(self, name: str) -> Mapping[str, str]:
        namespace = self._ctx.informers.informer(NAMESPACE).get(Key("", name))
        return labels_of(namespace) if namespace is not None else {}

    def changed(self, change: Change, cause: int) -> None:
        """Something happened that waiting pods may have waited for."""
        if change.event in VOLUME_EVENTS:
            for binding in [*self._held.values()]:
                self._bind(binding, cause)
        self.queue.move(change, cause)
