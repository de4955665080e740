"""Runtime classes and pod templates.

Models: kubernetes v1.36 pkg/apis/{node,core}/validation.
"""

from __future__ import annotations

from simcore.apimachinery.meta import Obj
from simcore.kube_apiserver.validation.field import (
    Errors,
    Shown,
    all_invalid,
    duplicate,
    immutable,
    internal,
)
from simcore.kube_apiserver.validation.metadata import validate_labels
from simcore.kube_apiserver.validation.names import dns_label
from simcore.kube_apiserver.validation.pod import validate_template
from simcore.kube_apiserver.validation.resources import validate_requirements
from simcore.kube_apiserver.validation.scheduling import validate_tolerations

_TOLERATION = ("key", "operator", "value", "effect")


def validate_runtime_class(obj: Obj) -> Errors:
    handler = obj.get("handler") or ""
    errors = all_invalid("handler", handler, dns_label(handler))
    if overhead := obj.get("overhead"):
        errors += validate_requirements("overhead", {"limits": overhead.get("podFixed")})
    scheduling = obj.get("scheduling")
    if scheduling is None:
        return errors
    errors += validate_labels("scheduling.nodeSelector", scheduling.get("nodeSelector"))
    tolerations = scheduling.get("tolerations") or []
    errors += validate_tolerations("scheduling.tolerations", tolerations)
    return errors + [
        duplicate(f"scheduling.tolerations[{at}]", _internal(toleration))
        for at, toleration in enumerate(tolerations)
        if toleration in tolerations[:at]
    ]


def _internal(toleration: Obj) -> Shown:
    texts = {field: toleration.get(field) or "" for field in _TOLERATION}
    seconds = {"tolerationSeconds": toleration.get("tolerationSeconds")}
    return internal(texts | seconds, *_TOLERATION, "tolerationSeconds")


def validate_runtime_class_update(new: Obj, old: Obj) -> Errors:
    return immutable("handler", new.get("handler"), old.get("handler"))


def validate_pod_template(obj: Obj) -> Errors:
    return validate_template("template", obj.get("template") or {})
