"""What a definition must be."""

from __future__ import annotations

from typing import Any

import pytest

from simcore.kube_apiserver.custom.definition import DefinitionStrategy
from tests.simcore.kube_apiserver.custom.gadgets import GROUP, definition
from tests.simcore.kube_apiserver.minimal import UNSET, context, edited

SCHEMA = "spec.versions.0.schema.openAPIV3Schema"
PATH = "spec.versions[0].schema.openAPIV3Schema"
SIZE = f"{SCHEMA}.properties.spec.properties.size"
SIZE_PATH = f"{PATH}.properties[spec].properties[size]"
LABEL = (
    "a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an alphabetic character, "
    "and end with an alphanumeric character (e.g. 'my-name',  or 'abc-123', regex used for validation is "
    "'[a-z]([-a-z0-9]*[a-z0-9])?')"
)


def faults(changes: dict[str, Any]) -> list[str]:
    strategy = DefinitionStrategy()
    obj = strategy.prepare_create(strategy.default(definition(changes)), context())
    return [f"{fault.path}: {fault.message}" for fault in strategy.validate(obj)]


CASES: dict[str, tuple[dict[str, Any], list[str]]] = {
    "as it should be": ({}, []),
    "another name": (
        {"metadata.name": "things.example.com"},
        ['metadata.name: Invalid value: "things.example.com": must be spec.names.plural+"."+spec.group'],
    ),
    "a group without a dot": (
        {"spec.group": "shop", "metadata.name": "gadgets.shop"},
        ['spec.group: Invalid value: "shop": should be a domain with at least one dot'],
    ),
    "an unknown scope": (
        {"spec.scope": "Galaxy"},
        ['spec.scope: Unsupported value: "Galaxy": supported values: "Cluster", "Namespaced"'],
    ),
    "no scope": ({"spec.scope": UNSET}, ["spec.scope: Required value"]),
    "no version": (
        {"spec.versions": []},
        ["spec.versions: Invalid value: null: must have exactly one version marked as storage version"],
    ),
    "a version with a capital": (
        {"spec.versions.0.name": "V1"},
        [f'spec.versions[0].name: Invalid value: "V1": {LABEL}'],
    ),
    "no schema": ({"spec.versions.0.schema": UNSET}, [f"{PATH}: Required value: schemas are required"]),
    "a kind in two words": (
        {"spec.names.kind": "My Gadget"},
        [
            f'spec.names.kind: Invalid value: "My Gadget": may have mixed case, but should otherwise match: {LABEL}',
            'spec.names.listKind: Invalid value: "My GadgetList": may have mixed case, '
            f"but should otherwise match: {LABEL}",
            f'spec.names.singular: Invalid value: "my gadget": {LABEL}',
        ],
    ),
    "kind and list kind alike": (
        {"spec.names.listKind": "Gadget"},
        ['spec.names.listKind: Invalid value: "Gadget": kind and listKind may not be the same'],
    ),
    "a short name with a capital": (
        {"spec.names.shortNames": ["GDT"]},
        [f'spec.names.shortNames[0]: Invalid value: "GDT": {LABEL}'],
    ),
    "a protected group": (
        {"spec.group": "shop.k8s.io", "metadata.name": "gadgets.shop.k8s.io"},
        [
            "metadata.annotations[api-approved.kubernetes.io]: Required value: protected groups must have approval "
            'annotation "api-approved.kubernetes.io", see https://github.com/kubernetes/enhancements/pull/1111'
        ],
    ),
    "an unknown conversion": (
        {"spec.conversion": {"strategy": "Magic"}},
        ['spec.conversion.strategy: Unsupported value: "Magic": supported values: "None", "Webhook"'],
    ),
    "a scale without a path": (
        {"spec.versions.0.subresources.scale.specReplicasPath": ""},
        ["spec.versions[0].subresources.scale.specReplicasPath: Required value"],
    ),
    "a scale of another part": (
        {"spec.versions.0.subresources.scale.statusReplicasPath": ".spec.x"},
        [
            "spec.versions[0].subresources.scale.statusReplicasPath: Invalid value: "
            '".spec.x": should be a json path under .status'
        ],
    ),
    "a column of an unknown type": (
        {"spec.versions.0.additionalPrinterColumns.0.type": "text"},
        [
            'spec.versions[0].additionalPrinterColumns[0].type: Invalid value: "text": '
            "must be one of boolean,date,integer,number,string"
        ],
    ),
    "a column without a path": (
        {"spec.versions.0.additionalPrinterColumns.0.jsonPath": ""},
        ["spec.versions[0].additionalPrinterColumns[0].JSONPath: Required value"],
    ),
    "no type at the root": (
        {f"{SCHEMA}.type": UNSET},
        [f"{PATH}.type: Required value: must not be empty at the root"],
    ),
    "a list at the root": (
        {f"{SCHEMA}.type": "string"},
        [f'{PATH}.type: Invalid value: "string": must be object at the root'],
    ),
    "a field without a type": (
        {f"{SIZE}.type": UNSET},
        [f"{SIZE_PATH}.type: Required value: must not be empty for specified object fields"],
    ),
    "a type that there is not": (
        {f"{SIZE}.type": "text"},
        [
            f'{SIZE_PATH}.type: Unsupported value: "text": '
            'supported values: "array", "boolean", "integer", "number", "object", "string"'
        ],
    ),
    "a list of nothing": (
        {SIZE: {"type": "array"}},
        [f"{SIZE_PATH}.items: Required value: must be specified"],
    ),
    "unique items": (
        {f"{SIZE}.uniqueItems": True},
        [
            f"{SIZE_PATH}.uniqueItems: Forbidden: "
            "uniqueItems cannot be set to true since the runtime complexity becomes quadratic"
        ],
    ),
    "named and unnamed properties": (
        {
            SIZE: {
                "type": "object",
                "properties": {"a": {"type": "string"}},
                "additionalProperties": {"type": "string"},
            }
        },
        [
            f"{SIZE_PATH}.additionalProperties: Forbidden: additionalProperties and properties are mutual exclusive"
        ],
    ),
    "a map list without keys": (
        {SIZE: {"type": "array", "items": {"type": "object"}, "x-kubernetes-list-type": "map"}},
        [
            f"{SIZE_PATH}.x-kubernetes-list-map-keys: Required value: "
            "must not be empty if x-kubernetes-list-type is map"
        ],
    ),
    "a type inside a choice": (
        {f"{SIZE}.anyOf": [{"type": "string"}]},
        [f"{SIZE_PATH}.anyOf[0].type: Forbidden: must be empty to be structural"],
    ),
    "a pattern that is none": (
        {f"{SIZE}.pattern": "("},
        [f'{SIZE_PATH}.pattern: Invalid value: "(": must be a valid regular expression'],
    ),
    "a reference": ({f"{SIZE}.$ref": "#/x"}, [f"{SIZE_PATH}.$ref: Forbidden: $ref is not supported"]),
    "an empty rule": (
        {f"{SCHEMA}.x-kubernetes-validations": [{"rule": " "}]},
        [f"{PATH}.x-kubernetes-validations[0].rule: Required value: rule is not specified"],
    ),
    "something that is no schema": (
        {SIZE: {"type": "array", "items": "x"}},
        [f'{SIZE_PATH}.items: Invalid value: "x": is of the wrong type'],
    ),
    "a number for a list": (
        {SIZE: {"type": "array", "items": {"required": 3}}},
        [f"{SIZE_PATH}.items.required: Invalid value: 3: is of the wrong type"],
    ),
}


