"""What may change in a pod that exists: images, deadlines, more tolerations, fewer gates.

Models: kubernetes v1.36 pkg/apis/core/validation (ValidatePodUpdate).
Left out: docs/deviations.md, kube-apiserver (content), the diff's exact text.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from simcore.apimachinery.meta import Obj
from simcore.kube_apiserver.validation.field import Errors, forbidden, invalid, required, shown
from simcore.kube_apiserver.validation.names import in_range
from simcore.kube_apiserver.validation.scheduling import validate_tolerations

_LONGEST_S = 2**31 - 1
_MUTABLE = (
    "`spec.containers[*].image`,`spec.initContainers[*].image`,`spec.activeDeadlineSeconds`,"
    "`spec.tolerations` (only additions to existing tolerations),"
    "`spec.terminationGracePeriodSeconds` (allow it to be set to 1 if it was previously negative)"
)
_DEADLINE = "spec.activeDeadlineSeconds"


def validate_pod_update(new: Obj, old: Obj) -> Errors:
    """What the new spec may not change. A binding's node comes together with its condition, so it is let through."""
    spec, was = new["spec"], old["spec"]
    if not was.get("nodeName") and new.get("status") is not old.get("status"):
        was = {**was, "nodeName": spec["nodeName"]} if "nodeName" in spec else was
    errors: Errors = []
    for field in ("containers", "initContainers"):
        containers, before = spec.get(field) or (), was.get(field) or ()
        if len(containers) != len(before):
            return [*errors, forbidden(f"spec.{field}", "pod updates may not add or remove containers")]
        errors += [
            required(f"spec.{field}[{i}].image")
            for i, container in enumerate(containers)
            if not container.get("image")
        ]
    deadline_faults, is_final = _deadline(spec.get("activeDeadlineSeconds"), was.get("activeDeadlineSeconds"))
    errors += deadline_faults
    if is_final:
        return errors
    errors += _tolerations(spec.get("tolerations") or (), was.get("tolerations") or ())
    errors += _gates(spec.get("schedulingGates") or (), was.get("schedulingGates") or ())
    if spec == was:
        return errors
    kept = _with_mutable_fields_of(spec, was)
    if was.get("schedulingGates"):
        more, kept = _gated(kept, was)
        errors += more
    if kept != was:
        detail = f"pod updates may not change fields other than {_MUTABLE}\n{spec_diff(was, kept)}"
        errors.append(forbidden("spec", detail))
    return errors


def spec_diff(old: Obj, new: Obj) -> str:
    """The fields that differ, in the manner of Go's comparison package."""
    lines = ["  core.PodSpec{"]
    names = sorted({*old, *new})
    same = sum(old.get(name) == new.get(name) for name in names)
    if same:
        lines.append(f"  \t... // {same} identical fields")
    for name in names:
        if old.get(name) != new.get(name):
            field = name[:1].upper() + name[1:]
            lines += [f"- \t{field}: {_go(old.get(name))},", f"+ \t{field}: {_go(new.get(name))},"]
    return "\n".join([*lines, "  }", ""])


def _go(value: Any) -> str:
    return "nil" if value is None else shown(value)


def _deadline(new: int | None, old: int | None) -> tuple[Errors, bool]:
    """The faults, and whether upstream stops there."""
    if new is None:
        if old is None:
            return [], False
        return [invalid(_DEADLINE, None, "must not update from a positive integer to nil value")], False
    if not 0 <= new <= _LONGEST_S:
        return [invalid(_DEADLINE, new, in_range(0, _LONGEST_S))], True
    if old is not None and old < new:
        return [invalid(_DEADLINE, new, "must be less than or equal to previous value")], True
    return [], False


def _tolerations(new: Sequence[Obj], old: Sequence[Obj]) -> Errors:
    """Existing ones stay, but for their tolerationSeconds."""
    if new == old:
        return []
    kept = [_without_seconds(toleration) for toleration in new]
    if any(_without_seconds(toleration) not in kept for toleration in old):
        detail = "existing toleration can not be modified except its tolerationSeconds"
        return [forbidden("spec.tolerations", detail)]
    return validate_tolerations("spec.tolerations", new)


