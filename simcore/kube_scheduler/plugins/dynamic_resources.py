"""DynamicResources: its part in a failed attempt's message; no pod here has resource claims.

Left out: claims and devices (docs/deviations.md, kube-scheduler).
"""

from __future__ import annotations

from collections.abc import Mapping

from simcore.kube_scheduler.framework.interfaces import Cycle, PostFiltered, Verdict
from simcore.kube_scheduler.pod_info import PodInfo


class DynamicResources:
    name = "DynamicResources"

    def post_filter(self, cycle: Cycle, pod: PodInfo, verdicts: Mapping[str, Verdict]) -> PostFiltered:
        return PostFiltered(success=False, message="no new claims to deallocate")
