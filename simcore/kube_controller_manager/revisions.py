"""ControllerRevisions: what a DaemonSet's or StatefulSet's template has been, for undo and for telling pods apart.

Models: kubernetes v1.36 pkg/controller/history/controller_history.go.
"""

from __future__ import annotations

import json
from collections.abc import Collection
from zlib import crc32

from simcore.apimachinery.errors import AlreadyExists, NotFound
from simcore.apimachinery.kinds import CONTROLLER_REVISION
from simcore.apimachinery.meta import Obj, controller_ref, key_of, labels_of, uid_of
from simcore.client.context import ComponentContext
from simcore.kube_controller_manager.ownership import index_by_controller, owned_by
from simcore.sim.rng import SUFFIX_ALPHABET

HASH_LABEL = "controller-revision-hash"


class Revisions:
    """The history of the objects of one kind."""

    def __init__(self, ctx: ComponentContext) -> None:
        self._client = ctx.client
        self._informer = ctx.informers.informer(CONTROLLER_REVISION)
        index_by_controller(self._informer)

    def of(self, owner: Obj) -> list[Obj]:
        """Oldest first."""
        found = owned_by(self._informer, uid_of(owner))
        return sorted(found, key=lambda r: (r["revision"], r["metadata"]["creationTimestamp"], key_of(r)))

    def current(self, owner: Obj) -> Obj:
        """The revision of the owner's template as it is now: found, brought to the front, or made.

        Raises: AlreadyExists when something else has its name.
        """
        past, data = self.of(owner), _data(owner)
        newest = past[-1]["revision"] if past else 0
        equal = [revision for revision in past if revision["data"] == data]
        if not equal:
            return self._make(owner, data, newest + 1)
        found = equal[-1]
        if found["revision"] == newest:
            return found
        return self._client.update(CONTROLLER_REVISION, {**found, "revision": newest + 1})

    def forget_old(self, owner: Obj, live: Collection[str]) -> None:
        """Deletes the oldest beyond revisionHistoryLimit; those named in `live` stay and don't count."""
        limit = owner["spec"].get("revisionHistoryLimit", 10)
        idle = [revision for revision in self.of(owner) if revision["metadata"]["name"] not in live]
        for revision in idle[: max(len(idle) - limit, 0)]:
            try:
                self._client.delete(CONTROLLER_REVISION, key_of(revision), uid=uid_of(revision))
            except NotFound:
                continue  # somebody was faster

    def _make(self, owner: Obj, data: Obj, number: int) -> Obj:
        meta, template_hash = owner["metadata"], hash_of(data)
        template_labels = labels_of({"metadata": owner["spec"]["template"].get("metadata") or {}})
        wanted = {
            "name": f"{meta['name']}-{template_hash}",
            "namespace": meta["namespace"],
            "labels": template_labels | {HASH_LABEL: template_hash},
            "ownerReferences": [controller_ref(owner)],
        }
        head = {"apiVersion": "apps/v1", "kind": "ControllerRevision", "metadata": wanted}
        try:
            return self._client.create(CONTROLLER_REVISION, {**head, "data": data, "revision": number})
        except AlreadyExists:
            found = self._client.get(CONTROLLER_REVISION, key_of(head))
            if found["data"] != data:
                raise
            return found


def hash_of(data: Obj) -> str:
    text = json.dumps(data, sort_keys=True, separators=(",", ":"))
    return "".join(SUFFIX_ALPHABET[ord(digit) % len(SUFFIX_ALPHABET)] for digit in str(crc32(text.encode())))


def _data(owner: Obj) -> Obj:
    """A patch that brings the template back: what kubectl applies to undo."""
    return {"spec": {"template": {**owner["spec"]["template"], "$patch": "replace"}}}
