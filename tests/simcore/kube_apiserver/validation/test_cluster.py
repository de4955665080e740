"""Runtime classes, drivers, certificate requests, webhooks and policies."""

from __future__ import annotations

from base64 import b64encode
from typing import Any

import pytest

from simcore.apimachinery import kinds
from simcore.apimachinery.encoding import copy_obj
from simcore.apimachinery.kinds import Kind
from simcore.apimachinery.meta import Obj
from simcore.kube_apiserver.resources.table import built_in_strategies
from simcore.kube_apiserver.validation.signing_requests import USAGES
from tests.kit.certificates import request_pem
from tests.simcore.kube_apiserver.minimal import UNSET, context, edited

PEM = b64encode(request_pem("jane")).decode()
SERVICE = {"service": {"namespace": "ns", "name": "hook"}}
RULE = {"operations": ["CREATE"], "apiGroups": [""], "apiVersions": ["v1"], "resources": ["pods"]}
HOOK = {
    "name": "a.example.com", "sideEffects": "None", "admissionReviewVersions": ["v1"], "clientConfig": SERVICE,
    "rules": [RULE],
}  # fmt: skip
VALID: dict[Kind, Obj] = {
    kinds.RUNTIME_CLASS: {"handler": "runc"},
    kinds.CSI_DRIVER: {"spec": {}},
    kinds.VOLUME_ATTRIBUTES_CLASS: {"driverName": "csi.example.com", "parameters": {"iops": "1"}},
    kinds.SERVICE_CIDR: {"spec": {"cidrs": ["10.0.0.0/16"]}},
    kinds.CERTIFICATE_SIGNING_REQUEST: {
        "spec": {
            "request": PEM,
            "usages": ["client auth"],
            "signerName": "kubernetes.io/kube-apiserver-client",
        }
    },
    kinds.POD_TEMPLATE: {"template": {"spec": {"containers": [{"name": "c", "image": "i"}]}}},
    kinds.VALIDATING_WEBHOOK_CONFIGURATION: {"webhooks": [HOOK]},
    kinds.VALIDATING_ADMISSION_POLICY: {
        "spec": {
            "matchConstraints": {"resourceRules": [RULE]},
            "validations": [{"expression": "object.spec.replicas < 5"}],
        }
    },
    kinds.VALIDATING_ADMISSION_POLICY_BINDING: {"spec": {"policyName": "p", "validationActions": ["Deny"]}},
}
KIND_IDS = [kind.kind for kind in VALID]


def made(kind: Kind, changes: dict[str, Any] | None = None) -> Obj:
    strategy = built_in_strategies()[kind.resource]
    meta = {"name": "x.example.com"} | ({"namespace": "ns"} if kind.namespaced else {})
    obj = edited({"metadata": meta, **copy_obj(VALID[kind])}, changes or {})
    return strategy.prepare_create(strategy.default(obj), context())


def faults(kind: Kind, changes: dict[str, Any] | None = None) -> list[str]:
    found = built_in_strategies()[kind.resource].validate(made(kind, changes))
    return [f"{fault.path}: {fault.message}" for fault in found]


@pytest.mark.parametrize("kind", VALID, ids=KIND_IDS)
def test_a_valid_object_has_no_fault(kind: Kind):
    assert faults(kind) == []


