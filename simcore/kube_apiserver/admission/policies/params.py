"""The objects that parametrize a policy, as its binding names them.

Models: kubernetes v1.36 apiserver/pkg/admission/plugin/policy/generic/policy_dispatcher.go (CollectParams).
"""

from __future__ import annotations

from collections.abc import Callable

from simcore.apimachinery.kinds import Kind
from simcore.apimachinery.meta import Key, Obj, labels_of
from simcore.apimachinery.selectors import matches
from simcore.kube_apiserver.strategy import Reader

FindKind = Callable[[str, str], Kind | None]
"""By apiVersion and kind."""


class BadBinding(Exception):
    """Why a binding's parameters can't be had."""


def params_of(
    policy: Obj, binding: Obj, namespace: str, read: Reader, find_kind: FindKind
) -> list[Obj | None]:
    """[None] for a policy without parameters; [] when there are none and that is allowed. Raises: BadBinding."""
    wanted, ref = policy["spec"].get("paramKind"), binding["spec"].get("paramRef")
    if not wanted:
        return [None]
    kind = find_kind(wanted.get("apiVersion", ""), wanted.get("kind", ""))
    if kind is None or not kind.is_stored:
        group, _, version = wanted.get("apiVersion", "").rpartition("/")
        named = f"{group}/{version}, Kind={wanted.get('kind', '')}"
        raise BadBinding(f"failed to find resource referenced by paramKind: '{named}'")
    if not ref:
        return [None]
    where = _namespace(kind, ref, namespace)
    found: list[Obj | None] = []
    if ref.get("name"):
        one = read.find(kind, Key(where, ref["name"]))
        found = [] if one is None else [one]
    else:
        selector = ref.get("selector") or {}
        found = [
            obj
            for obj in read.all(kind, where if kind.namespaced else None)
            if matches(selector, labels_of(obj))
        ]
    if not found and ref.get("parameterNotFoundAction") == "Deny":
        raise BadBinding("no params found for policy binding with `Deny` parameterNotFoundAction")
    return [{"apiVersion": kind.api_version, "kind": kind.kind, **obj} for obj in found if obj is not None]


def _namespace(kind: Kind, ref: Obj, namespace: str) -> str:
    """Raises: BadBinding."""
    if not kind.namespaced:
        if ref.get("namespace"):
            raise BadBinding("paramRef.namespace must not be provided for a cluster-scoped `paramKind`")
        return ""
    found = ref.get("namespace") or namespace
    if not found:
        raise BadBinding(
            "cannot use namespaced paramRef in policy binding that matches cluster-scoped resources"
        )
    return str(found)
