"""A container's environment variables, with everything that they refer to.

Models: kubernetes v1.36 pkg/kubelet/kubelet_pods.go (makeEnvironmentVariables) and pkg/kubelet/envvars.
"""

from __future__ import annotations

from base64 import b64decode
from collections.abc import Mapping
from typing import NamedTuple

from simcore.apimachinery.meta import Obj
from simcore.kubelet.facts import resource_value
from simcore.kubelet.lookup import Lookup
from simcore.kubelet.runtime.expansion import expanded, names_in
from simcore.kubelet.runtime.text import readable

_NOTHING: Mapping[str, str] = {}


class ConfigFault(Exception):
    """The container cannot be configured; the message is the kubelet's."""


class Around(NamedTuple):
    """What variables may refer to."""

    facts: Mapping[str, str]
    """The downward API's fields."""
    allocatable: Mapping[str, str] = _NOTHING
    lookup: Lookup | None = None
    """None: whoever asks cannot see other objects, and the container doesn't refer to any."""


def refers(spec: Obj) -> bool:
    """Whether the environment depends on more than the Pod: then it is noted when the container starts."""
    if spec.get("envFrom"):
        return True
    return any(not {"fieldRef"} >= {*(entry.get("valueFrom") or ())} for entry in spec.get("env") or ())


def sees_services(pod: Obj, spec: Obj) -> bool:
    """Whether the container gets the variables of services and could tell."""
    if pod["spec"].get("enableServiceLinks") is False:
        return False
    words = " ".join((*(spec.get("command") or ()), *(spec.get("args") or ())))
    values = " ".join(entry.get("value") or "" for entry in spec.get("env") or ())
    return "env" in words or "_SERVICE_" in words or "_PORT" in words or "$(" in values


def variables_of(pod: Obj, spec: Obj, around: Around) -> dict[str, str]:
    """Each value may refer to those before it and to the services'. Raises: ConfigFault."""
    namespace = pod["metadata"].get("namespace", "")
    services: dict[str, str] = {}
    if around.lookup is not None and sees_services(pod, spec):
        services = service_variables(around.lookup.services(namespace))
    variables: dict[str, str] = {}
    for source in spec.get("envFrom") or ():
        variables |= _all_of(source, namespace, around)
    for entry in spec.get("env") or ():
        if "valueFrom" in entry:
            value = _referred(entry["valueFrom"], pod, spec, around)
        else:
            value = expanded(entry.get("value") or "", services | variables)
        if value is not None:
            variables[entry["name"]] = value
    return services | variables


def sub_path_fault(spec: Obj, variables: Mapping[str, str]) -> str:
    """Why a part of a volume cannot be mounted; empty when all can."""
    for mount in spec.get("volumeMounts") or ():
        path = mount.get("subPathExpr", "")
        if lost := sorted({name for name in names_in(path) if not variables.get(name)}):
            return f"missing value for {', '.join(lost)}"
        path = expanded(path, variables) or mount.get("subPath", "")
        if path.startswith("/"):
            return f"error SubPath `{path}` must not be an absolute path"
        if ".." in path.split("/"):
            return f"unable to provision SubPath `{path}`: must not contain '..'"
    return ""


def service_variables(services: list[Obj]) -> dict[str, str]:
    """What containers have always been told of services that have an address."""
    found: dict[str, str] = {}
    for service in services:
        spec = service["spec"]
        address, ports = spec.get("clusterIP", ""), spec.get("ports") or ()
        if address in ("", "None") or not ports:
            continue
        prefix = service["metadata"]["name"].upper().replace("-", "_")
        found[f"{prefix}_SERVICE_HOST"] = address
        found[f"{prefix}_SERVICE_PORT"] = str(ports[0]["port"])
        for port in ports:
            if port.get("name"):
                found[f"{prefix}_SERVICE_PORT_{port['name'].upper().replace('-', '_')}"] = str(port["port"])
        found |= _links(prefix, address, ports)
    return found


def _links(prefix: str, address: str, ports: list[Obj]) -> dict[str, str]:
    """The variables of Docker's links."""
    found: dict[str, str] = {}
    for number, port in enumerate(ports):
        protocol = port.get("protocol", "TCP")
        url = f"{protocol.lower()}://{address}:{port['port']}"
        if number == 0:
            found[f"{prefix}_PORT"] = url
        name = f"{prefix}_PORT_{port['port']}_{protocol}"
        found |= {
            name: url,
            f"{name}_PROTO": protocol.lower(),
            f"{name}_PORT": str(port["port"]),
            f"{name}_ADDR": address,
        }
    return found


def text_of(secret: Obj, key: str) -> str | None:
    """A Secret's value as text; None when it has no such key."""
    value = (secret.get("data") or {}).get(key)
    return None if value is None else readable(b64decode(value))


def _all_of(source: Obj, namespace: str, around: Around) -> dict[str, str]:
    prefix = source.get("prefix", "")
    for field, kind in (("configMapRef", "configmap"), ("secretRef", "secret")):
        reference = source.get(field)
        if reference is None:
            continue
        obj = _object(kind, reference, namespace, around)
        if obj is None:
            return {}
        if kind == "configmap":
            return {f"{prefix}{key}": value for key, value in sorted((obj.get("data") or {}).items())}
        return {f"{prefix}{key}": text_of(obj, key) or "" for key in sorted(obj.get("data") or {})}
    return {}


def _referred(value: Obj, pod: Obj, spec: Obj, around: Around) -> str | None:
    """None: it is optional and not there."""
    namespace = pod["metadata"].get("namespace", "")
    if "fieldRef" in value:
        return around.facts.get(value["fieldRef"].get("fieldPath", ""), "")
    if "resourceFieldRef" in value:
        reference = value["resourceFieldRef"]
        named = reference.get("containerName") or spec["name"]
        every = (*pod["spec"]["containers"], *(pod["spec"].get("initContainers") or ()))
        container = next((c for c in every if c["name"] == named), spec)
        return resource_value(reference, container, around.allocatable)
    if "configMapKeyRef" in value:
        return _key_of("configmap", "ConfigMap", value["configMapKeyRef"], namespace, around)
    if "secretKeyRef" in value:
        return _key_of("secret", "Secret", value["secretKeyRef"], namespace, around)
    return ""


def _key_of(kind: str, named: str, reference: Obj, namespace: str, around: Around) -> str | None:
    obj = _object(kind, reference, namespace, around)
    key = reference["key"]
    if obj is None:
        return None
    found = text_of(obj, key) if kind == "secret" else (obj.get("data") or {}).get(key)
    if found is None and not reference.get("optional"):
        raise ConfigFault(f"couldn't find key {key} in {named} {namespace}/{reference['name']}")
    return found


def _object(kind: str, reference: Obj, namespace: str, around: Around) -> Obj | None:
    if around.lookup is None:
        return None
    find = around.lookup.secret if kind == "secret" else around.lookup.config_map
    obj = find(namespace, reference["name"])
    if obj is None and not reference.get("optional"):
        raise ConfigFault(f'{kind} "{reference["name"]}" not found')
    return obj
