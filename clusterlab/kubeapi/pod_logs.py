"""`kubectl logs`: the API server asks, the simulated world's records answer."""

from __future__ import annotations

from simcore.apimachinery.meta import Obj
from simcore.kube_apiserver.http.pod_logs import LogOptions
from simcore.kubelet import logs
from simcore.kubelet.world import World
from simcore.sim.clock import Clock


class PodLogs:
    """Joins the two sides, which know nothing of each other."""

    def __init__(self, world: World, clock: Clock) -> None:
        self._logs = logs.ContainerLogs(world, clock)

    def read(self, pod: Obj, container: str, options: LogOptions) -> str:
        """Raises: ApiError."""
        asked = logs.LogOptions(
            options.previous,
            options.since_unix_ms,
            options.tail_lines,
            options.timestamps,
            options.limit_bytes,
        )
        return self._logs.read(pod, container, asked)

    def times(self, pod: Obj, container: str, *, previous: bool = False) -> list[int]:
        """Raises: ApiError."""
        return [line.unix_ms for line in self._logs.lines(pod, container, previous=previous)]

    def is_running(self, pod: Obj, container: str) -> bool:
        return self._logs.is_running(pod, container)
