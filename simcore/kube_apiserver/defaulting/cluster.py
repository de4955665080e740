"""Defaults of webhooks, policies, drivers and flow control.

Models: kubernetes v1.36 pkg/apis/{admissionregistration,storage,flowcontrol}/v1/defaults.go.
"""

from __future__ import annotations

from simcore.apimachinery.meta import Obj
from simcore.kube_apiserver.defaulting.fill import change, each, fill, fill_zero
from simcore.kube_apiserver.defaulting.pod import default_template

_MATCH: Obj = {"matchPolicy": "Equivalent", "namespaceSelector": {}, "objectSelector": {}}
_HOOK: Obj = {"failurePolicy": "Fail", **_MATCH, "timeoutSeconds": 10}
_DRIVER: Obj = {
    "attachRequired": True,
    "podInfoOnMount": False,
    "storageCapacity": False,
    "fsGroupPolicy": "ReadWriteOnceWithFSType",
    "requiresRepublish": False,
    "seLinuxMount": False,
}
_QUEUING: Obj = {"queues": 64, "handSize": 8, "queueLengthLimit": 50}
_SCOPED = each(lambda rule: fill(rule, {"scope": "*"}))


def default_validating_webhooks(obj: Obj) -> Obj:
    return change(obj, "webhooks", each(_hook))


def default_mutating_webhooks(obj: Obj) -> Obj:
    hooks = each(lambda hook: fill(_hook(hook), {"reinvocationPolicy": "Never"}))
    return change(obj, "webhooks", hooks)


def default_policy(obj: Obj) -> Obj:
    """A ValidatingAdmissionPolicy."""
    spec = fill(obj.get("spec") or {}, {"failurePolicy": "Fail"})
    return {**obj, "spec": change(spec, "matchConstraints", _match)}


def default_policy_binding(obj: Obj) -> Obj:
    return {**obj, "spec": change(obj.get("spec") or {}, "matchResources", _match)}


def default_csi_driver(obj: Obj) -> Obj:
    spec = fill_zero(obj.get("spec") or {}, {"volumeLifecycleModes": ["Persistent"]})
    return {**obj, "spec": fill(spec, _DRIVER)}


def default_flow_schema(obj: Obj) -> Obj:
    return {**obj, "spec": fill_zero(obj.get("spec") or {}, {"matchingPrecedence": 1000})}


def default_priority_level(obj: Obj) -> Obj:
    spec = change(obj.get("spec") or {}, "limited", _limited)
    exempt = {"nominalConcurrencyShares": 0, "lendablePercent": 0}
    return {**obj, "spec": change(spec, "exempt", lambda level: fill(level, exempt))}


def default_api_service(obj: Obj) -> Obj:
    service = lambda service: fill(service, {"port": 443})  # noqa: E731
    return change(obj, "spec", lambda spec: change(spec, "service", service))


def default_device_class(obj: Obj) -> Obj:
    return fill(obj, {"spec": {}})


def default_resource_claim(obj: Obj) -> Obj:
    return change(fill(obj, {"spec": {}}), "spec", _devices)


def default_resource_claim_template(obj: Obj) -> Obj:
    template = lambda spec: change(fill(spec, {"metadata": {}, "spec": {}}), "spec", _devices)  # noqa: E731
    return change(fill(obj, {"spec": {}}), "spec", template)


def _devices(spec: Obj) -> Obj:
    requests = each(
        lambda request: change(change(request, "exactly", _device), "firstAvailable", each(_device))
    )
    return change(
        fill(spec, {"devices": {}}), "devices", lambda devices: change(devices, "requests", requests)
    )


def _device(request: Obj) -> Obj:
    """What a request for devices asks for: one of them."""
    done = fill_zero(request, {"allocationMode": "ExactCount"})
    done = change(done, "tolerations", each(lambda toleration: fill_zero(toleration, {"operator": "Equal"})))
    return fill_zero(done, {"count": 1}) if done["allocationMode"] == "ExactCount" else done


def default_pod_template(obj: Obj) -> Obj:
    return {**obj, "template": default_template(obj.get("template"))}


def _hook(hook: Obj) -> Obj:
    hook = change(fill(hook, _HOOK), "rules", _SCOPED)
    return change(hook, "clientConfig", lambda client: change(client, "service", _service))


def _service(service: Obj) -> Obj:
    return fill(service, {"port": 443})


def _match(match: Obj) -> Obj:
    match = change(fill(match, _MATCH), "resourceRules", _SCOPED)
    return change(match, "excludeResourceRules", _SCOPED)


def _limited(level: Obj) -> Obj:
    level = fill(level, {"nominalConcurrencyShares": 30, "lendablePercent": 0})
    return change(
        level, "limitResponse", lambda answer: change(answer, "queuing", lambda q: fill_zero(q, _QUEUING))
    )
