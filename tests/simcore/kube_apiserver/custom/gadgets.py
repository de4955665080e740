"""A definition that uses most of what definitions can say, and objects of it."""

from __future__ import annotations

from typing import Any

from simcore.apimachinery.encoding import copy_obj
from simcore.apimachinery.meta import Obj
from tests.simcore.kube_apiserver.http.door import Door
from tests.simcore.kube_apiserver.minimal import edited

GROUP = "shop.example.com"
DEFINITIONS = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions"
GADGETS = f"/apis/{GROUP}/v1/namespaces/default/gadgets"
SPEC: Obj = {
    "type": "object",
    "required": ["size"],
    "properties": {
        "size": {"type": "string", "enum": ["S", "M", "L"]},
        "replicas": {"type": "integer", "minimum": 0, "maximum": 9, "default": 1},
        "note": {"type": "string", "maxLength": 5, "minLength": 2, "pattern": "^[a-z]*$"},
        "tags": {
            "type": "array",
            "maxItems": 2,
            "items": {"type": "string"},
            "x-kubernetes-list-type": "set",
        },
        "limits": {"type": "object", "additionalProperties": {"x-kubernetes-int-or-string": True}},
        "free": {"type": "object", "x-kubernetes-preserve-unknown-fields": True},
        "nested": {
            "type": "object",
            "default": {},
            "properties": {"deep": {"type": "boolean", "default": True}},
        },
    },
    "x-kubernetes-validations": [
        {"rule": "self.size != 'L' || self.replicas > 1", "message": "large gadgets need company"},
        {"rule": "self.size == oldSelf.size", "message": "size is immutable"},
    ],
}
STATUS: Obj = {
    "type": "object",
    "properties": {
        "replicas": {"type": "integer"},
        "selector": {"type": "string"},
        "phase": {"type": "string"},
    },
}
CRD: Obj = {
    "apiVersion": "apiextensions.k8s.io/v1",
    "kind": "CustomResourceDefinition",
    "metadata": {"name": f"gadgets.{GROUP}"},
    "spec": {
        "group": GROUP,
        "scope": "Namespaced",
        "names": {"plural": "gadgets", "kind": "Gadget", "shortNames": ["gdt"], "categories": ["all"]},
        "versions": [
            {
                "name": "v1",
                "served": True,
                "storage": True,
                "subresources": {
                    "status": {},
                    "scale": {
                        "specReplicasPath": ".spec.replicas",
                        "statusReplicasPath": ".status.replicas",
                        "labelSelectorPath": ".status.selector",
                    },
                },
                "additionalPrinterColumns": [
                    {"name": "Size", "type": "string", "jsonPath": ".spec.size"},
                    {"name": "Note", "type": "string", "jsonPath": ".spec.note", "priority": 1},
                ],
                "selectableFields": [{"jsonPath": ".spec.size"}],
                "schema": {
                    "openAPIV3Schema": {
                        "type": "object",
                        "required": ["spec"],
                        "properties": {"spec": SPEC, "status": STATUS},
                    }
                },
            }
        ],
    },
}
ACCEPTED: Obj = {
    "acceptedNames": {
        "plural": "gadgets",
        "singular": "gadget",
        "kind": "Gadget",
        "listKind": "GadgetList",
        "shortNames": ["gdt"],
        "categories": ["all"],
    },
    "conditions": [{"type": "Established", "status": "True"}],
}


def definition(changes: dict[str, Any] | None = None) -> Obj:
    """A copy of the definition with other values at dotted paths."""
    return edited(copy_obj(CRD), changes or {})


def gadget(name: str = "g", **spec: Any) -> Obj:
    return {
        "apiVersion": f"{GROUP}/v1",
        "kind": "Gadget",
        "metadata": {"name": name},
        "spec": {"size": "S", **spec},
    }


def establish(door: Door, crd: Obj | None = None) -> None:
    """Stores a definition and does what the naming controller does."""
    crd = crd or definition()
    status, body = door.post(DEFINITIONS, crd)
    assert status == 201, body
    path = f"{DEFINITIONS}/{crd['metadata']['name']}/status"
    names = {"plural": crd["spec"]["names"]["plural"], "kind": crd["spec"]["names"]["kind"]}
    accepted = {**ACCEPTED, "acceptedNames": {**ACCEPTED["acceptedNames"], **names}}
    status, body = door.patch(path, {"status": accepted}, kind="application/merge-patch+json")
    assert status == 200, body
