"""ImageLocality: prefers nodes that hold the pod's images already."""

from __future__ import annotations

from collections.abc import Sequence

from simcore.kube_scheduler.framework.interfaces import MAX_NODE_SCORE, Cycle
from simcore.kube_scheduler.node_info import NodeInfo
from simcore.kube_scheduler.pod_info import PodInfo, PodShape

_MB = 1024 * 1024
LEAST_BYTES = 23 * _MB
MOST_BYTES_PER_CONTAINER = 1000 * _MB


class ImageLocality:
    name = "ImageLocality"

    def pre_score(self, cycle: Cycle, pod: PodInfo, nodes: Sequence[NodeInfo]) -> bool:
        return any(cycle.snapshot.nodes_with_image(normalized(name)) for name in pod.shape.images)

    def score(self, cycle: Cycle, pod: PodInfo, node: NodeInfo) -> int:
        total = len(cycle.snapshot.nodes())
        held = 0
        for image in pod.shape.images:
            size = node.image_bytes.get(normalized(image))
            if size:  # an image that only few nodes hold counts less, so that they don't get all the pods
                held += int(size * (cycle.snapshot.nodes_with_image(normalized(image)) / total))
        return score_of(held, pod.shape)


def score_of(held_bytes: int, shape: PodShape) -> int:
    most = MOST_BYTES_PER_CONTAINER * max(len(shape.images), 1)
    held_bytes = min(max(held_bytes, LEAST_BYTES), most)
    return MAX_NODE_SCORE * (held_bytes - LEAST_BYTES) // (most - LEAST_BYTES)


def normalized(image: str) -> str:
    """With the tag that an image without one means."""
    return image if image.rfind(":") > image.rfind("/") else f"{image}:latest"
