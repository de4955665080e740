"""What the server says it serves: groups, versions, resources and their verbs; the old way and aggregated.

Models: kubernetes v1.36 apiserver/pkg/endpoints/discovery, apidiscovery.k8s.io/v2.
"""

from __future__ import annotations

from base64 import b64encode
from hashlib import sha256
from typing import NamedTuple

from simcore.apimachinery.kinds import Kind, KindTable
from simcore.apimachinery.meta import Obj

GROUP_ORDER = (
    "apiregistration.k8s.io", "apps", "events.k8s.io", "authentication.k8s.io", "authorization.k8s.io", "autoscaling",
    "batch", "certificates.k8s.io", "networking.k8s.io", "policy", "rbac.authorization.k8s.io", "storage.k8s.io",
    "admissionregistration.k8s.io", "apiextensions.k8s.io", "scheduling.k8s.io", "coordination.k8s.io", "node.k8s.io",
    "discovery.k8s.io", "resource.k8s.io", "flowcontrol.apiserver.k8s.io",
)  # fmt: skip
"""The built-in groups by priority; others follow by name."""


class Subresource(NamedTuple):
    """What is served under an object; `kind`, `group` and `version` are '' when they are the object's own.

    In `kind` `*` stands for the object's kind.
    """

    verbs: tuple[str, ...]
    kind: str = ""
    group: str = ""
    version: str = ""


_OBJECT_VERBS = ("get", "patch", "update")
SUBRESOURCES = {
    "attach": Subresource(("create", "get"), "PodAttachOptions"),
    "exec": Subresource(("create", "get"), "PodExecOptions"),
    "portforward": Subresource(("create", "get"), "PodPortForwardOptions"),
    "proxy": Subresource(("create", "delete", "get", "patch", "update"), "*ProxyOptions"),
    "status": Subresource(_OBJECT_VERBS),
    "scale": Subresource(_OBJECT_VERBS, "Scale", "autoscaling", "v1"),
    "binding": Subresource(("create",), "Binding"),
    "eviction": Subresource(("create",), "Eviction", "policy", "v1"),
    "finalize": Subresource(("update",)),
    "log": Subresource(("get",)),
    "ephemeralcontainers": Subresource(_OBJECT_VERBS),
    "resize": Subresource(_OBJECT_VERBS),
    "approval": Subresource(_OBJECT_VERBS),
    "token": Subresource(("create",), "TokenRequest", "authentication.k8s.io", "v1"),
}


def groups(kinds: KindTable) -> list[str]:
    """The named groups in the order in which clients prefer them."""
    found = {kind.group for kind in kinds if kind.group}
    place = {group: at for at, group in enumerate(GROUP_ORDER)}
    return sorted(found, key=lambda group: (place.get(group, len(place)), group))


def versions(kinds: KindTable, group: str) -> list[str]:
    """The preferred version first: released before beta before alpha, the highest number first."""
    return sorted({kind.version for kind in kinds if kind.group == group}, key=_version_rank)


def api_versions(server_address: str) -> Obj:
    """GET /api"""
    cidr = {"clientCIDR": "0.0.0.0/0", "serverAddress": server_address}
    return {"kind": "APIVersions", "versions": ["v1"], "serverAddressByClientCIDRs": [cidr]}


def api_group_list(kinds: KindTable) -> Obj:
    """GET /apis"""
    described = [_group(kinds, group) for group in groups(kinds)]
    return {"kind": "APIGroupList", "apiVersion": "v1", "groups": described}


def api_group(kinds: KindTable, group: str) -> Obj | None:
    """GET /apis/<group>; None when there is no such group."""
    if group not in groups(kinds):
        return None
    return {"kind": "APIGroup", "apiVersion": "v1", **_group(kinds, group)}


def api_resource_list(kinds: KindTable, group: str, version: str) -> Obj | None:
    """GET /apis/<group>/<version> and /api/v1; None when there is no such version."""
    served = _served(kinds, group, version)
    if not served:
        return None
    resources = [entry for kind in served for entry in _resources(kind)]
    doc: Obj = {"kind": "APIResourceList"}
    if group:
        doc["apiVersion"] = "v1"
    resources.sort(key=lambda resource: resource["name"])
    return doc | {"groupVersion": f"{group}/{version}" if group else version, "resources": resources}


