"""Pods and pod templates.

Models: kubernetes v1.36 pkg/apis/core/validation (ValidatePodSpec, ValidatePodCreate, ValidatePodTemplateSpec).
"""

from __future__ import annotations

from collections.abc import Callable

from simcore.apimachinery.meta import Obj
from simcore.kube_apiserver.validation.container import (
    PodFacts,
    trimmed_image,
    validate_containers,
    validate_ephemeral_containers,
    validate_init_containers,
)
from simcore.kube_apiserver.validation.dns import validate_dns, validate_host_aliases
from simcore.kube_apiserver.validation.field import (
    Errors,
    all_invalid,
    duplicate,
    forbidden,
    immutable,
    internal,
    invalid,
    not_supported,
    required,
    too_long,
)
from simcore.kube_apiserver.validation.metadata import validate_annotations, validate_labels
from simcore.kube_apiserver.validation.names import (
    dns_label,
    dns_subdomain,
    in_range,
    qualified_name,
)
from simcore.kube_apiserver.validation.pod_annotations import (
    validate_annotations_match,
    validate_pod_annotations,
)
from simcore.kube_apiserver.validation.pod_resources import validate_pod_resources
from simcore.kube_apiserver.validation.resources import validate_requirements
from simcore.kube_apiserver.validation.scheduling import (
    validate_affinity,
    validate_spread,
    validate_tolerations,
)
from simcore.kube_apiserver.validation.security import validate_host_users, validate_pod_security
from simcore.kube_apiserver.validation.volumes import validate_volumes
from simcore.kube_apiserver.validation.windows import validate_host_processes, validate_operating_system

RESTART_POLICIES = ("Always", "OnFailure", "Never")
DNS_POLICIES = ("ClusterFirstWithHostNet", "ClusterFirst", "Default", "None")
_PREEMPTION = ("PreemptLowerPriority", "Never")
_NAMED: tuple[tuple[str, Callable[[str], list[str]]], ...] = (
    ("serviceAccountName", dns_subdomain),
    ("nodeName", dns_subdomain),
)
_HOST_NAMES = (("hostname", dns_label), ("subdomain", dns_label))
_CLASSES = (("priorityClassName", dns_subdomain), ("runtimeClassName", dns_subdomain))
_LONGEST_S = 2**31 - 1
_LONGEST_HOST_NAME = 64
_CLAIM = ("name", "resourceClaimName", "resourceClaimTemplateName")


def validate_pod_spec(spec: Obj) -> Errors:
    """All faults of a pod's own spec."""
    errors = pod_spec("spec", spec, is_pod=True)
    if not spec.get("serviceAccountName"):
        errors += _tokens_without_account(spec)
    for field in ("containers", "initContainers"):
        for i, container in enumerate(spec.get(field) or ()):
            errors += trimmed_image(f"spec.{field}[{i}]", container)
    return errors


def validate_new_pod_spec(spec: Obj) -> Errors:
    """What only a new pod must not have."""
    errors: Errors = []
    if spec.get("ephemeralContainers"):
        errors.append(forbidden("spec.ephemeralContainers", "cannot be set on create"))
    if spec.get("nodeName") and spec.get("schedulingGates"):
        detail = "cannot be set until all schedulingGates have been cleared"
        errors.append(forbidden("spec.nodeName", detail))
    return errors


def validate_template(path: str, template: Obj) -> Errors:
    """A pod template, in whatever object."""
    meta, spec = template.get("metadata") or {}, template.get("spec") or {}
    errors = validate_labels(f"{path}.labels", meta.get("labels"))
    annotations = meta.get("annotations") or {}
    if annotations:
        errors += validate_annotations(f"{path}.annotations", annotations)
        errors += validate_pod_annotations(f"{path}.annotations", annotations, spec)
    errors += pod_spec(f"{path}.spec", spec, is_pod=False)
    if annotations:
        errors += validate_annotations_match(f"{path}.spec", annotations, spec)
    if spec.get("ephemeralContainers"):
        detail = "ephemeral containers not allowed in pod template"
        errors.append(forbidden(f"{path}.spec.ephemeralContainers", detail))
    return errors


