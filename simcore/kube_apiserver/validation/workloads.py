"""Deployments, ReplicaSets, StatefulSets, DaemonSets and ReplicationControllers.

Models: kubernetes v1.36 pkg/apis/apps/validation/validation.go, pkg/registry/apps/*/strategy.go (immutable selectors).
"""

from __future__ import annotations

from simcore.apimachinery.meta import Obj
from simcore.apimachinery.selectors import matches
from simcore.kube_apiserver.validation.field import (
    IMMUTABLE,
    Errors,
    Shown,
    all_invalid,
    forbidden,
    immutable,
    internal,
    invalid,
    not_negative,
    not_supported,
    one_of,
    required,
    shown,
)
from simcore.kube_apiserver.validation.int_or_percent import (
    int_or_percent,
    is_nothing,
    not_over_100_percent,
)
from simcore.kube_apiserver.validation.names import dns_label
from simcore.kube_apiserver.validation.pod import validate_template
from simcore.kube_apiserver.validation.selectors import is_parsable, shown_selector, validate_selector

_SELECTOR, _TEMPLATE = "spec.selector", "spec.template"
_MISMATCH = "`selector` does not match template `labels`"
_STATEFUL_SET_MUTABLE = (
    "replicas",
    "ordinals",
    "template",
    "updateStrategy",
    "revisionHistoryLimit",
    "persistentVolumeClaimRetentionPolicy",
    "minReadySeconds",
)
_STATEFUL_SET_FIXED = (
    "updates to statefulset spec for fields other than 'replicas', 'ordinals', 'template', 'updateStrategy', "
    "'revisionHistoryLimit', 'persistentVolumeClaimRetentionPolicy' and 'minReadySeconds' are forbidden"
)


def validate_deployment(obj: Obj) -> Errors:
    spec = obj["spec"]
    errors = not_negative("spec.replicas", spec.get("replicas"))
    errors += _selected_template(spec, kind="ReplicaSet", empty="deployment")
    errors += _deployment_strategy(spec.get("strategy") or {})
    errors += not_negative("spec.minReadySeconds", spec.get("minReadySeconds"))
    errors += not_negative("spec.revisionHistoryLimit", spec.get("revisionHistoryLimit"))
    if (deadline := spec.get("progressDeadlineSeconds")) is not None:
        path = "spec.progressDeadlineSeconds"
        errors += not_negative(path, deadline)
        if deadline <= (spec.get("minReadySeconds") or 0):
            errors.append(invalid(path, deadline, "must be greater than minReadySeconds"))
    return errors


def validate_replica_set(obj: Obj) -> Errors:
    spec = obj["spec"]
    errors = not_negative("spec.replicas", spec.get("replicas"))
    errors += not_negative("spec.minReadySeconds", spec.get("minReadySeconds"))
    return errors + _selected_template(spec, kind="ReplicaSet", empty="deployment")


def validate_replication_controller(obj: Obj) -> Errors:
    spec = obj["spec"]
    selector, template = spec.get("selector") or {}, spec.get("template")
    errors = not_negative("spec.minReadySeconds", spec.get("minReadySeconds"))
    if not selector:
        errors.append(required(_SELECTOR))
    errors += not_negative("spec.replicas", spec.get("replicas"))
    if template is None:
        return [*errors, required(_TEMPLATE)]
    if selector:
        errors += _labels_match({"matchLabels": selector}, template)
    return errors + validate_template(_TEMPLATE, template) + _runs_for_ever(template, "ReplicationController")


def validate_stateful_set(obj: Obj) -> Errors:
    spec = obj["spec"]
    policy, strategy = spec.get("podManagementPolicy"), spec.get("updateStrategy") or {}
    errors: Errors = []
    if policy not in ("OrderedReady", "Parallel"):
        errors.append(invalid("spec.podManagementPolicy", policy, "must be 'OrderedReady' or 'Parallel'"))
    errors += _stateful_set_strategy(strategy)
    retention = spec.get("persistentVolumeClaimRetentionPolicy") or {}
    for field in ("whenDeleted", "whenScaled"):
        path = f"spec.persistentVolumeClaimRetentionPolicy.{field}"
        errors += one_of(path, retention.get(field), ("Retain", "Delete"))
    errors += not_negative("spec.replicas", spec.get("replicas"))
    errors += not_negative("spec.minReadySeconds", spec.get("minReadySeconds"))
    errors += not_negative("spec.ordinals.start", (spec.get("ordinals") or {}).get("start"))
    with_claims = {**spec, "template": _with_claims(spec)}
    errors += _selected_template(with_claims, kind="StatefulSet", empty="statefulset", unparsable="")
    errors += not_negative("spec.revisionHistoryLimit", spec.get("revisionHistoryLimit"))
    if name := spec.get("serviceName"):
        errors += all_invalid("spec.serviceName", name, dns_label(name))
    return errors


