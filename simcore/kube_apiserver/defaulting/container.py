"""Defaults of a container, its probes, hooks, ports and environment.

Models: kubernetes v1.36 pkg/apis/core/v1/defaults.go (SetDefaults_Container, _Probe, _HTTPGetAction, ...).
"""

from __future__ import annotations

import re

from simcore.apimachinery.meta import Obj
from simcore.kube_apiserver.defaulting.fill import change, each, fill, fill_zero, quantity, requirements

_COMPONENT = r"[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*"
_HOST = r"(?:[A-Za-z0-9][A-Za-z0-9.-]*|\[[0-9a-fA-F:]+\])(?::[0-9]+)?"
_IMAGE = re.compile(
    rf"(?:{_HOST}/)?{_COMPONENT}(?:/{_COMPONENT})*"
    r"(?::(?P<tag>\w[\w.-]{0,127}))?(?P<digest>@[A-Za-z][A-Za-z0-9]*(?:[-_+.][A-Za-z][A-Za-z0-9]*)*:[0-9a-fA-F]{32,})?",
    re.ASCII,
)
_PROBE = {"timeoutSeconds": 1, "periodSeconds": 10, "successThreshold": 1, "failureThreshold": 3}
_HTTP_GET = {"path": "/", "scheme": "HTTP"}
_MESSAGE = {"terminationMessagePath": "/dev/termination-log", "terminationMessagePolicy": "File"}
_NO_RESOURCES: Obj = {"resources": {}}


def pull_policy(image: str) -> str:
    """`Always` for the tag `latest`, written or meant, else `IfNotPresent`."""
    parsed = _IMAGE.fullmatch(image)
    is_latest = parsed and (parsed["tag"] == "latest" or not (parsed["tag"] or parsed["digest"]))
    return "Always" if is_latest else "IfNotPresent"


def default_container(container: Obj) -> Obj:
    done = fill_zero(container, _MESSAGE)
    if not done.get("imagePullPolicy"):
        done = {**done, "imagePullPolicy": pull_policy(done.get("image") or "")}
    done = fill(done, _NO_RESOURCES)
    done = change(done, "resources", requirements)
    for field in ("livenessProbe", "readinessProbe", "startupProbe"):
        done = change(done, field, default_probe)
    done = change(done, "lifecycle", _lifecycle)
    done = change(done, "ports", each(_port))
    return change(done, "env", each(_env))


def default_probe(probe: Obj) -> Obj:
    done = fill_zero(probe, _PROBE)
    done = change(done, "httpGet", _http_get)
    return change(done, "grpc", _grpc)


def field_ref(selector: Obj) -> Obj:
    return fill_zero(selector, {"apiVersion": "v1"})


def resource_field_ref(selector: Obj) -> Obj:
    return change(fill(selector, {"divisor": "0"}), "divisor", quantity)


def _http_get(action: Obj) -> Obj:
    return fill_zero(action, _HTTP_GET)


def _grpc(action: Obj) -> Obj:
    return fill(action, {"service": ""})


def _lifecycle(lifecycle: Obj) -> Obj:
    return change(change(lifecycle, "postStart", _handler), "preStop", _handler)


def _handler(handler: Obj) -> Obj:
    return change(handler, "httpGet", _http_get)


def _port(port: Obj) -> Obj:
    return fill_zero(port, {"protocol": "TCP"})


def _env(variable: Obj) -> Obj:
    return change(variable, "valueFrom", _value_from)


def _value_from(source: Obj) -> Obj:
    done = change(source, "fieldRef", field_ref)
    done = change(done, "fileKeyRef", lambda ref: fill(ref, {"optional": False}))
    return change(done, "resourceFieldRef", resource_field_ref)