def validate_pod_status(new: Obj, old: Obj) -> Errors:
    """An update through the status subresource."""
    status, was = new.get("status") or {}, old.get("status") or {}
    errors: Errors = []
    if status.get("qosClass") != was.get("qosClass") and was.get("qosClass"):
        errors += immutable("status.qosClass", status.get("qosClass", ""), was.get("qosClass"))
    if (node := status.get("nominatedNodeName")) and node != was.get("nominatedNodeName"):
        errors += all_invalid("status.nominatedNodeName", node, dns_subdomain(node))
    restarts = old["spec"].get("restartPolicy")
    if restarts != "Always":
        errors += _transitions(status, was, restarts)
    return errors


def pod_spec(path: str, spec: Obj, *, is_pod: bool) -> Errors:
    """In upstream's order. A spec with defaults is expected."""
    errors: Errors = []
    if spec.get("terminationGracePeriodSeconds") is None:
        errors.append(required(f"{path}.terminationGracePeriodSeconds"))
    volumes, faults = validate_volumes(f"{path}.volumes", spec.get("volumes") or ())
    facts = PodFacts.of(spec, volumes)
    errors += faults
    if claims := spec.get("resourceClaims"):
        errors += _resource_claims(f"{path}.resourceClaims", claims)
    containers = spec.get("containers") or ()
    errors += validate_containers(f"{path}.containers", containers, facts)
    if inits := spec.get("initContainers"):
        errors += validate_init_containers(f"{path}.initContainers", inits, containers, facts)
    if spec.get("ephemeralContainers"):
        errors += validate_ephemeral_containers(f"{path}.ephemeralContainers", spec, facts)
    if (resources := spec.get("resources")) is not None:
        errors += validate_pod_resources(f"{path}.resources", resources, spec)
    if spec.get("hostNetwork"):
        errors += _host_network(f"{path}.containers", spec, is_pod=is_pod)
    errors += _choice(f"{path}.restartPolicy", spec.get("restartPolicy"), RESTART_POLICIES)
    errors += _choice(f"{path}.dnsPolicy", spec.get("dnsPolicy"), DNS_POLICIES)
    if node_selector := spec.get("nodeSelector"):
        errors += validate_labels(f"{path}.nodeSelector", node_selector)
    errors += validate_pod_security(f"{path}.securityContext", spec.get("securityContext") or {}, spec)
    if affinity := spec.get("affinity"):
        errors += validate_affinity(f"{path}.affinity", affinity)
    errors += validate_dns(f"{path}.dnsConfig", spec)
    errors += _gates(path, spec)
    if constraints := spec.get("topologySpreadConstraints"):
        errors += validate_spread(f"{path}.topologySpreadConstraints", constraints)
    errors += validate_host_processes(path, spec) + validate_host_users(path, spec)
    if (name := spec.get("hostnameOverride")) is not None:
        errors += _host_name(f"{path}.hostnameOverride", name, spec)
    return errors + _identity(path, spec)


def _identity(path: str, spec: Obj) -> Errors:
    """Names, deadlines and what else the end of upstream's list checks."""
    errors = _names(path, spec, _NAMED)
    deadline = spec.get("activeDeadlineSeconds")
    if deadline is not None and not 1 <= deadline <= _LONGEST_S:
        errors.append(invalid(f"{path}.activeDeadlineSeconds", deadline, in_range(1, _LONGEST_S)))
    errors += _names(path, spec, _HOST_NAMES)
    if tolerations := spec.get("tolerations"):
        errors += validate_tolerations(f"{path}.tolerations", tolerations)
    if aliases := spec.get("hostAliases"):
        errors += validate_host_aliases(f"{path}.hostAliases", aliases)
    errors += _names(path, spec, _CLASSES)
    preemption = spec.get("preemptionPolicy")
    if preemption is not None:
        errors += _choice(f"{path}.preemptionPolicy", preemption, _PREEMPTION)
    if overhead := spec.get("overhead"):
        errors += validate_requirements(f"{path}.overhead", {"limits": overhead})
    return errors + (validate_operating_system(path, spec) if spec.get("os") is not None else [])


