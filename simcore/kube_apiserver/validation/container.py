"""Containers of every sort.

Models: kubernetes v1.36 pkg/apis/core/validation (validateContainers, validateInitContainers, validateContainerCommon).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from simcore.apimachinery.meta import Obj
from simcore.kube_apiserver.validation.env import validate_env, validate_env_from
from simcore.kube_apiserver.validation.field import (
    Errors,
    all_invalid,
    duplicate,
    forbidden,
    invalid,
    not_found,
    not_supported,
    required,
    too_many,
)
from simcore.kube_apiserver.validation.mounts import validate_devices, validate_mounts
from simcore.kube_apiserver.validation.names import PORT_RANGE, dns_label, ip_address, port_name
from simcore.kube_apiserver.validation.probes import validate_lifecycle, validate_probes
from simcore.kube_apiserver.validation.resources import validate_requirements
from simcore.kube_apiserver.validation.security import validate_container_security

PROTOCOLS = ("SCTP", "TCP", "UDP")
_MESSAGE_POLICIES = ("File", "FallbackToLogsOnError")
_PULL_POLICIES = ("Always", "IfNotPresent", "Never")
_RESIZE = ("NotRequired", "RestartContainer")
_ONLY_SIDECARS = "may not be set for init containers without restartPolicy=Always"
_PROBES = ("livenessProbe", "readinessProbe", "startupProbe")
_FORBIDDEN_IN_EPHEMERAL = (
    *("ports", "resources", "resizePolicy", "restartPolicy", "restartPolicyRules"),
    *(*_PROBES, "lifecycle"),
)
_RESTARTS = ("Always", "Never", "OnFailure")
_MOST_RULES, _MOST_CODES = 20, 255


@dataclass(frozen=True)
class PodFacts:
    """What the rules of a container need to know of its pod."""

    volumes: Mapping[str, Obj]
    claims: frozenset[str]
    grace_s: int | None
    restart_policy: str
    host_users: bool

    @classmethod
    def of(cls, spec: Obj, volumes: Mapping[str, Obj]) -> PodFacts:
        claims = frozenset(c["name"] for c in spec.get("resourceClaims") or () if c.get("name"))
        grace_s = spec.get("terminationGracePeriodSeconds")
        return cls(
            volumes, claims, grace_s, spec.get("restartPolicy") or "", spec.get("hostUsers") is not False
        )


def validate_containers(path: str, containers: Sequence[Obj], pod: PodFacts) -> Errors:
    """The containers proper."""
    if not containers:
        return [required(path)]
    errors: Errors = []
    names: set[str] = set()
    for i, container in enumerate(containers):
        where = f"{path}[{i}]"
        errors += _common(where, container, pod)
        errors += _unique(where, container, names)
        errors += _runs_long(where, container, pod) + _restarts(where, container)
    return errors + _host_port_conflicts(path, containers)


def validate_init_containers(
    path: str, inits: Sequence[Obj], containers: Sequence[Obj], pod: PodFacts
) -> Errors:
    """Init containers and sidecars."""
    errors: Errors = []
    names = {container.get("name") or "" for container in containers}
    for i, container in enumerate(inits):
        where, policy = f"{path}[{i}]", container.get("restartPolicy")
        errors += _common(where, container, pod) + _restarts(where, container)
        errors += _unique(where, container, names)
        errors += _host_port_conflicts(path, [container])
        if policy == "Always":
            errors += _runs_long(where, container, pod)
        else:
            fields = ("lifecycle", *_PROBES)
            errors += [
                forbidden(f"{where}.{f}", _ONLY_SIDECARS) for f in fields if container.get(f) is not None
            ]
    return errors


def validate_ephemeral_containers(path: str, spec: Obj, pod: PodFacts) -> Errors:
    errors: Errors = []
    others = {c.get("name") for field in ("containers", "initContainers") for c in spec.get(field) or ()}
    names = {name or "" for name in others}
    for i, container in enumerate(spec.get("ephemeralContainers") or ()):
        where, target = f"{path}[{i}]", container.get("targetContainerName")
        errors += _common(where, container, pod) + trimmed_image(where, container)
        errors += _unique(where, container, names)
        if target and target not in others:
            errors.append(not_found(f"{where}.targetContainerName", target))
        extra = [f for f in _FORBIDDEN_IN_EPHEMERAL if container.get(f)]
        extra += [
            f"volumeMounts[{j}].{field}"
            for j, mount in enumerate(container.get("volumeMounts") or ())
            for field in ("subPath", "subPathExpr")
            if mount.get(field)
        ]
        errors += [forbidden(f"{where}.{f}", "cannot be set for an Ephemeral Container") for f in extra]
    return errors


def trimmed_image(path: str, container: Obj) -> Errors:
    """Pods, but not templates, refuse spaces around the image."""
    image = container.get("image") or ""
    if image == image.strip():
        return []
    return [invalid(f"{path}.image", image, "must not have leading or trailing whitespace")]


def _common(path: str, container: Obj, pod: PodFacts) -> Errors:
    errors: Errors = []
    name = container.get("name")
    if not name:
        errors.append(required(f"{path}.name"))
    elif faults := dns_label(name):
        errors += all_invalid(f"{path}.name", name, faults)
    if not container.get("image"):
        errors.append(required(f"{path}.image"))
    errors += _choice(
        f"{path}.terminationMessagePolicy", container.get("terminationMessagePolicy"), _MESSAGE_POLICIES
    )
    if ports := container.get("ports"):
        errors += _ports(f"{path}.ports", ports)
    if env := container.get("env"):
        errors += validate_env(f"{path}.env", env)
    if sources := container.get("envFrom"):
        errors += validate_env_from(f"{path}.envFrom", sources)
    if container.get("volumeMounts") or container.get("volumeDevices"):
        errors += validate_mounts(f"{path}.volumeMounts", container, pod.volumes)
        errors += validate_devices(f"{path}.volumeDevices", container, pod.volumes)
    errors += _choice(f"{path}.imagePullPolicy", container.get("imagePullPolicy"), _PULL_POLICIES)
    if resources := container.get("resources"):
        errors += validate_requirements(f"{path}.resources", resources, pod.claims)
    if policies := container.get("resizePolicy"):
        errors += _resize_policy(f"{path}.resizePolicy", policies, pod.restart_policy)
    if context := container.get("securityContext"):
        errors += validate_container_security(f"{path}.securityContext", context, host_users=pod.host_users)
    return errors


def _choice(path: str, value: str | None, supported: tuple[str, ...]) -> Errors:
    if value in supported:
        return []
    return [not_supported(path, value, supported)] if value else [required(path)]


def _unique(path: str, container: Obj, names: set[str]) -> Errors:
    """`names` collects those seen."""
    name = container.get("name") or ""
    if name in names and name:
        return [duplicate(f"{path}.name", name)]
    names.add(name)
    return []


def _runs_long(path: str, container: Obj, pod: PodFacts) -> Errors:
    """Hooks and probes, which only containers that keep running have."""
    errors: Errors = []
    if (lifecycle := container.get("lifecycle")) is not None:
        errors += validate_lifecycle(f"{path}.lifecycle", lifecycle, pod.grace_s)
    return errors + validate_probes(path, container, pod.grace_s)


def _restarts(path: str, container: Obj) -> Errors:
    """A restart policy of the container's own, and its exceptions by exit code."""
    policy, rules = container.get("restartPolicy"), container.get("restartPolicyRules") or ()
    errors: Errors = []
    if policy is None and rules:
        detail = "must specify restartPolicy when restart rules are used"
        errors.append(required(f"{path}.restartPolicy", detail))
    elif policy is not None and policy not in _RESTARTS:
        errors.append(not_supported(f"{path}.restartPolicy", policy, _RESTARTS))
    if len(rules) > _MOST_RULES:
        errors.append(too_many(f"{path}.restartPolicyRules", len(rules), _MOST_RULES))
    for i, rule in enumerate(rules):
        where, codes = f"{path}.restartPolicyRules[{i}]", rule.get("exitCodes")
        if (action := rule.get("action") or "") != "Restart":
            errors.append(not_supported(f"{where}.action", action, ("Restart",)))
        if codes is None:
            errors.append(required(f"{where}.exitCodes", "must be specified"))
            continue
        if (operator := codes.get("operator") or "") not in ("In", "NotIn"):
            errors.append(not_supported(f"{where}.exitCodes.operator", operator, ("In", "NotIn")))
        if len(values := codes.get("values") or ()) > _MOST_CODES:
            errors.append(too_many(f"{where}.exitCodes.values", len(values), _MOST_CODES))
    return errors


