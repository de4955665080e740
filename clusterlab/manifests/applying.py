"""Applies manifests to a cluster as `kubectl apply` would, tried out as a whole first."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlencode

from clusterlab.hub import Resident
from clusterlab.manifests import live_objects, three_way
from clusterlab.manifests.jobs import Progress, untold
from clusterlab.manifests.reader import Manifest, read
from clusterlab.manifests.results import (
    Action,
    Fault,
    Outcome,
    Result,
    fault,
    fault_of_file,
    faults_of_status,
    result,
)
from clusterlab.manifests.staged_store import StagedStore
from simcore.apiextensions.naming import NamingController, judged
from simcore.apimachinery.documents import Refused
from simcore.apimachinery.encoding import encode
from simcore.apimachinery.kinds import CUSTOM_RESOURCE_DEFINITION, Kind
from simcore.apimachinery.meta import Key, Obj
from simcore.kube_apiserver.http.api import HttpApi
from simcore.kube_apiserver.http.message import HttpRequest, HttpResponse
from simcore.kube_apiserver.local import LocalClient
from simcore.kube_apiserver.users import User
from simcore.sim.trace import Origin

MOST_OBJECTS = 2_000
TRIES = 5
MANAGER = "kubectl-client-side-apply"
_FIRST = ("Namespace", "CustomResourceDefinition")
CHANGED_MEANWHILE = "The cluster changed while the upload was tried; nothing was applied. Try again."


@dataclass(frozen=True)
class Options:
    namespace: str = "default"
    """For objects that name none."""
    dry_run: bool = False
    partial: bool = False
    """Apply what can be applied although something else can't."""
    actor: str = ""
    """Who signs it; by default the user."""


@dataclass(frozen=True)
class Applied:
    """What became of one object."""

    manifest: Manifest
    action: Action
    faults: tuple[Fault, ...] = ()
    note: str = ""
    """Why nothing was done with it, although nothing is wrong."""

    @property
    def is_good(self) -> bool:
        return self.action != "failed"


def upload(
    resident: Resident,
    user: User,
    files: Sequence[tuple[str, bytes]],
    options: Options,
    progress: Progress = untold,
) -> Outcome:
    """Reads, tries and applies. Raises: StoreError, Cancelled."""
    manifests: list[Manifest] = []
    faults: list[Fault] = []
    for number, (name, data) in enumerate(files):
        progress("reading", number, len(files))
        try:
            manifests += read(name, data)
        except Refused as refused:
            faults.append(fault_of_file(name, refused))
    if len(manifests) > MOST_OBJECTS:
        last = manifests[MOST_OBJECTS]
        faults.append(
            fault(last, "", f"{len(manifests)} objects in one upload; at most {MOST_OBJECTS} are taken")
        )
        return Outcome(False, [], faults)
    done = _apply(resident, user, manifests, faults, options, progress)
    progress("done", len(manifests), len(manifests))
    return done


def _apply(
    resident: Resident,
    user: User,
    manifests: list[Manifest],
    faults: list[Fault],
    options: Options,
    progress: Progress,
) -> Outcome:
    for _ in range(TRIES):
        resident.sync()
        stage = StagedStore(resident.store)
        http = resident.http_on(resident.server_on(stage))
        tried = _Applying(http, user, options).all(manifests, progress)
        faults_now = [*faults, *(f for one in tried for f in one.faults)]
        if options.dry_run or (faults_now and not options.partial):
            return Outcome(False, [_as_tried(one, options) for one in tried], faults_now)
        progress("applying", len(manifests), len(manifests))
        if stage.commit(Origin(options.actor or f"user:{user.name}", 0, resident.clock.now())):
            resident.used(wrote=True)
            return Outcome(True, [_as_done(one) for one in tried], faults_now)
    return Outcome(False, [result(m, "not applied") for m in manifests], [_in_vain(manifests)])


def _in_vain(manifests: Sequence[Manifest]) -> Fault:
    return fault(manifests[0], "", CHANGED_MEANWHILE)


def _as_tried(one: Applied, options: Options) -> Result:
    """An object of an upload that changed nothing."""
    if not one.is_good or one.note:
        return _as_done(one)
    would = f"would be {one.action}" if one.action != "unchanged" else "would stay as it is"
    return result(one.manifest, "valid" if options.dry_run else "not applied", would)


def _as_done(one: Applied) -> Result:
    return result(one.manifest, one.action, one.note or "; ".join(f.message for f in one.faults))


