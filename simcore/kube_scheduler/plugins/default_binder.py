"""DefaultBinder: tells the API server."""

from __future__ import annotations

from simcore.client.interfaces import ApiClient
from simcore.kube_scheduler.framework.interfaces import Cycle
from simcore.kube_scheduler.pod_info import PodInfo


class DefaultBinder:
    name = "DefaultBinder"

    def __init__(self, client: ApiClient) -> None:
        self._client = client

    def bind(self, cycle: Cycle, pod: PodInfo, node: str) -> bool:
        self._client.bind(pod.key, pod.uid, node)
        return True
