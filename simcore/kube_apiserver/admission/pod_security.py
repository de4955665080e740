"""The pod security standards that a namespace's labels ask for: enforced, warned about.

Models: kubernetes v1.36 pod-security-admission/{admission,policy}.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

from simcore.apimachinery.kinds import CRON_JOB, NAMESPACE, POD, Kind
from simcore.apimachinery.meta import Key, Obj, labels_of
from simcore.kube_apiserver.admission import pod_security_checks as checks
from simcore.kube_apiserver.admission.plugin import Asked, BasePlugin, forbidden
from simcore.kube_apiserver.strategy import RequestContext

PREFIX = "pod-security.kubernetes.io/"
TEMPLATED = ("deployments", "replicasets", "statefulsets", "daemonsets", "jobs", "replicationcontrollers")


class Verdict(NamedTuple):
    reason: str
    detail: str

    def __str__(self) -> str:
        return f"{self.reason} ({self.detail})" if self.detail else self.reason


Check = Callable[[Obj], Iterator[tuple[str, str]]]


class PodSecurity(BasePlugin):
    name = "PodSecurity"

    def concerns(self, kind: Kind) -> bool:
        return kind is POD or kind is CRON_JOB or kind.plural in TEMPLATED

    def validate(self, asked: Asked, ctx: RequestContext) -> None:
        """Pods are refused; for what makes pods there are warnings only."""
        if asked.obj is None or not asked.namespace or asked.subresource not in ("", "ephemeralcontainers"):
            return
        if asked.verb == "update" and asked.obj.get("spec") is (asked.old or {}).get("spec"):
            return
        template = _template(asked)
        namespace = ctx.read.find(NAMESPACE, Key("", asked.namespace)) if template else None
        labels = labels_of(namespace) if namespace else {}
        if template is None or not any(name.startswith(PREFIX) for name in labels):
            return
        enforced, warned = labels.get(f"{PREFIX}enforce", ""), labels.get(f"{PREFIX}warn", "")
        if asked.kind is POD and (found := violations(template, enforced)):
            version = labels.get(f"{PREFIX}enforce-version", "latest")
            why = f'violates PodSecurity "{enforced}:{version}": {found}'
            raise forbidden(asked, why)
        if found := violations(template, warned):
            version = labels.get(f"{PREFIX}warn-version", "latest")
            ctx.warnings.append(f'would violate PodSecurity "{warned}:{version}": {found}')


def violations(pod: Obj, level: str) -> str:
    """What of a pod (or template) a level does not allow; '' for nothing."""
    applied: Sequence[Check] = {"baseline": checks.BASELINE, "restricted": checks.RESTRICTED}.get(level, ())
    return ", ".join(str(Verdict(*found)) for check in applied for found in check(pod))


def _template(asked: Asked) -> Obj | None:
    assert asked.obj is not None
    if asked.kind is POD:
        return asked.obj
    spec = asked.obj.get("spec") or {}
    if asked.kind is CRON_JOB:
        spec = (spec.get("jobTemplate") or {}).get("spec") or {}
    elif asked.kind.plural not in TEMPLATED:
        return None
    template: Obj | None = spec.get("template")
    return template
