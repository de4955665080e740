"""Refuses pods and Jobs beyond what one cluster may hold, so that who makes them without end stops, and is told why.

Controllers make these two kinds alone without a bound of their own. There is nothing like it upstream.
"""

from __future__ import annotations

from typing import NamedTuple

from simcore.apimachinery.kinds import JOB, NODE, POD, Kind
from simcore.kube_apiserver.admission.plugin import Asked, BasePlugin, forbidden
from simcore.kube_apiserver.strategy import RequestContext


class Limit(NamedTuple):
    """How many objects: `base`, and so many more for each node, but no more than `most`."""

    base: int
    per_node: int
    most: int

    def with_nodes(self, nodes: int) -> int:
        return min(self.base + self.per_node * nodes, self.most)


LIMITS = {POD: Limit(10_000, 250, 150_000), JOB: Limit(5_000, 20, 50_000)}
"""150,000 pods are what Kubernetes is made for at most."""


class ClusterLimits(BasePlugin):
    name = "ClusterLimits"

    def concerns(self, kind: Kind) -> bool:
        return kind in LIMITS

    def validate(self, asked: Asked, ctx: RequestContext) -> None:
        if asked.verb != "create" or asked.subresource:
            return
        used = ctx.read.count(asked.kind)
        if used < LIMITS[asked.kind].base:
            return
        limit, plural = LIMITS[asked.kind].with_nodes(ctx.read.count(NODE)), asked.kind.plural
        if used >= limit:
            raise forbidden(
                asked,
                f"exceeded cluster limit, requested: {plural}=1, used: {plural}={used}, limited: {plural}={limit}",
            )