class _Applying:
    """One object after the other through one API server's door: what others need first."""

    def __init__(self, http: HttpApi, user: User, options: Options) -> None:
        self._http, self._server, self._user, self._options = http, http.server, user, options

    def all(self, manifests: Sequence[Manifest], progress: Progress) -> list[Applied]:
        """In the order of the files. Raises: Cancelled."""
        order = sorted(range(len(manifests)), key=lambda i: (_turn(manifests[i].obj), i))
        done: dict[int, Applied] = {}
        for i in order:
            progress("trying", len(done), len(manifests))
            done[i] = self._one(manifests[i])
        return [done[i] for i in range(len(manifests))]

    def _one(self, manifest: Manifest) -> Applied:
        if live_objects.is_live(manifest.obj):
            if reason := live_objects.reason_to_skip(manifest.obj):
                return Applied(manifest, "not applied", note=reason)
            manifest = replace(manifest, obj=live_objects.as_written(manifest.obj))
        return self._apply(manifest)

    def _apply(self, manifest: Manifest) -> Applied:
        kind = self._server.kinds.by_kind(
            str(manifest.obj.get("apiVersion", "")), str(manifest.obj.get("kind", ""))
        )
        refusal = _refusal(manifest, kind)
        if refusal is not None:
            return Applied(manifest, "failed", (refusal,))
        assert kind is not None
        obj = self._placed(manifest.obj, kind)
        placed = Manifest(manifest.file, manifest.document, obj, manifest.prefix)
        key = Key(obj["metadata"].get("namespace", ""), obj["metadata"]["name"])
        current = self._server.storage.find(kind, key)
        wanted = three_way.with_last_applied(obj)
        if current is None:
            answer = self._ask("POST", _folder(kind, key.namespace), wanted)
            action: Action = "created"
        else:
            node = self._server.schema.node(kind.definition) if self._server.schema else None
            answer = self._ask("PUT", _path(kind, key), three_way.merged(current, wanted, node))
            action = "configured"
        document: Any = json.loads(answer.body)
        if answer.status >= 300:
            return Applied(placed, "failed", tuple(faults_of_status(placed, document)))
        if current is not None and _revision(document) == _revision(current):
            return Applied(placed, "unchanged")
        if kind == CUSTOM_RESOURCE_DEFINITION:
            self._establish(document)
        return Applied(placed, action)

    def _establish(self, crd: Obj) -> None:
        """What its controller would do a moment later, so that its objects may come in the same upload."""
        client, group = LocalClient(self._server, NamingController.name), crd["spec"]["group"]
        of_group = [
            each for each in client.list(CUSTOM_RESOURCE_DEFINITION) if each["spec"]["group"] == group
        ]
        status = judged(crd, of_group, self._server.clock.timestamp())
        client.update_status(CUSTOM_RESOURCE_DEFINITION, {**crd, "status": status})

    def _placed(self, obj: Obj, kind: Kind) -> Obj:
        meta = obj["metadata"]
        if kind.namespaced and not meta.get("namespace"):
            return {**obj, "metadata": {**meta, "namespace": self._options.namespace}}
        return obj

    def _ask(self, method: str, path: str, obj: Obj) -> HttpResponse:
        query = urlencode({"fieldValidation": "Strict", "fieldManager": MANAGER})
        headers = {"content-type": "application/json", "accept": "application/json"}
        answer = self._http.serve(HttpRequest(method, path, query, headers, encode(obj), self._user))
        assert isinstance(answer, HttpResponse), path
        return answer


def _turn(obj: Obj) -> int:
    """Namespaces and definitions come before what stands in them or is of their kinds."""
    return _FIRST.index(obj["kind"]) if obj.get("kind") in _FIRST else len(_FIRST)


def _refusal(manifest: Manifest, kind: Kind | None) -> Fault | None:
    """What kubectl finds out before it asks the server."""
    obj = manifest.obj
    meta = obj.get("metadata")
    for name in ("apiVersion", "kind"):
        if not isinstance(obj.get(name), str) or not obj[name]:
            return fault(manifest, name, f"error validating data: {name} not set")
    if not isinstance(meta, dict) or not isinstance(meta.get("name", ""), str):
        return fault(manifest, "metadata", "error validating data: metadata is no object with a name")
    name = meta.get("name", "")
    if kind is None:
        message = (
            f'resource mapping not found for name: "{name}" namespace: "{meta.get("namespace", "")}"'
            f' from "{manifest.file}": no matches for kind "{obj["kind"]}" in version "{obj["apiVersion"]}"\n'
            "ensure CRDs are installed first"
        )
        return fault(manifest, "kind", message)
    if not name and meta.get("generateName"):
        return fault(manifest, "metadata.generateName", "cannot use generate name with apply")
    if not name:
        return fault(manifest, "metadata", "resource name may not be empty")
    return None


def _folder(kind: Kind, namespace: str) -> str:
    root = f"/apis/{kind.group}/{kind.version}" if kind.group else f"/api/{kind.version}"
    return f"{root}/namespaces/{namespace}/{kind.plural}" if kind.namespaced else f"{root}/{kind.plural}"


def _path(kind: Kind, key: Key) -> str:
    return f"{_folder(kind, key.namespace)}/{key.name}"


def _revision(obj: Obj) -> str:
    revision: str = obj["metadata"].get("resourceVersion", "")
    return revision