def _ports(path: str, ports: Iterable[Obj]) -> Errors:
    errors: Errors = []
    names: set[str] = set()
    for i, port in enumerate(ports):
        where = f"{path}[{i}]"
        if name := port.get("name"):
            if faults := port_name(name):
                errors += all_invalid(f"{where}.name", name, faults)
            elif name in names:
                errors.append(duplicate(f"{where}.name", name))
            else:
                names.add(name)
        errors += _port_numbers(where, port)
        errors += _choice(f"{where}.protocol", port.get("protocol"), PROTOCOLS)
    return errors


def _port_numbers(path: str, port: Obj) -> Errors:
    number, host_port = port.get("containerPort") or 0, port.get("hostPort") or 0
    errors: Errors = []
    if not number:
        errors.append(required(f"{path}.containerPort"))
    elif not 1 <= number <= 65535:
        errors.append(invalid(f"{path}.containerPort", number, PORT_RANGE))
    if host_port and not 1 <= host_port <= 65535:
        errors.append(invalid(f"{path}.hostPort", host_port, PORT_RANGE))
    if address := port.get("hostIP"):
        errors += all_invalid(f"{path}.hostIP", address, ip_address(address))
    return errors


def _host_port_conflicts(path: str, containers: Iterable[Obj]) -> Errors:
    errors: Errors = []
    taken: set[str] = set()
    for i, container in enumerate(containers):
        for j, port in enumerate(container.get("ports") or ()):
            if not port.get("hostPort"):
                continue
            key = f"{port.get('protocol', '')}/{port.get('hostIP') or ''}/{port['hostPort']}"
            if key in taken:
                errors.append(duplicate(f"{path}[{i}].ports[{j}].hostPort", key))
            taken.add(key)
    return errors


def _resize_policy(path: str, policies: Iterable[Obj], restart_policy: str) -> Errors:
    errors: Errors = []
    seen: set[str] = set()
    for i, entry in enumerate(policies):
        name, policy = entry.get("resourceName") or "", entry.get("restartPolicy") or ""
        if name in seen:
            errors.append(duplicate(f"{path}[{i}]", name))
        seen.add(name)
        errors += _choice(path, name, ("cpu", "memory"))
        errors += _choice(path, policy, _RESIZE)
        if restart_policy == "Never" and policy != "NotRequired":
            errors.append(invalid(path, policy, "must be 'NotRequired' when `restartPolicy` is 'Never'"))
    return errors