def _host_name(path: str, name: str, spec: Obj) -> Errors:
    detail = "may not be specified when {} is true"
    fields = ("setHostnameAsFQDN", "hostNetwork")
    errors = [forbidden(path, detail.format(field)) for field in fields if spec.get(field)]
    if len(name) > _LONGEST_HOST_NAME:
        errors.append(too_long(path, _LONGEST_HOST_NAME))
    return errors + all_invalid(path, name, dns_subdomain(name))


def _names(path: str, spec: Obj, rules: tuple[tuple[str, Callable[[str], list[str]]], ...]) -> Errors:
    errors: Errors = []
    for field, rule in rules:
        name = spec.get(field)
        if name and (faults := rule(name)):
            errors += all_invalid(f"{path}.{field}", name, faults)
    return errors


def _choice(path: str, value: str | None, supported: tuple[str, ...]) -> Errors:
    if value in supported:
        return []
    return [not_supported(path, value, supported)] if value else [required(path)]


def _host_network(path: str, spec: Obj, *, is_pod: bool) -> Errors:
    detail = "must match `containerPort` when `hostNetwork` is true"
    errors: Errors = []
    for i, container in enumerate(spec.get("containers") or ()):
        for j, port in enumerate(container.get("ports") or ()):
            host_port = port.get("hostPort") or 0
            if (is_pod or host_port) and host_port != (port.get("containerPort") or 0):
                errors.append(invalid(f"{path}[{i}].ports[{j}].hostPort", host_port, detail))
    return errors


def _gates(path: str, spec: Obj) -> Errors:
    errors: Errors = []
    for i, gate in enumerate(spec.get("readinessGates") or ()):
        name = gate.get("conditionType") or ""
        errors += all_invalid(f"{path}.readinessGates[{i}].conditionType", name, qualified_name(name))
    seen: set[str] = set()
    for i, gate in enumerate(spec.get("schedulingGates") or ()):
        where, name = f"{path}.schedulingGates[{i}]", gate.get("name") or ""
        errors += all_invalid(where, name, qualified_name(name))
        if name in seen:
            errors.append(duplicate(where, name))
        seen.add(name)
    return errors


def _resource_claims(path: str, claims: list[Obj]) -> Errors:
    errors: Errors = []
    seen: set[str] = set()
    for i, claim in enumerate(claims):
        where, name = f"{path}[{i}]", claim.get("name")
        if not name:
            errors.append(required(f"{where}.name"))
        elif name in seen:
            errors.append(duplicate(f"{where}.name", name))
        else:
            errors += all_invalid(f"{where}.name", name, dns_label(name))
            seen.add(name)
        given = [f for f in ("resourceClaimName", "resourceClaimTemplateName") if claim.get(f) is not None]
        if len(given) == 2:
            detail = "at most one of `resourceClaimName` or `resourceClaimTemplateName` may be specified"
            errors.append(invalid(where, internal(claim, *_CLAIM), detail))
        elif not given:
            detail = "must specify one of: `resourceClaimName`, `resourceClaimTemplateName`"
            errors.append(invalid(where, internal(claim, *_CLAIM), detail))
        for field in given:
            errors += all_invalid(f"{where}.{field}", claim[field], dns_subdomain(claim[field]))
    return errors


def _tokens_without_account(spec: Obj) -> Errors:
    detail = "must not be specified when serviceAccountName is not set"
    return [
        forbidden(f"spec.volumes[{i}].projected.sources[{j}].serviceAccountToken", detail)
        for i, volume in enumerate(spec.get("volumes") or ())
        for j, source in enumerate((volume.get("projected") or {}).get("sources") or ())
        if source.get("serviceAccountToken") is not None
    ]


def _transitions(status: Obj, was: Obj, restart_policy: str) -> Errors:
    """A container that ended for good must not come back."""
    errors: Errors = []
    states = {s["name"]: s.get("state") or {} for s in status.get("containerStatuses") or ()}
    for i, old in enumerate(was.get("containerStatuses") or ()):
        ended = (old.get("state") or {}).get("terminated")
        if ended is None or (ended.get("exitCode") and restart_policy == "OnFailure"):
            continue
        if old["name"] in states and states[old["name"]].get("terminated") is None:
            detail = "may not be transitioned to non-terminated state"
            errors.append(forbidden(f"status.containerStatuses[{i}].state", detail))
    return errors
