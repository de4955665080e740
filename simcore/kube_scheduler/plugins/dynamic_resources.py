"""DynamicResources: its part in a failed attempt's message; no pod here has resource claims.

Left out: claims and devices (docs/deviations.md, kube-scheduler).
"""

from __future__ import annotations

from simcore.kube_scheduler.framework.interfaces import Cycle, Failure, Handle, PostFiltered
from simcore.kube_scheduler.pod_info import PodInfo


class DynamicResources:
    name = "DynamicResources"

    def post_filter(self, handle: Handle, cycle: Cycle, pod: PodInfo, failure: Failure) -> PostFiltered:
        return PostFiltered(success=False, message="no new claims to deallocate")