WEBHOOK, POLICY, BINDING = (
    kinds.VALIDATING_WEBHOOK_CONFIGURATION,
    kinds.VALIDATING_ADMISSION_POLICY,
    kinds.VALIDATING_ADMISSION_POLICY_BINDING,
)
CSR = kinds.CERTIFICATE_SIGNING_REQUEST
CASES: dict[str, tuple[Kind, dict[str, Any], list[str]]] = {
    "a handler in capitals": (
        kinds.RUNTIME_CLASS,
        {"handler": "Runc"},
        [
            'handler: Invalid value: "Runc": a lowercase RFC 1123 label must consist of lower case alphanumeric '
            "characters or '-', and must start and end with an alphanumeric character (e.g. 'my-name',  or "
            "'123-abc', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?')"
        ],
    ),
    "a toleration twice": (
        kinds.RUNTIME_CLASS,
        {"scheduling": {"tolerations": [{"operator": "Exists"}, {"operator": "Exists"}]}},
        [
            'scheduling.tolerations[1]: Duplicate value: {"Key":"","Operator":"Exists","Value":"","Effect":"",'
            '"TolerationSeconds":null}'
        ],
    ),
    "an overhead below zero": (
        kinds.RUNTIME_CLASS,
        {"overhead": {"podFixed": {"cpu": "-1"}}},
        ['overhead.limits[cpu]: Invalid value: "-1": must be greater than or equal to 0'],
    ),
    "an unknown group policy": (
        kinds.CSI_DRIVER,
        {"spec.fsGroupPolicy": "Some"},
        [
            'spec.fsGroupPolicy: Unsupported value: "Some": '
            'supported values: "ReadWriteOnceWithFSType", "File", "None"'
        ],
    ),
    "an unknown kind of volumes": (
        kinds.CSI_DRIVER,
        {"spec.volumeLifecycleModes": ["Eternal"]},
        [
            'spec.volumeLifecycleModes: Unsupported value: "Eternal": '
            'supported values: "Ephemeral", "Persistent"'
        ],
    ),
    "an audience twice": (
        kinds.CSI_DRIVER,
        {"spec.tokenRequests": [{"audience": "a"}, {"audience": "a"}]},
        ['spec.tokenRequests[1].audience: Duplicate value: "a"'],
    ),
    "no parameters": (
        kinds.VOLUME_ATTRIBUTES_CLASS,
        {"parameters": {}},
        ["parameters: Required value: must contain at least one key/value pair"],
    ),
    "no range": (
        kinds.SERVICE_CIDR,
        {"spec.cidrs": []},
        ["spec.cidrs: Required value: at least one CIDR required"],
    ),
    "no usages": (CSR, {"spec.usages": []}, ["spec.usages: Required value"]),
    "a usage twice": (
        CSR,
        {"spec.usages": ["client auth", "client auth"]},
        ['spec.usages[1]: Duplicate value: "client auth"'],
    ),
    "an unknown usage": (
        CSR,
        {"spec.usages": ["fun"]},
        [
            'spec.usages[0]: Unsupported value: "fun": supported values: '
            + ", ".join(f'"{usage}"' for usage in USAGES)
        ],
    ),
    "no signer": (CSR, {"spec.signerName": ""}, ["spec.signerName: Required value"]),
    "a signer without a path": (
        CSR,
        {"spec.signerName": "example.com"},
        [
            'spec.signerName: Invalid value: "example.com": '
            "must be a fully qualified domain and path of the form 'example.com/signer-name'"
        ],
    ),
    "a short life": (
        CSR,
        {"spec.expirationSeconds": 60},
        [
            "spec.expirationSeconds: Invalid value: 60: "
            "may not specify a duration less than 600 seconds (10 minutes)"
        ],
    ),
    "no request": (
        CSR,
        {"spec.request": "aGk="},
        ['spec.request: Invalid value: "aGk=": PEM block type must be CERTIFICATE REQUEST'],
    ),
    "a template without containers": (
        kinds.POD_TEMPLATE,
        {"template.spec.containers": []},
        ["template.spec.containers: Required value"],
    ),
    "a webhook's short name": (
        WEBHOOK,
        {"webhooks.0.name": "a.com"},
        [
            'webhooks[0].name: Invalid value: "a.com": '
            "should be a domain with at least three segments separated by dots"
        ],
    ),
    "a webhook twice": (
        WEBHOOK,
        {"webhooks.1": HOOK},
        ['webhooks[1].name: Duplicate value: "a.example.com"'],
    ),
    "no side effects": (
        WEBHOOK,
        {"webhooks.0.sideEffects": UNSET},
        ["webhooks[0].sideEffects: Required value: must specify one of None, NoneOnDryRun"],
    ),
    "side effects": (
        WEBHOOK,
        {"webhooks.0.sideEffects": "Some"},
        ['webhooks[0].sideEffects: Unsupported value: "Some": supported values: "None", "NoneOnDryRun"'],
    ),
    "a long timeout": (
        WEBHOOK,
        {"webhooks.0.timeoutSeconds": 31},
        ["webhooks[0].timeoutSeconds: Invalid value: 31: the timeout value must be between 1 and 30 seconds"],
    ),
    "all operations and one": (
        WEBHOOK,
        {"webhooks.0.rules.0.operations": ["*", "CREATE"]},
        [
            'webhooks[0].rules[0].operations: Invalid value: ["*","CREATE"]: '
            "if '*' is present, must not specify other operations"
        ],
    ),
    "no resources": (
        WEBHOOK,
        {"webhooks.0.rules.0.resources": []},
        ["webhooks[0].rules[0].resources: Required value"],
    ),
    "an unknown policy of failure": (
        WEBHOOK,
        {"webhooks.0.failurePolicy": "Retry"},
        ['webhooks[0].failurePolicy: Unsupported value: "Retry": supported values: "Fail", "Ignore"'],
    ),
    "nobody to ask": (
        WEBHOOK,
        {"webhooks.0.clientConfig": {}},
        ["webhooks[0].clientConfig: Required value: exactly one of url or service is required"],
    ),
    "a plain address": (
        WEBHOOK,
        {"webhooks.0.clientConfig": {"url": "http://a.example.com"}},
        [
            'webhooks[0].clientConfig.url: Invalid value: "http": '
            "'https' is the only allowed URL scheme; desired format: https://host[/path]"
        ],
    ),
    "no version of reviews": (
        WEBHOOK,
        {"webhooks.0.admissionReviewVersions": []},
        ["webhooks[0].admissionReviewVersions: Required value: must specify one of v1, v1beta1"],
    ),
    "a policy of nothing": (
        POLICY,
        {"spec.validations": []},
        ["spec.validations: Required value: validations or auditAnnotations must contain at least one item"],
    ),
    "a policy for nothing": (
        POLICY,
        {"spec.matchConstraints": UNSET},
        ["spec.matchConstraints: Required value"],
    ),
    "an empty expression": (
        POLICY,
        {"spec.validations.0.expression": ""},
        ["spec.validations[0].expression: Required value: expression is not specified"],
    ),
    "parameters of no kind": (
        POLICY,
        {"spec.paramKind": {"apiVersion": "v1"}},
        ["spec.paramKind.kind: Required value"],
    ),
    "a binding of nothing": (BINDING, {"spec.policyName": ""}, ["spec.policyName: Required value"]),
    "no action": (BINDING, {"spec.validationActions": []}, ["spec.validationActions: Required value"]),
    "an unknown action": (
        BINDING,
        {"spec.validationActions": ["Shout"]},
        ['spec.validationActions[0]: Unsupported value: "Shout": supported values: "Audit", "Deny", "Warn"'],
    ),
    "parameters by name and selector": (
        BINDING,
        {"spec.paramRef": {"name": "a", "selector": {}, "parameterNotFoundAction": "Deny"}},
        ['spec.paramRef.name: Invalid value: "a": name and selector are mutually exclusive'],
    ),
}


