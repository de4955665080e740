"""What a namespace's LimitRanges fill in and refuse.

Models: kubernetes v1.36 plugin/pkg/admission/limitranger/admission.go.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from simcore.apimachinery.kinds import LIMIT_RANGE, PERSISTENT_VOLUME_CLAIM, POD, Kind
from simcore.apimachinery.meta import Obj, annotations_of
from simcore.apimachinery.quantity import Quantity, parse
from simcore.kube_apiserver.admission.plugin import Asked, BasePlugin, forbidden
from simcore.kube_apiserver.strategy import RequestContext

ANNOTATION = "kubernetes.io/limit-ranger"
Amounts = dict[str, str]


class LimitRanger(BasePlugin):
    name = "LimitRanger"

    def concerns(self, kind: Kind) -> bool:
        return kind in (POD, PERSISTENT_VOLUME_CLAIM)

    def admit(self, asked: Asked, ctx: RequestContext) -> Obj | None:
        pod = asked.obj
        if asked.kind is not POD or asked.verb != "create" or pod is None:
            return pod
        for limits in ctx.read.all(LIMIT_RANGE, asked.namespace):
            pod = _filled(pod, limits)
        return pod

    def validate(self, asked: Asked, ctx: RequestContext) -> None:
        if asked.obj is None or asked.subresource:
            return
        if asked.kind is POD and asked.verb == "create":
            check: Callable[[Obj, Obj], Iterator[str]] = _pod_faults
        elif asked.kind is PERSISTENT_VOLUME_CLAIM:
            check = _claim_faults
        else:
            return
        for limits in ctx.read.all(LIMIT_RANGE, asked.namespace):
            faults = [
                fault for item in limits["spec"].get("limits") or () for fault in check(item, asked.obj)
            ]
            if faults:
                raise forbidden(asked, faults[0] if len(faults) == 1 else f"[{', '.join(faults)}]")


def _filled(pod: Obj, limits: Obj) -> Obj:
    items = [item for item in limits["spec"].get("limits") or () if item.get("type") == "Container"]
    requests: Amounts = {k: v for item in items for k, v in (item.get("defaultRequest") or {}).items()}
    caps: Amounts = {k: v for item in items for k, v in (item.get("default") or {}).items()}
    if not requests and not caps:
        return pod
    told: list[str] = []
    spec = dict(pod["spec"])
    for member, called in (("containers", "container"), ("initContainers", "init container")):
        if member in spec:
            spec[member] = [_with_defaults(c, requests, caps, called, told) for c in spec[member]]
    if not told:
        return pod
    annotations = {**annotations_of(pod), ANNOTATION: f"LimitRanger plugin set: {'; '.join(told)}"}
    return {**pod, "metadata": {**pod["metadata"], "annotations": annotations}, "spec": spec}


def _with_defaults(container: Obj, requests: Amounts, caps: Amounts, called: str, told: list[str]) -> Obj:
    resources = container.get("resources") or {}
    filled = dict(resources)
    for member, defaults, what in (("requests", requests, "request"), ("limits", caps, "limit")):
        given = resources.get(member) or {}
        added = {name: defaults[name] for name in sorted(defaults) if name not in given}
        if added:
            filled[member] = {**given, **added}
            told.append(f"{', '.join(added)} {what} for {called} {container['name']}")
    return container if filled == resources else {**container, "resources": filled}


def _pod_faults(item: Obj, pod: Obj) -> Iterator[str]:
    spec = pod["spec"]
    containers = [*(spec.get("initContainers") or ()), *spec["containers"]]
    if item["type"] == "Container":
        for container in containers:
            resources = container.get("resources") or {}
            yield from _faults(item, resources.get("requests") or {}, resources.get("limits") or {})
    elif item["type"] == "Pod":
        yield from _faults(item, _sums(spec, "requests"), _sums(spec, "limits"))


def _claim_faults(item: Obj, claim: Obj) -> Iterator[str]:
    if item["type"] != "PersistentVolumeClaim":
        return
    requests = (claim["spec"].get("resources") or {}).get("requests") or {}
    for name, least in sorted((item.get("min") or {}).items()):
        yield from _too_little(name, item["type"], least, requests, {})
    for name, most in sorted((item.get("max") or {}).items()):
        head = f"maximum {name} usage per {item['type']} is {most}"
        if name not in requests:
            yield f"{head}.  No request is specified"
        elif _nanos(requests[name]) > _nanos(most):
            yield f"{head}, but request is {requests[name]}"


def _faults(item: Obj, requests: Amounts, limits: Amounts) -> Iterator[str]:
    for name, least in sorted((item.get("min") or {}).items()):
        yield from _too_little(name, item["type"], least, requests, limits)
    for name, most in sorted((item.get("max") or {}).items()):
        yield from _too_much(name, item["type"], most, requests, limits)
    for name, ratio in sorted((item.get("maxLimitRequestRatio") or {}).items()):
        yield from _too_elastic(name, item["type"], ratio, requests, limits)


def _too_little(name: str, kind: str, least: str, requests: Amounts, limits: Amounts) -> Iterator[str]:
    head = f"minimum {name} usage per {kind} is {least}"
    if name not in requests:
        yield f"{head}.  No request is specified"
    elif _nanos(requests[name]) < _nanos(least):
        yield f"{head}, but request is {requests[name]}"
    elif name in limits and _nanos(limits[name]) < _nanos(least):
        yield f"{head}, but limit is {limits[name]}"


def _too_much(name: str, kind: str, most: str, requests: Amounts, limits: Amounts) -> Iterator[str]:
    head = f"maximum {name} usage per {kind} is {most}"
    if name not in limits:
        yield f"{head}.  No limit is specified"
    elif _nanos(limits[name]) > _nanos(most):
        yield f"{head}, but limit is {limits[name]}"
    elif name in requests and _nanos(requests[name]) > _nanos(most):
        yield f"{head}, but request is {requests[name]}"


def _too_elastic(name: str, kind: str, ratio: str, requests: Amounts, limits: Amounts) -> Iterator[str]:
    head = f"{name} max limit to request ratio per {kind} is {ratio}"
    if name not in requests or not _nanos(requests[name]):
        yield f"{head}, but no request is specified or request is 0"
    elif name not in limits or not _nanos(limits[name]):
        yield f"{head}, but no limit is specified or limit is 0"
    elif _nanos(limits[name]) * 10**9 > _nanos(ratio) * _nanos(requests[name]):
        yield f"{head}, but provided ratio is {_nanos(limits[name]) / _nanos(requests[name]):f}"


def _sums(spec: Obj, member: str) -> Amounts:
    """Over the containers, or the greatest init container's when that is more."""
    total: dict[str, Quantity] = {}
    for container in spec["containers"]:
        for name, text in _amounts(container, member):
            total[name] = total[name].plus(parse(text)) if name in total else parse(text)
    for container in spec.get("initContainers") or ():
        for name, text in _amounts(container, member):
            if name not in total or _nanos(text) > total[name].nanos:
                total[name] = parse(text)
    return {name: str(amount) for name, amount in total.items()}


def _amounts(container: Obj, member: str) -> Iterator[tuple[str, str]]:
    yield from ((container.get("resources") or {}).get(member) or {}).items()


def _nanos(text: str) -> int:
    return parse(text).nanos