def aggregated(kinds: KindTable, *, core: bool, version: str) -> Obj:
    """GET /api and /apis as an APIGroupDiscoveryList."""
    names = [""] if core else groups(kinds)
    items = [
        {
            "metadata": {"name": name, "creationTimestamp": None} if name else {"creationTimestamp": None},
            "versions": [_discovered_version(kinds, name, v) for v in versions(kinds, name)],
        }
        for name in names
    ]
    api_version = f"apidiscovery.k8s.io/{version}"
    return {"kind": "APIGroupDiscoveryList", "apiVersion": api_version, "metadata": {}, "items": items}


def storage_version_hash(kind: Kind) -> str:
    stored = kind.stored_as or kind
    text = f"{stored.group}/{stored.version}/{stored.kind}"
    return b64encode(sha256(text.encode()).digest()[:8]).decode()


def _version_rank(version: str) -> tuple[int, int, int]:
    number, _, rest = version[1:].partition("beta" if "beta" in version else "alpha")
    stage = 0 if version[1:].isdecimal() else 1 if "beta" in version else 2
    return stage, -int(number or 0), -int(rest or 0)


def _served(kinds: KindTable, group: str, version: str) -> list[Kind]:
    served = [kind for kind in kinds if (kind.group, kind.version) == (group, version)]
    return sorted(served, key=lambda kind: kind.plural)


def _group(kinds: KindTable, group: str) -> Obj:
    described = [{"groupVersion": f"{group}/{v}", "version": v} for v in versions(kinds, group)]
    return {"name": group, "versions": described, "preferredVersion": described[0]}


def _resources(kind: Kind) -> list[Obj]:
    own: Obj = {
        "name": kind.plural, "singularName": kind.singular, "namespaced": kind.namespaced, "kind": kind.kind,
        "verbs": sorted(kind.verbs),
    }  # fmt: skip
    if kind.short_names:
        own["shortNames"] = list(kind.short_names)
    if kind.categories:
        own["categories"] = list(kind.categories)
    if "list" in kind.verbs and "watch" in kind.verbs:
        own["storageVersionHash"] = storage_version_hash(kind)
    return [own, *(_subresource(kind, name) for name in kind.subresources)]


def _subresource(kind: Kind, name: str) -> Obj:
    sub = SUBRESOURCES[name]
    entry: Obj = {"name": f"{kind.plural}/{name}", "singularName": "", "namespaced": kind.namespaced}
    if sub.group:
        entry |= {"group": sub.group, "version": sub.version}
    return entry | {"kind": sub.kind.replace("*", kind.kind) or kind.kind, "verbs": sorted(sub.verbs)}


def _discovered_version(kinds: KindTable, group: str, version: str) -> Obj:
    resources = [_discovered(kind) for kind in _served(kinds, group, version)]
    return {"version": version, "resources": resources, "freshness": "Current"}


def _discovered(kind: Kind) -> Obj:
    entry: Obj = {
        "resource": kind.plural,
        "responseKind": {"group": kind.group, "version": kind.version, "kind": kind.kind},
        "scope": "Namespaced" if kind.namespaced else "Cluster",
        "singularResource": kind.singular,
        "verbs": sorted(kind.verbs),
    }
    if kind.short_names:
        entry["shortNames"] = list(kind.short_names)
    if kind.categories:
        entry["categories"] = list(kind.categories)
    if kind.subresources:
        entry["subresources"] = [_discovered_sub(kind, name) for name in kind.subresources]
    return entry


def _discovered_sub(kind: Kind, name: str) -> Obj:
    sub = SUBRESOURCES[name]
    group, version = (sub.group, sub.version) if sub.group else (kind.group, kind.version)
    answer = {"group": group, "version": version, "kind": sub.kind.replace("*", kind.kind) or kind.kind}
    return {"subresource": name, "responseKind": answer, "verbs": sorted(sub.verbs)}
