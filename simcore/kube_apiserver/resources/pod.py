"""Pods: their first status, what an update may touch, and the time they get to end.

Models: kubernetes v1.36 pkg/registry/core/pod/strategy.go.
"""

from __future__ import annotations

import re
from functools import lru_cache

from simcore.apimachinery.encoding import decode, encode
from simcore.apimachinery.kinds import POD
from simcore.apimachinery.meta import Obj, annotations_of
from simcore.kube_apiserver.defaulting.pod import default_pod_spec
from simcore.kube_apiserver.resources.base import BuiltIn, Content, Remembered
from simcore.kube_apiserver.resources.quality_of_service import quality_of_service
from simcore.kube_apiserver.strategy import RequestContext, with_status
from simcore.kube_apiserver.tables import pod as table
from simcore.kube_apiserver.validation.field import Errors
from simcore.kube_apiserver.validation.metadata import validate_metadata, validate_metadata_update
from simcore.kube_apiserver.validation.names import dns_subdomain
from simcore.kube_apiserver.validation.pod import (
    validate_new_pod_spec,
    validate_pod_spec,
    validate_pod_status,
)
from simcore.kube_apiserver.validation.pod_annotations import (
    validate_annotations_match,
    validate_annotations_update,
    validate_pod_annotations,
)
from simcore.kube_apiserver.validation.pod_parts import (
    EPHEMERAL,
    RESIZE,
    validate_ephemeral_update,
    validate_resize,
    with_part,
)
from simcore.kube_apiserver.validation.pod_update import validate_pod_update
from simcore.kube_apiserver.warnings.pod import of_pod

_TOKEN_VOLUME = re.compile(rb"kube-api-access-[a-z0-9]{5}\b")
_GATED = "Scheduling is blocked due to non-empty scheduling gates"
CONTENT = Content(
    table=table.POD,
    warnings=lambda pod, old: of_pod(pod) if old is None else [],
    counts_generation=True,
    field_selectors=(
        "spec.nodeName",
        "spec.restartPolicy",
        "spec.schedulerName",
        "spec.serviceAccountName",
        "spec.hostNetwork",
        "status.phase",
        "status.podIP",
        "status.nominatedNodeName",
    ),
)


class PodStrategy(BuiltIn):
    """Pods come by the thousand from one template, so defaults and verdicts are remembered by the spec."""

    def __init__(self) -> None:
        super().__init__(POD, CONTENT)
        self._with_defaults = Remembered(_with_defaults)
        self._faults = Remembered(_faults)

    def fill_in(self, obj: Obj) -> Obj:
        spec = obj.get("spec") or {}
        done = self._with_defaults(spec)
        if done is spec and "status" in obj:
            return obj
        return {**obj, "spec": done, "status": obj.get("status") or {}}

    def prepare_create(self, obj: Obj, ctx: RequestContext) -> Obj:
        status: Obj = {"phase": "Pending", "qosClass": quality_of_service(obj["spec"])}
        if obj["spec"].get("schedulingGates"):
            gated = {
                "type": "PodScheduled",
                "status": "False",
                "reason": "SchedulingGated",
                "message": _GATED,
            }
            times = {"lastProbeTime": None, "lastTransitionTime": ctx.clock.timestamp()}
            status["conditions"] = [{**gated, **times}]
        return {**obj, "status": status}

    def prepare_update(self, new: Obj, old: Obj, ctx: RequestContext) -> Obj:
        if ctx.subresource in (EPHEMERAL, RESIZE):
            return with_part(new, old, ctx.subresource)
        return new if ctx.subresource == "binding" else with_status(new, old)

    def validate(self, obj: Obj) -> Errors:
        spec, annotations = obj["spec"], annotations_of(obj)
        errors = validate_metadata(POD, obj)
        if annotations:
            errors += validate_pod_annotations("metadata.annotations", annotations, spec)
        errors += self._faults(spec) + validate_new_pod_spec(spec)
        return errors + (validate_annotations_match("spec", annotations, spec) if annotations else [])

    def validate_update(self, new: Obj, old: Obj) -> Errors:
        errors = validate_metadata_update(POD, new, old)
        annotations = annotations_of(new)
        if annotations != annotations_of(old):
            errors += validate_pod_annotations("metadata.annotations", annotations, new["spec"])
            errors += validate_annotations_update(annotations, annotations_of(old))
        if new["spec"] is old["spec"]:
            return errors
        return errors + self._faults(new["spec"]) + validate_pod_update(new, old)

    def validate_part(self, new: Obj, old: Obj, subresource: str) -> Errors:
        rules = {EPHEMERAL: validate_ephemeral_update, RESIZE: validate_resize}.get(subresource)
        if rules is None:
            return self.validate_update(new, old)
        return validate_metadata_update(POD, new, old) + self._faults(new["spec"]) + rules(new, old)

    def validate_status(self, new: Obj, old: Obj) -> Errors:
        return validate_metadata_update(POD, new, old) + validate_pod_status(new, old)

    def grace_s(self, obj: Obj, asked: int | None) -> int | None:
        spec = obj["spec"]
        if not spec.get("nodeName") or obj["status"].get("phase") in ("Succeeded", "Failed"):
            return 0
        grace_s: int = spec.get("terminationGracePeriodSeconds", 0) if asked is None else asked
        return 1 if grace_s < 0 else grace_s

    def field(self, obj: Obj, path: str) -> str:
        return super().field(obj, path) or ("false" if path == "spec.hostNetwork" else "")


def _with_defaults(spec: Obj) -> Obj:
    """Bound pods differ in their node only, which has no default. A negative grace period is one of a second."""
    if (spec.get("terminationGracePeriodSeconds") or 0) < 0:
        spec = {**spec, "terminationGracePeriodSeconds": 1}
    if not (node := spec.get("nodeName")):
        return default_pod_spec(spec)
    bare = {field: value for field, value in spec.items() if field != "nodeName"}
    done = default_pod_spec(bare)
    return spec if done is bare else {**done, "nodeName": node}


def _faults(spec: Obj) -> Errors:
    node = spec.get("nodeName")
    if not node:
        return _verdict(encode(spec))
    if dns_subdomain(node):
        return validate_pod_spec(spec)
    return _verdict(encode({field: value for field, value in spec.items() if field != "nodeName"}))


def _verdict(spec: bytes) -> Errors:
    """Each pod's volume with its account's token has a name of its own, which makes no difference to a sound pod."""
    names = set(_TOKEN_VOLUME.findall(spec))
    if len(names) == 1 and not _faults_of_bytes(_TOKEN_VOLUME.sub(b"kube-api-access-00000", spec)):
        return []
    return _faults_of_bytes(spec)


@lru_cache(maxsize=1024)
def _faults_of_bytes(spec: bytes) -> Errors:
    return validate_pod_spec(decode(spec))
