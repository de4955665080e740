"""The pod security standards that a namespace's labels ask for: enforced, audited, warned about.

Models: kubernetes v1.36 pod-security-admission/{admission,api,policy}.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from typing import NamedTuple

from simcore.apimachinery.errors import Invalid
from simcore.apimachinery.kinds import CRON_JOB, NAMESPACE, POD, Kind
from simcore.apimachinery.meta import Key, Obj, labels_of
from simcore.kube_apiserver.admission import pod_security_checks as checks
from simcore.kube_apiserver.admission.plugin import Asked, BasePlugin, forbidden
from simcore.kube_apiserver.strategy import RequestContext

PREFIX = "pod-security.kubernetes.io/"
LEVELS = ("privileged", "baseline", "restricted")
MODES = ("enforce", "audit", "warn")
TEMPLATED = ("deployments", "replicasets", "statefulsets", "daemonsets", "jobs", "replicationcontrollers")
IGNORED_PARTS = frozenset(("exec", "attach", "binding", "eviction", "log", "portforward", "proxy", "status"))
NEWEST_MINOR = 36
MOST_PODS = 3_000
"""Of a namespace, that a new level is held against."""
_VERSION = re.compile(r"v1\.(0|[1-9]\d*)")
_IMAGES = ("containers", "initContainers", "ephemeralContainers")


class Policy(NamedTuple):
    level: str
    version: str

    def __str__(self) -> str:
        return f"{self.level}:{self.version}"

    @property
    def minor(self) -> int:
        found = _VERSION.fullmatch(self.version)
        return min(int(found[1]), NEWEST_MINOR) if found else NEWEST_MINOR


class PodSecurity(BasePlugin):
    name = "PodSecurity"

    def concerns(self, kind: Kind) -> bool:
        return kind in (POD, CRON_JOB, NAMESPACE) or kind.plural in TEMPLATED

    def validate(self, asked: Asked, ctx: RequestContext) -> None:
        """Pods are refused; for what makes pods there are warnings only."""
        if asked.obj is None:
            return
        if asked.kind is NAMESPACE:
            _check_namespace(asked, ctx)
        elif _is_significant(asked) and (template := _template(asked)) is not None:
            namespace = ctx.read.find(NAMESPACE, Key("", asked.namespace))
            labels = labels_of(namespace) if namespace else {}
            if any(name.startswith(PREFIX) for name in labels):
                _check_pod(asked, ctx, template, labels)


def policy_of(labels: Obj, mode: str) -> Policy:
    """What the labels ask for. A level that is none counts as the strictest, but for enforcement."""
    level = labels.get(PREFIX + mode, "privileged")
    version = labels.get(f"{PREFIX}{mode}-version", "latest")
    if level not in LEVELS:
        level = "privileged" if mode == "warn" else "restricted"
    if version != "latest" and not _VERSION.fullmatch(version):
        version = "latest"
    return Policy(level, version)


def violations(pod: Obj, policy: Policy) -> list[tuple[str, str]]:
    """(reason, detail) of what a pod or template has that the policy does not allow."""
    applied = {"baseline": checks.BASELINE, "restricted": checks.RESTRICTED}.get(policy.level, ())
    return [found for since, check in applied if since <= policy.minor for found in check(pod)]


def _check_pod(asked: Asked, ctx: RequestContext, template: Obj, labels: Obj) -> None:
    enforced, audited, warned = (policy_of(labels, mode) for mode in MODES)
    if asked.kind is POD:
        ctx.xray.annotate(f"{PREFIX}enforce-policy", str(enforced))
    if found := violations(template, audited):
        ctx.xray.annotate(
            f"{PREFIX}audit-violations", f'would violate PodSecurity "{audited}": {_told(found)}'
        )
    if asked.kind is POD and (found := violations(template, enforced)):
        raise forbidden(asked, f'violates PodSecurity "{enforced}": {_told(found)}')
    if found := violations(template, warned):
        ctx.warnings.append(f'would violate PodSecurity "{warned}": {_told(found)}')


def _check_namespace(asked: Asked, ctx: RequestContext) -> None:
    """Raises: Invalid for labels that are no policy; warns of pods that a new level would not let in."""
    if asked.subresource or asked.obj is None:
        return
    labels, before = labels_of(asked.obj), labels_of(asked.old) if asked.old else {}
    faults = list(_label_faults(labels))
    if faults and not any(_label_faults(before)):
        told = faults[0] if len(faults) == 1 else f"[{', '.join(faults)}]"
        refused = forbidden(asked, told)
        raise Invalid(refused.message, details=refused.details)
    new, old = policy_of(labels, "enforce"), policy_of(before, "enforce")
    if asked.old is None or new.level == "privileged" or faults:
        return
    if new.version == old.version and LEVELS.index(new.level) <= LEVELS.index(old.level):
        return
    ctx.warnings.extend(_about_pods(ctx.read.all(POD, asked.name), asked.name, new))


def _about_pods(pods: list[Obj], namespace: str, policy: Policy) -> Iterator[str]:
    first: dict[str, str] = {}
    counts: Counter[str] = Counter()
    for pod in pods[:MOST_PODS]:
        if found := violations(pod, policy):
            reason = ", ".join(reason for reason, _ in found)
            first.setdefault(reason, pod["metadata"]["name"])
            counts[reason] += 1
    if len(pods) > MOST_PODS:
        checked = f"the first {MOST_PODS} of {len(pods)} existing pods"
        yield f"new PodSecurity enforce level only checked against {checked}"
    if counts:
        yield f'existing pods in namespace "{namespace}" violate the new PodSecurity enforce level "{policy}"'
    yield from sorted(f"{first[reason]}{_others(count - 1)}: {reason}" for reason, count in counts.items())


def _others(count: int) -> str:
    return f" (and {count} other pod{'s' if count > 1 else ''})" if count else ""


def _label_faults(labels: Obj) -> Iterator[str]:
    for mode in MODES:
        level, version = labels.get(PREFIX + mode), labels.get(f"{PREFIX}{mode}-version")
        if level is not None and level not in LEVELS:
            what = f"must be one of {', '.join(LEVELS)}"
            yield f'metadata.labels[{PREFIX}{mode}]: Invalid value: "{level}": {what}'
        if version is not None and version != "latest" and not _VERSION.fullmatch(version):
            what = 'must be "latest" or "v1.x"'
            yield f'metadata.labels[{PREFIX}{mode}-version]: Invalid value: "{version}": {what}'


def _told(found: list[tuple[str, str]]) -> str:
    return ", ".join(f"{reason} ({detail})" if detail else reason for reason, detail in found)


def _is_significant(asked: Asked) -> bool:
    """Whether a write changes what the standards look at."""
    if asked.kind is not POD:
        return not asked.subresource
    if asked.subresource in IGNORED_PARTS:
        return False
    if asked.verb != "update" or asked.obj is None or asked.old is None:
        return True
    new, old = asked.obj["spec"], asked.old["spec"]
    return new is not old and any(_images(new, name) != _images(old, name) for name in _IMAGES)


def _images(spec: Obj, name: str) -> list[str]:
    return [str(container.get("image")) for container in spec.get(name) or ()]


def _template(asked: Asked) -> Obj | None:
    assert asked.obj is not None
    if asked.kind is POD:
        return asked.obj
    spec = asked.obj.get("spec") or {}
    if asked.kind is CRON_JOB:
        spec = (spec.get("jobTemplate") or {}).get("spec") or {}
    template: Obj | None = spec.get("template")
    return template