@pytest.mark.parametrize(("changes", "expected"), CASES.values(), ids=CASES)
def test_a_definition_is_checked(changes: dict[str, Any], expected: list[str]):
    assert sorted(faults(changes)) == sorted(expected)


def test_a_default_must_fit_its_own_schema():
    (fault,) = faults({f"{SIZE}.default": "XXL"})
    assert fault.startswith(f'{SIZE_PATH}.default: Invalid value: "XXL": Unsupported value: "XXL"')


def test_a_rule_that_can_not_be_read_is_refused():
    (fault,) = faults({f"{SCHEMA}.x-kubernetes-validations": [{"rule": "self.size =="}]})
    assert fault.startswith(f"{PATH}.x-kubernetes-validations[0].rule: Invalid value:")
    assert "compilation failed: ERROR: " in fault


UPDATES: dict[str, tuple[dict[str, Any], list[str]]] = {
    "the scope": ({"spec.scope": "Cluster"}, ['spec.scope: Invalid value: "Cluster": field is immutable']),
    "the kind": (
        {"spec.names.kind": "Other"},
        ['spec.names.kind: Invalid value: "Other": field is immutable'],
    ),
    "a stored version": (
        {"spec.versions.0.name": "v2"},
        ['status.storedVersions[0]: Invalid value: "v1": missing from spec.versions'],
    ),
}


@pytest.mark.parametrize(("changes", "expected"), UPDATES.values(), ids=UPDATES)
def test_some_things_of_an_established_definition_stay(changes: dict[str, Any], expected: list[str]):
    strategy = DefinitionStrategy()
    old = strategy.prepare_create(strategy.default(definition()), context())
    old["status"]["conditions"] = [{"type": "Established", "status": "True"}]
    new = strategy.prepare_update(strategy.default(edited(old, changes)), old, context())
    assert [f"{f.path}: {f.message}" for f in strategy.validate_update(new, old)] == expected
    assert GROUP in old["metadata"]["name"]


def test_a_version_that_stores_from_now_on_is_remembered():
    strategy = DefinitionStrategy()
    old = strategy.prepare_create(strategy.default(definition()), context())
    new = edited(old, {"spec.versions.0.storage": False, "spec.versions.1": {"name": "v2", "storage": True}})
    assert strategy.prepare_update(new, old, context())["status"]["storedVersions"] == ["v1", "v2"]