def _with_claims(spec: Obj) -> Obj:
    """The template with the volumes that each pod will have for its own claims."""
    template = spec.get("template") or {}
    names = [claim["metadata"]["name"] for claim in spec.get("volumeClaimTemplates") or ()]
    if not names or "spec" not in template:
        return template
    volumes = [volume for volume in template["spec"].get("volumes") or () if volume.get("name") not in names]
    volumes += [{"name": name, "persistentVolumeClaim": {"claimName": name}} for name in names]
    return {**template, "spec": {**template["spec"], "volumes": volumes}}


def validate_stateful_set_update(new: Obj, old: Obj) -> Errors:
    fixed = [{k: v for k, v in o["spec"].items() if k not in _STATEFUL_SET_MUTABLE} for o in (new, old)]
    return [] if fixed[0] == fixed[1] else [forbidden("spec", _STATEFUL_SET_FIXED)]


def validate_daemon_set(obj: Obj) -> Errors:
    spec = obj["spec"]
    selector, template = spec.get("selector"), spec.get("template") or {}
    errors = validate_selector(_SELECTOR, selector)
    if selector is None or is_parsable(selector):
        errors += _labels_match(selector, template)
    if selector is not None and not _asks_something(selector):
        errors.append(invalid(_SELECTOR, selector, "empty selector is invalid for daemonset"))
    errors += validate_template(_TEMPLATE, template) + _runs_for_ever(template, "DaemonSet")
    errors += not_negative("spec.minReadySeconds", spec.get("minReadySeconds"))
    errors += _daemon_set_strategy(spec.get("updateStrategy") or {})
    return errors + not_negative("spec.revisionHistoryLimit", spec.get("revisionHistoryLimit"))


def selector_is_fixed(new: Obj, old: Obj) -> Errors:
    """Whose pods a workload owns can't change."""
    selector = new["spec"].get("selector")
    if selector == old["spec"].get("selector"):
        return []
    return [invalid(_SELECTOR, shown_selector(selector) if selector else None, IMMUTABLE)]


def _selected_template(
    spec: Obj, *, kind: str, empty: str, unparsable: str = "invalid label selector"
) -> Errors:
    """The selector, and the template whose labels it has to match."""
    selector, template = spec.get("selector"), spec.get("template") or {}
    errors: Errors = []
    if selector is None:
        errors.append(required(_SELECTOR))
    else:
        errors += validate_selector(_SELECTOR, selector)
        if not _asks_something(selector):
            errors.append(invalid(_SELECTOR, selector, f"empty selector is invalid for {empty}"))
        if not is_parsable(selector):
            return [*errors, invalid(_SELECTOR, shown_selector(selector), unparsable)]
    errors += _labels_match(selector, template)
    return errors + validate_template(_TEMPLATE, template) + _runs_for_ever(template, kind)


def _asks_something(selector: Obj) -> bool:
    return bool(selector.get("matchLabels") or selector.get("matchExpressions"))


def _labels_match(selector: Obj | None, template: Obj) -> Errors:
    labels = (template.get("metadata") or {}).get("labels")
    if matches(selector, labels or {}):
        return []
    return [invalid(f"{_TEMPLATE}.metadata.labels", labels or None, _MISMATCH)]


def _runs_for_ever(template: Obj, kind: str) -> Errors:
    spec = template.get("spec") or {}
    errors: Errors = []
    if (policy := spec.get("restartPolicy")) != "Always":
        errors.append(not_supported(f"{_TEMPLATE}.spec.restartPolicy", policy, ("Always",)))
    if spec.get("activeDeadlineSeconds") is not None:
        detail = f"activeDeadlineSeconds in {kind} is not Supported"
        errors.append(forbidden(f"{_TEMPLATE}.spec.activeDeadlineSeconds", detail))
    return errors


