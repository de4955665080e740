"""Defaults of pods and of every pod template.

Models: kubernetes v1.36 pkg/apis/core/v1/defaults.go (SetDefaults_PodSpec, SetDefaults_Pod).
Left out: docs/deviations.md, kube-apiserver (content), pod-level limits.
"""

from __future__ import annotations

from functools import lru_cache

from simcore.apimachinery.encoding import decode, encode
from simcore.apimachinery.meta import Obj
from simcore.apimachinery.quantity import Quantity, parse
from simcore.kube_apiserver.defaulting.container import default_container
from simcore.kube_apiserver.defaulting.fill import change, each, fill, fill_zero, quantities, requirements
from simcore.kube_apiserver.defaulting.volume import default_volume

_TEXTS = {"dnsPolicy": "ClusterFirst", "restartPolicy": "Always", "schedulerName": "default-scheduler"}
_POINTERS: Obj = {"securityContext": {}, "terminationGracePeriodSeconds": 30}
_POD_LEVEL = ("cpu", "memory")
_MEMO = 1024


def default_pod_spec(spec: Obj) -> Obj:
    """A pod's spec with its defaults; equal specs share one result, and a complete one is returned itself."""
    done = _pod_spec(encode(spec))
    return spec if done == spec else done


def default_template(template: Obj | None) -> Obj:
    """A pod template with defaults (fewer than a pod's: what follows from limits or host network is left)."""
    done = template or {}
    return {
        **done,
        "metadata": done.get("metadata") or {},
        "spec": _template_spec(encode(done.get("spec") or {})),
    }


@lru_cache(maxsize=_MEMO)
def _template_spec(spec: bytes) -> Obj:
    return _default_spec(decode(spec))


@lru_cache(maxsize=_MEMO)
def _pod_spec(spec: bytes) -> Obj:
    done = fill(_default_spec(decode(spec)), {"enableServiceLinks": True})
    for field in ("containers", "initContainers"):
        done = change(done, field, each(_requests_from_limits))
        if done.get("hostNetwork"):
            done = change(done, field, each(_host_ports))
    return change(done, "resources", lambda resources: _pod_requests(done, resources))


def _default_spec(spec: Obj) -> Obj:
    done = fill(fill_zero(spec, _TEXTS), _POINTERS)
    done = change(done, "volumes", each(default_volume))
    for field in ("containers", "initContainers", "ephemeralContainers"):
        done = change(done, field, each(default_container))
    if done.get("serviceAccountName") or done.get("serviceAccount"):
        account = done.get("serviceAccountName") or done["serviceAccount"]
        done = {**done, "serviceAccountName": account, "serviceAccount": account}
    done = change(done, "resources", requirements)
    return change(done, "overhead", quantities)


def _requests_from_limits(container: Obj) -> Obj:
    resources = container["resources"]
    limits, requests = resources.get("limits"), resources.get("requests") or {}
    if not limits or all(name in requests for name in limits):
        return container
    return {**container, "resources": {**resources, "requests": {**limits, **requests}}}


def _host_ports(container: Obj) -> Obj:
    return change(
        container, "ports", each(lambda port: fill_zero(port, {"hostPort": port.get("containerPort")}))
    )


def _pod_requests(spec: Obj, resources: Obj) -> Obj:
    """Pod-level requests that are not written: what the containers ask for, else the pod-level limit."""
    limits, requests = resources.get("limits") or {}, resources.get("requests") or {}
    asked = {name: amount for name in _POD_LEVEL if (amount := _asked_by_containers(spec, name))}
    usable = {k: v for k, v in limits.items() if k in _POD_LEVEL or k.startswith("hugepages-")}
    total = {**usable, **asked, **requests}
    return {**resources, "requests": total} if total else resources


def _asked_by_containers(spec: Obj, name: str) -> str:
    """Sum of the containers and sidecars, or the largest init container on top of the sidecars before it."""
    total = sidecars = Quantity(0)
    largest = Quantity(0)
    for container in spec.get("initContainers") or ():
        asked = _asked(container, name)
        if container.get("restartPolicy") == "Always":
            sidecars, total = sidecars.plus(asked), total.plus(asked)
            asked = Quantity(0)
        largest = max(largest, sidecars.plus(asked), key=lambda amount: amount.nanos)
    for container in spec.get("containers") or ():
        total = total.plus(_asked(container, name))
    most = max(total, largest, key=lambda amount: amount.nanos)
    return str(most) if most.nanos else ""


def _asked(container: Obj, name: str) -> Quantity:
    return parse((container["resources"].get("requests") or {}).get(name, "0"))
