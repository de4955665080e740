"""Gives every pod a service account and mounts its token.

Models: kubernetes v1.36 plugin/pkg/admission/serviceaccount/admission.go.
"""

from __future__ import annotations

from typing import Any

from simcore.apimachinery.kinds import POD, SERVICE_ACCOUNT, Kind
from simcore.apimachinery.meta import Key, Obj, annotations_of, controller_of
from simcore.kube_apiserver.admission.plugin import Asked, BasePlugin, forbidden
from simcore.kube_apiserver.strategy import RequestContext

DEFAULT_ACCOUNT = "default"
MIRROR = "kubernetes.io/config.mirror"
MOUNT_PATH = "/var/run/secrets/kubernetes.io/serviceaccount"
TOKEN_S = 3607
"""Upstream's own odd number: by it a kubelet knows tokens that it may extend."""
MOST_REMEMBERED = 4096


class ServiceAccount(BasePlugin):
    """The namespace's `default` account may come a moment later than its first pod."""

    name = "ServiceAccount"

    def concerns(self, kind: Kind) -> bool:
        return kind is POD

    def __init__(self) -> None:
        # By the identity of the spec, which stays alive with its entry; all go at MOST_REMEMBERED.
        self._mounted: dict[int, tuple[Obj, str, Obj]] = {}

    def admit(self, asked: Asked, ctx: RequestContext) -> Obj | None:
        pod = asked.obj
        if asked.verb != "create" or pod is None or MIRROR in annotations_of(pod):
            return pod  # a mirror shows a static pod, which has no account
        spec = pod["spec"]
        name = spec.get("serviceAccountName") or DEFAULT_ACCOUNT
        account = ctx.read.find(SERVICE_ACCOUNT, Key(asked.namespace, name)) or {}
        if not account and name != DEFAULT_ACCOUNT:
            where = f"{asked.namespace}/{name}"
            why = f'error looking up service account {where}: serviceaccount "{name}" not found'
            raise forbidden(asked, why)
        automount = spec.get(
            "automountServiceAccountToken", account.get("automountServiceAccountToken", True)
        )
        owner = controller_of(pod)
        label = owner["uid"] if owner else f"{asked.namespace}/{asked.name} {ctx.clock.now()}"
        suffix = ctx.rng.suffix(5, "kube-api-access", label) if automount else ""
        secrets = None if spec.get("imagePullSecrets") else account.get("imagePullSecrets")
        return {**pod, "spec": self._with_account(spec, name, suffix, secrets)}

    def _with_account(self, spec: Obj, name: str, suffix: str, secrets: Any) -> Obj:
        """Equal for all pods of one owner, and then the same object: what follows is done once for all of them."""
        found = self._mounted.get(id(spec))
        if found is not None and found[1] == suffix and not secrets:
            return found[2]
        made: Obj = {**spec, "serviceAccountName": name, "serviceAccount": name}
        if secrets:
            made["imagePullSecrets"] = secrets
        if suffix:
            _mount(made, f"kube-api-access-{suffix}")
        if len(self._mounted) >= MOST_REMEMBERED:
            self._mounted.clear()
        if not secrets:
            self._mounted[id(spec)] = (spec, suffix, made)
        return made


def _mount(spec: Obj, volume: str) -> None:
    """Adds the volume, if a container is left that has nothing mounted there."""
    mount = {"name": volume, "readOnly": True, "mountPath": MOUNT_PATH}
    needed = False
    for kind in ("initContainers", "containers"):
        if kind not in spec:
            continue
        containers = []
        for container in spec[kind]:
            mounts = container.get("volumeMounts") or []
            if not any(m.get("mountPath") == MOUNT_PATH for m in mounts):
                container, needed = {**container, "volumeMounts": [*mounts, mount]}, True
            containers.append(container)
        spec[kind] = containers
    if needed:
        spec["volumes"] = [*(spec.get("volumes") or []), {"name": volume, "projected": _sources()}]


def _sources() -> Obj:
    namespace = {"path": "namespace", "fieldRef": {"apiVersion": "v1", "fieldPath": "metadata.namespace"}}
    return {
        "sources": [
            {"serviceAccountToken": {"expirationSeconds": TOKEN_S, "path": "token"}},
            {"configMap": {"name": "kube-root-ca.crt", "items": [{"key": "ca.crt", "path": "ca.crt"}]}},
            {"downwardAPI": {"items": [namespace]}},
        ],
        "defaultMode": 0o644,
    }