def _deployment_strategy(strategy: Obj) -> Errors:
    path, kind, rolling = "spec.strategy", strategy.get("type"), strategy.get("rollingUpdate")
    where = f"{path}.rollingUpdate"
    if kind == "Recreate":
        detail = "may not be specified when strategy `type` is 'Recreate'"
        return [] if rolling is None else [forbidden(where, detail)]
    if kind != "RollingUpdate":
        return [not_supported(path, _shown_strategy(strategy), ("Recreate", "RollingUpdate"))]
    if rolling is None:
        return [required(where, "this should be defaulted and never be nil")]
    unavailable, surge = rolling.get("maxUnavailable"), rolling.get("maxSurge")
    errors = int_or_percent(f"{where}.maxUnavailable", unavailable)
    errors += int_or_percent(f"{where}.maxSurge", surge)
    if is_nothing(unavailable) and is_nothing(surge):
        detail = "may not be 0 when `maxSurge` is 0"
        errors.append(invalid(f"{where}.maxUnavailable", unavailable, detail))
    return errors + not_over_100_percent(f"{where}.maxUnavailable", unavailable)


def _stateful_set_strategy(strategy: Obj) -> Errors:
    path, kind, rolling = "spec.updateStrategy", strategy.get("type"), strategy.get("rollingUpdate")
    if kind == "OnDelete":
        detail = "only allowed for updateStrategy 'RollingUpdate'"
        shown_rolling = internal({"partition": 0, **(rolling or {})}, "partition", "maxUnavailable")
        return [] if rolling is None else [invalid(f"{path}.rollingUpdate", shown_rolling, detail)]
    if kind != "RollingUpdate":
        shown_strategy = _shown_strategy(strategy)
        return [invalid(path, shown_strategy, "must be 'RollingUpdate' or 'OnDelete'")]
    errors = not_negative(f"{path}.rollingUpdate.partition", (rolling or {}).get("partition"))
    if (unavailable := (rolling or {}).get("maxUnavailable")) is not None:
        where = f"{path}.rollingUpdate.maxUnavailable"
        errors += int_or_percent(where, unavailable)
        if is_nothing(unavailable):
            errors.append(invalid(where, unavailable, "cannot be 0"))
        errors += not_over_100_percent(where, unavailable)
    return errors


def _daemon_set_strategy(strategy: Obj) -> Errors:
    path, kind, rolling = "spec.updateStrategy", strategy.get("type"), strategy.get("rollingUpdate")
    if kind == "OnDelete":
        return []
    if kind != "RollingUpdate":
        return [not_supported(path, _shown_strategy(strategy), ("RollingUpdate", "OnDelete"))]
    if rolling is None:
        return [required(f"{path}.rollingUpdate")]
    unavailable, surge = rolling.get("maxUnavailable"), rolling.get("maxSurge")
    where = {field: f"{path}.rollingUpdate.{field}" for field in ("maxUnavailable", "maxSurge")}
    errors = int_or_percent(where["maxUnavailable"], unavailable)
    errors += int_or_percent(where["maxSurge"], surge)
    errors += not_over_100_percent(where["maxUnavailable"], unavailable)
    errors += not_over_100_percent(where["maxSurge"], surge)
    if not is_nothing(unavailable) and not is_nothing(surge):
        errors.append(invalid(where["maxSurge"], surge, "may not be set when maxUnavailable is non-zero"))
    elif is_nothing(unavailable) and is_nothing(surge):
        errors.append(required(where["maxUnavailable"], "cannot be 0 when maxSurge is 0"))
    return errors


def _shown_strategy(strategy: Obj) -> Shown:
    """An update strategy as upstream's internal type shows it."""
    rolling: Obj | None = strategy.get("rollingUpdate")
    text = "null"
    if rolling is not None:
        order = ("partition", "maxUnavailable", "maxSurge")
        fields = [f'"{f[:1].upper()}{f[1:]}":{shown(rolling[f])}' for f in order if f in rolling]
        text = "{" + ",".join(fields) + "}"
    return Shown(f'{{"Type":{shown(strategy.get("type") or "")},"RollingUpdate":{text}}}')


def validate_revision(obj: Obj) -> Errors:
    """A ControllerRevision."""
    errors = [] if obj.get("data") is not None else [required("data", "data is mandatory")]
    return errors + not_negative("revision", obj.get("revision"))


def data_is_fixed(new: Obj, old: Obj) -> Errors:
    """A ControllerRevision never changes what it holds."""
    return immutable("data", new.get("data"), old.get("data"))