def _without_seconds(toleration: Obj) -> Obj:
    return {k: v for k, v in toleration.items() if k != "tolerationSeconds"}


def _gates(new: Sequence[Obj], old: Sequence[Obj]) -> Errors:
    known = {gate["name"] for gate in old}
    return [
        forbidden(
            f"spec.schedulingGates[{i}].name",
            f"only deletion is allowed, but found new scheduling gate '{gate['name']}'",
        )
        for i, gate in enumerate(new)
        if gate["name"] not in known
    ]


def _with_mutable_fields_of(spec: Obj, old: Obj) -> Obj:
    """`spec` with the old values of all that may change."""
    kept = dict(spec)
    for field in ("activeDeadlineSeconds", "schedulingGates", "tolerations"):
        kept.pop(field, None)
        if field in old:
            kept[field] = old[field]
    for field in ("containers", "initContainers"):
        if field in kept:
            pairs = zip(kept[field], old[field], strict=True)
            kept[field] = [{**container, "image": before.get("image")} for container, before in pairs]
    grace = old.get("terminationGracePeriodSeconds")
    if grace is not None and grace < 0 and kept.get("terminationGracePeriodSeconds") == 1:
        kept["terminationGracePeriodSeconds"] = grace
    return kept


def _gated(spec: Obj, old: Obj) -> tuple[Errors, Obj]:
    """A gated pod may still narrow where it runs. The faults, and the spec without those changes."""
    errors: Errors = []
    kept = dict(spec)
    selector, was = spec.get("nodeSelector") or {}, old.get("nodeSelector") or {}
    if selector != was:
        if any(selector.get(key) != value for key, value in was.items()):
            detail = "only additions to spec.nodeSelector are allowed (no mutations or deletions)"
            errors.append(invalid("spec.nodeSelector", selector, detail))
        kept = _restored(kept, old, "nodeSelector")
    affinity, had = spec.get("affinity") or {}, old.get("affinity") or {}
    if affinity.get("nodeAffinity") != had.get("nodeAffinity"):
        errors += _narrowed(affinity.get("nodeAffinity") or {}, had.get("nodeAffinity") or {})
        rest = {k: v for k, v in affinity.items() if k != "nodeAffinity"}
        if "nodeAffinity" in had:
            rest["nodeAffinity"] = had["nodeAffinity"]
        kept = {**kept, "affinity": rest} if rest or "affinity" in old else _restored(kept, old, "affinity")
    return errors, kept


def _restored(spec: Obj, old: Obj, field: str) -> Obj:
    kept = {k: v for k, v in spec.items() if k != field}
    return {**kept, field: old[field]} if field in old else kept


def _narrowed(new: Obj, old: Obj) -> Errors:
    """Node affinity of a gated pod: terms may get more conditions, no term may come or go."""
    required_field = "requiredDuringSchedulingIgnoredDuringExecution"
    path = f"spec.affinity.nodeAffinity.{required_field}"
    terms = (new.get(required_field) or {}).get("nodeSelectorTerms") or []
    before = (old.get(required_field) or {}).get("nodeSelectorTerms") or []
    if not before:
        return []
    if len(terms) != len(before):
        detail = "no additions/deletions to non-empty NodeSelectorTerms list are allowed"
        return [invalid(f"{path}.nodeSelectorTerms", terms, detail)]
    errors: Errors = []
    for i, (term, was) in enumerate(zip(terms, before, strict=True)):
        for field in ("matchExpressions", "matchFields"):
            now = term.get(field) or []
            if any(requirement not in now for requirement in was.get(field) or ()):
                detail = "only additions are allowed (no mutations or deletions)"
                errors.append(invalid(f"{path}.nodeSelectorTerms[{i}].{field}", now, detail))
    return errors
