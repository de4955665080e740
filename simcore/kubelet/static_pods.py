"""Pods that a node runs by itself, from manifests on its own disk; the API shows a mirror of each.

Models: kubernetes v1.36 pkg/kubelet/config/common.go (applyDefaults) and pkg/kubelet/pod/mirror_client.go.
"""

from __future__ import annotations

from hashlib import sha256

from simcore.apimachinery.encoding import encode
from simcore.apimachinery.errors import AlreadyExists, ApiError, Conflict, NotFound
from simcore.apimachinery.kinds import POD
from simcore.apimachinery.meta import Key, Obj, annotations_of, key_of, uid_of
from simcore.client.context import ComponentContext
from simcore.kubelet.world import STATIC, World
from simcore.sim.timestamps import format_seconds

HASH, MIRROR = "kubernetes.io/config.hash", "kubernetes.io/config.mirror"
RETRY_MS = 10_000


class StaticPods:
    """The mirrors of one node's manifests."""

    def __init__(self, node: str, ctx: ComponentContext, world: World) -> None:
        self._node, self._ctx, self._world = node, ctx, world
        self._manifests: dict[Key, tuple[Obj, str]] | None = (
            None  # with their hashes; read anew after a change
        )

    def manifests_changed(self) -> None:
        self._manifests = None

    def is_current(self, mirror: Obj) -> bool:
        """Whether it shows a manifest of the node as it is now."""
        known = self._known().get(key_of(mirror))
        return known is not None and known[1] == annotations_of(mirror).get(MIRROR)

    def sync(self, node: Obj | None) -> None:
        """Makes the mirrors that are missing, and removes those of other manifests."""
        if node is None:
            return
        pods = self._ctx.informers.informer(POD)
        for key, (manifest, digest) in self._known().items():
            there = pods.get(key)
            if there is not None:
                if annotations_of(there).get(MIRROR) != digest:
                    self._remove(there)
                continue
            try:
                self._ctx.client.create(POD, self._mirror(manifest, digest, node))
            except AlreadyExists:
                continue  # its watch event is on the way
            except ApiError:
                # the namespace comes a moment later
                self._ctx.clock.call_later(RETRY_MS, lambda: self.sync(node), label="static pods")
                return

    def _known(self) -> dict[Key, tuple[Obj, str]]:
        if self._manifests is None:
            self._manifests = {}
            for manifest in self._world.list(f"{STATIC}{self._node}/").values():
                meta = manifest["metadata"]
                key = Key(meta.get("namespace", "default"), f"{meta['name']}-{self._node}")
                self._manifests[key] = (manifest, sha256(encode(manifest)).hexdigest()[:32])
        return self._manifests

    def _remove(self, mirror: Obj) -> None:
        try:
            self._ctx.client.delete(POD, key_of(mirror), uid=uid_of(mirror), grace_s=0)
        except (NotFound, Conflict):
            return  # it is gone already

    def _mirror(self, manifest: Obj, digest: str, node: Obj) -> Obj:
        meta = manifest["metadata"]
        annotations = annotations_of(manifest) | {
            HASH: digest,
            MIRROR: digest,
            "kubernetes.io/config.seen": self._seen(),
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

    def _seen(self) -> str:
        """When the kubelet has read the manifest; in nanoseconds, as upstream writes it."""
        return f"{format_seconds(self._ctx.clock.unix_ms())[:-1]}.000000000Z"


def is_mirror(pod: Obj) -> bool:
    return MIRROR in annotations_of(pod)
