"""Pods that a node runs by itself, from manifests on its own disk; the API shows a mirror of each.

Models: kubernetes v1.36 pkg/kubelet/config/common.go (applyDefaults) and pkg/kubelet/pod/mirror_client.go.
Left out: see docs/deviations.md, kubelet.
"""

from __future__ import annotations

from hashlib import sha256

from simcore.apimachinery.encoding import encode
from simcore.apimachinery.errors import AlreadyExists, ApiError
from simcore.apimachinery.kinds import POD
from simcore.apimachinery.meta import Key, Obj, annotations_of
from simcore.client.context import ComponentContext
from simcore.kubelet.world import STATIC, World
from simcore.sim.timestamps import format_seconds

MIRROR = "kubernetes.io/config.mirror"
RETRY_MS = 10_000


class StaticPods:
    """The mirrors of one node's manifests."""

    def __init__(self, node: str, ctx: ComponentContext, world: World) -> None:
        self._node, self._ctx, self._world = node, ctx, world

    def sync(self, node: Obj | None) -> None:
        """Makes the mirrors that are missing."""
        if node is None:
            return
        pods = self._ctx.informers.informer(POD)
        for manifest in self._world.list(f"{STATIC}{self._node}/").values():
            made = self._mirror(manifest, node)
            meta = made["metadata"]
            if pods.get(Key(meta["namespace"], meta["name"])) is not None:
                continue
            try:
                self._ctx.client.create(POD, made)
            except AlreadyExists:
                continue  # its watch event is on the way
            except ApiError:
                # the namespace comes a moment later
                self._ctx.clock.call_later(RETRY_MS, lambda: self.sync(node), label="static pods")
                return

    def _mirror(self, manifest: Obj, node: Obj) -> Obj:
        digest = sha256(encode(manifest)).hexdigest()[:32]
        meta, now = manifest["metadata"], format_seconds(self._ctx.clock.unix_ms())
        annotations = annotations_of(manifest) | {
            "kubernetes.io/config.hash": digest,
            MIRROR: digest,
            "kubernetes.io/config.seen": now,
            "kubernetes.io/config.source": "file",
        }
        owner = {"apiVersion": "v1", "kind": "Node", "name": self._node, "uid": node["metadata"]["uid"]}
        mirrored = {
            **meta,
            "name": f"{meta['name']}-{self._node}",
            "annotations": annotations,
            "ownerReferences": [{**owner, "controller": True}],
        }
        tolerations = [{"effect": "NoExecute", "operator": "Exists"}]
        spec = {**manifest["spec"], "nodeName": self._node, "tolerations": tolerations}
        return {"apiVersion": "v1", "kind": "Pod", "metadata": mirrored, "spec": spec}


def is_mirror(pod: Obj) -> bool:
    return MIRROR in annotations_of(pod)