@pytest.mark.parametrize(("kind", "changes", "expected"), CASES.values(), ids=CASES)
def test_an_object_is_checked(kind: Kind, changes: dict[str, Any], expected: list[str]):
    assert faults(kind, changes) == expected


FIXED: dict[str, tuple[Kind, dict[str, Any], list[str]]] = {
    "a handler": (
        kinds.RUNTIME_CLASS,
        {"handler": "kata"},
        ['handler: Invalid value: "kata": field is immutable'],
    ),
    "a driver": (
        kinds.VOLUME_ATTRIBUTES_CLASS,
        {"driverName": "b.example.com"},
        ["driverName: Forbidden: updates to driverName are forbidden."],
    ),
    "a range": (
        kinds.SERVICE_CIDR,
        {"spec.cidrs": ["10.1.0.0/16"]},
        ['spec.cidrs[0]: Invalid value: "10.1.0.0/16": field is immutable'],
    ),
}


@pytest.mark.parametrize(("kind", "changes", "expected"), FIXED.values(), ids=FIXED)
def test_what_stays_as_it_is(kind: Kind, changes: dict[str, Any], expected: list[str]):
    strategy, old = built_in_strategies()[kind.resource], made(kind)
    found = strategy.validate_update(edited(old, changes), old)
    assert [f"{fault.path}: {fault.message}" for fault in found] == expected


def test_a_certificate_request_says_who_asks_for_it():
    spec = made(CSR, {"spec.username": "somebody-else"})["spec"]
    assert (spec["username"], spec["groups"]) == (
        "kubernetes-admin",
        ["system:masters", "system:authenticated"],
    )


def test_defaults_of_a_webhook():
    (hook,) = made(WEBHOOK)["webhooks"]
    assert {
        name: hook[name] for name in ("failurePolicy", "matchPolicy", "timeoutSeconds", "namespaceSelector")
    } == {
        "failurePolicy": "Fail",
        "matchPolicy": "Equivalent",
        "timeoutSeconds": 10,
        "namespaceSelector": {},
    }
    assert hook["rules"][0]["scope"] == "*"
    assert hook["clientConfig"]["service"]["port"] == 443


def test_defaults_of_a_driver():
    assert made(kinds.CSI_DRIVER)["spec"] == {
        "attachRequired": True,
        "podInfoOnMount": False,
        "storageCapacity": False,
        "fsGroupPolicy": "ReadWriteOnceWithFSType",
        "requiresRepublish": False,
        "seLinuxMount": False,
        "volumeLifecycleModes": ["Persistent"],
    }


def test_defaults_of_flow_control():
    level, schema = kinds.PRIORITY_LEVEL_CONFIGURATION, kinds.FLOW_SCHEMA
    strategies = built_in_strategies()
    limited = {"limited": {"limitResponse": {"type": "Queue", "queuing": {}}}}
    filled = strategies[level.resource].default({"metadata": {}, "spec": limited})
    assert filled["spec"]["limited"]["nominalConcurrencyShares"] == 30
    assert filled["spec"]["limited"]["limitResponse"]["queuing"] == {
        "queues": 64,
        "handSize": 8,
        "queueLengthLimit": 50,
    }
    filled = strategies[schema.resource].default({"metadata": {}, "spec": {}})
    assert filled["spec"] == {"matchingPrecedence": 1000}
