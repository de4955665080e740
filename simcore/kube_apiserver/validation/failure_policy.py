"""When a Job gives up, and when it has done enough.

Models: kubernetes v1.36 pkg/apis/batch/validation (validatePodFailurePolicy, validateSuccessPolicy).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

from simcore.apimachinery.meta import Obj
from simcore.kube_apiserver.validation.field import (
    Errors,
    Shown,
    all_invalid,
    duplicate,
    internal,
    invalid,
    invalid_unnamed,
    not_supported,
    required,
    shown,
    too_many,
)
from simcore.kube_apiserver.validation.names import qualified_name

_MOST_RULES, _MOST_CODES = 20, 255
_ACTIONS = ("Count", "FailIndex", "FailJob", "Ignore")
_STATES = ("False", "True", "Unknown")
_UNKNOWN_CONTAINER = "must be one of the container or initContainer names in the pod template"


def validate_failure_policy(path: str, policy: Obj, spec: Obj) -> Errors:
    rules = policy.get("rules") or []
    errors = [too_many(f"{path}.rules", len(rules), _MOST_RULES)] if len(rules) > _MOST_RULES else []
    pod = (spec.get("template") or {}).get("spec") or {}
    names = {c.get("name") for field in ("containers", "initContainers") for c in pod.get(field) or ()}
    for i, rule in enumerate(rules):
        where = f"{path}.rules[{i}]"
        errors += _action(f"{where}.action", rule.get("action") or "", spec)
        codes, conditions = rule.get("onExitCodes"), rule.get("onPodConditions") or []
        if codes is not None:
            errors += _exit_codes(f"{where}.onExitCodes", codes, names)
        errors += _conditions(f"{where}.onPodConditions", conditions)
        if codes is not None and conditions:
            detail = "specifying both OnExitCodes and OnPodConditions is not supported"
            errors.append(invalid_unnamed(where, detail))
        elif codes is None and not conditions:
            errors.append(
                invalid_unnamed(where, "specifying one of OnExitCodes and OnPodConditions is required")
            )
    return errors


def validate_success_policy(path: str, policy: Obj, spec: Obj) -> Errors:
    if spec.get("completionMode") != "Indexed":
        return [invalid(path, _shown_success(policy), "requires indexed completion mode")]
    rules = policy.get("rules") or []
    if not rules:
        detail = "at least one rules must be specified when the successPolicy is specified"
        return [required(f"{path}.rules", detail)]
    errors = [too_many(f"{path}.rules", len(rules), _MOST_RULES)] if len(rules) > _MOST_RULES else []
    for i, rule in enumerate(rules):
        errors += _success_rule(f"{path}.rules[{i}]", rule, spec.get("completions") or 0)
    return errors


def _action(path: str, action: str, spec: Obj) -> Errors:
    if not action:
        return [required(path, f"valid values: [{' '.join(map(shown, _ACTIONS))}]")]
    if action not in _ACTIONS:
        return [not_supported(path, action, _ACTIONS)]
    if action == "FailIndex" and spec.get("backoffLimitPerIndex") is None:
        return [invalid(path, action, "requires the backoffLimitPerIndex to be set")]
    return []


def _exit_codes(path: str, codes: Obj, names: set[str | None]) -> Errors:
    operator, values = codes.get("operator") or "", codes.get("values") or []
    errors: Errors = []
    if operator not in ("In", "NotIn"):
        where = f"{path}.operator"
        missing = required(where, 'valid values: ["In" "NotIn"]')
        errors.append(not_supported(where, operator, ("In", "NotIn")) if operator else missing)
    name = codes.get("containerName")
    if name is not None and name not in names:
        errors.append(invalid(f"{path}.containerName", name, _UNKNOWN_CONTAINER))
    if not values:
        errors.append(invalid(f"{path}.values", values, "at least one value is required"))
    elif len(values) > _MOST_CODES:
        errors.append(too_many(f"{path}.values", len(values), _MOST_CODES))
    return errors + _code_values(f"{path}.values", values, operator)


def _code_values(path: str, values: Sequence[int], operator: str) -> Errors:
    errors: Errors = []
    for i, value in enumerate(values):
        if operator == "In" and value == 0:
            errors.append(invalid(f"{path}[{i}]", value, "must not be 0 for the In operator"))
        if value in values[:i]:
            errors.append(duplicate(f"{path}[{i}]", value))
    if any(a > b for a, b in pairwise(values)):
        errors.append(invalid(path, list(values), "must be ordered"))
    return errors


def _conditions(path: str, conditions: Sequence[Obj]) -> Errors:
    errors = [too_many(path, len(conditions), _MOST_RULES)] if len(conditions) > _MOST_RULES else []
    for i, condition in enumerate(conditions):
        kind, status = condition.get("type") or "", condition.get("status") or ""
        errors += all_invalid(f"{path}[{i}].type", kind, qualified_name(kind))
        if status not in _STATES:
            where = f"{path}[{i}].status"
            missing = required(where, f"valid values: [{' '.join(map(shown, _STATES))}]")
            errors.append(not_supported(where, status, _STATES) if status else missing)
    return errors


def _success_rule(path: str, rule: Obj, completions: int) -> Errors:
    count, indexes = rule.get("succeededCount"), rule.get("succeededIndexes")
    if count is None and indexes is None:
        detail = "at least one of succeededCount or succeededIndexes must be specified"
        return [required(path, detail)]
    errors: Errors = []
    total = completions
    if indexes is not None:
        total, fault = _index_count(indexes, completions)
        if fault:
            errors.append(
                invalid(f"{path}.succeededIndexes", indexes, f"error parsing succeededIndexes: {fault}")
            )
    if count is not None and count <= 0:
        errors.append(invalid(f"{path}.succeededCount", count, "must be greater than or equal to 1"))
    elif count is not None and count > completions:
        detail = f"must be less than or equal to {completions} (the number of specified completions)"
        errors.append(invalid(f"{path}.succeededCount", count, detail))
    elif count is not None and indexes is not None and count > total and not errors:
        limit = f"{total} (the number of indexes in the specified succeededIndexes field)"
        detail = f"must be less than or equal to {limit}"
        errors.append(invalid(f"{path}.succeededCount", count, detail))
    return errors


def _index_count(text: str, completions: int) -> tuple[int, str]:
    """How many indexes `1,3-5` names, and what is wrong with it."""
    total, last = 0, -1
    for part in text.split(","):
        if not re.fullmatch(r"\d+(-\d+)?", part):
            return 0, f"cannot convert string to integer for index: {shown(part)}"
        low, _, high = part.partition("-")
        first, end = int(low), int(high or low)
        if end >= completions:
            return 0, f"too large index: {shown(high or low)}"
        if first <= last or (high and first >= end):
            return 0, f"non-increasing order, previous: {last}, current: {first}"
        total, last = total + end - first + 1, end
    return total, ""


def _shown_success(policy: Obj) -> Shown:
    """The policy as upstream's internal type shows it."""
    rules = [internal(rule, "succeededIndexes", "succeededCount") for rule in policy.get("rules") or ()]
    return Shown(f'{{"Rules":[{",".join(rules)}]}}' if rules else '{"Rules":null}')
