"""Names, labels, annotations, owners and finalizers of every object."""

from typing import Any

import pytest

from tests.simcore.kube_apiserver.minimal import LABEL, SUBDOMAIN, UNSET, faults, minimal, update_faults

VALUE = (
    "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and "
    "end with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', regex used for validation is "
    "'(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')"
)
KEY = (
    "must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character "
    "(e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is "
    "'([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')"
)
OWNER = {"apiVersion": "apps/v1", "kind": "ReplicaSet", "name": "r", "uid": "u"}
NOT_STANDARD = "name is neither a standard finalizer name nor is it fully qualified"

CASES: dict[str, tuple[dict[str, Any], list[str]]] = {
    "no name": ({"name": UNSET}, ["metadata.name: Required value: name or generateName is required"]),
    "a name with capitals": ({"name": "Bad"}, [f'metadata.name: Invalid value: "Bad": {SUBDOMAIN}']),
    "a name that is too long": (
        {"name": "a" * 254},
        [f'metadata.name: Invalid value: "{"a" * 254}": must be no more than 253 characters'],
    ),
    "a generated name with capitals": (
        {"generateName": "Bad-", "name": "bad-1"},
        [f'metadata.generateName: Invalid value: "Bad-": {SUBDOMAIN}'],
    ),
    "a label value with a space": (
        {"labels": {"a": "b c"}},
        [f'metadata.labels: Invalid value: "b c": {VALUE}'],
    ),
    "a label value that is too long": (
        {"labels": {"a": "b" * 64}},
        [f'metadata.labels: Invalid value: "{"b" * 64}": must be no more than 63 bytes'],
    ),
    "a label key with two slashes": (
        {"labels": {"a/b/c": "d"}},
        [
            f'metadata.labels: Invalid value: "a/b/c": a valid label key {KEY} with an optional DNS subdomain prefix '
            "and '/' (e.g. 'example.com/MyName')"
        ],
    ),
    "a label key without a name": (
        {"labels": {"example.com/": "d"}},
        [
            'metadata.labels: Invalid value: "example.com/": name part must be non-empty',
            f'metadata.labels: Invalid value: "example.com/": name part {KEY}',
        ],
    ),
    "a label key with an empty prefix": (
        {"labels": {"/a": "d"}},
        ['metadata.labels: Invalid value: "/a": prefix part must be non-empty'],
    ),
    "a label key with capitals in the prefix": (
        {"labels": {"Example.com/a": "d"}},
        [f'metadata.labels: Invalid value: "Example.com/a": prefix part {SUBDOMAIN}'],
    ),
    "an annotation key with a space": (
        {"annotations": {"a b": "c"}},
        [f'metadata.annotations: Invalid value: "a b": name part {KEY}'],
    ),
    "annotations that are too big": (
        {"annotations": {"a": "b" * 262144}},
        ["metadata.annotations: Too long: may not be more than 262144 bytes"],
    ),
    "an owner without version, name and uid": (
        {"ownerReferences": [{"kind": "ReplicaSet"}]},
        [
            'metadata.ownerReferences.apiVersion: Invalid value: "": version must not be empty',
            'metadata.ownerReferences.name: Invalid value: "": must not be empty',
            'metadata.ownerReferences.uid: Invalid value: "": must not be empty',
        ],
    ),
    "two controllers": (
        {"ownerReferences": [{**OWNER, "controller": True}, {**OWNER, "name": "s", "controller": True}]},
        [
            'metadata.ownerReferences: Invalid value: [{"apiVersion":"apps/v1","kind":"ReplicaSet","name":"r",'
            '"uid":"u","controller":true},{"apiVersion":"apps/v1","kind":"ReplicaSet","name":"s","uid":"u",'
            '"controller":true}]: Only one reference can have Controller set to true. Found "true" in references for '
            "ReplicaSet/r and ReplicaSet/s"
        ],
    ),
    "a finalizer without a domain": (
        {"finalizers": ["mine"]},
        [f'metadata.finalizers[0]: Invalid value: "mine": {NOT_STANDARD}'],
    ),
    "finalizers that contradict each other": (
        {"finalizers": ["orphan", "foregroundDeletion"]},
        [
            'metadata.finalizers: Invalid value: ["orphan","foregroundDeletion"]: finalizer orphan and '
            "foregroundDeletion cannot be both set"
        ],
    ),
}


@pytest.mark.parametrize(("changes", "told"), CASES.values(), ids=CASES)
def test_metadata_is_refused_for(changes: dict[str, Any], told: list[str]) -> None:
    changes = {f"metadata__{field}": value for field, value in changes.items()}
    assert faults(minimal("ConfigMap", **changes)) == told


@pytest.mark.parametrize("finalizer", ["kubernetes", "orphan", "foregroundDeletion", "example.com/mine"])
def test_a_standard_or_qualified_finalizer_is_valid(finalizer: str) -> None:
    assert faults(minimal("ConfigMap", metadata__finalizers=[finalizer])) == []


def test_a_generated_name_may_end_with_a_hyphen() -> None:
    assert faults(minimal("ConfigMap", metadata__generateName="a-", metadata__name="a-b")) == []


def test_keys_of_annotations_may_have_capitals_in_the_prefix() -> None:
    assert faults(minimal("ConfigMap", metadata__annotations={"Example.com/A": "b"})) == []


def test_a_namespace_of_a_cluster_wide_object_is_refused() -> None:
    assert faults(minimal("Node", metadata__namespace="ns")) == [
        "metadata.namespace: Forbidden: not allowed on this type"
    ]


def test_names_of_namespaces_and_services_are_labels() -> None:
    assert faults(minimal("Namespace", metadata__name="a_b")) == [
        f'metadata.name: Invalid value: "a_b": {LABEL}'
    ]
    assert faults(minimal("Service", metadata__name="a.b")) == [
        'metadata.name: Invalid value: "a.b": must not contain dots'
    ]
    assert faults(minimal("Service", metadata__name="1a")) == []


def test_names_of_roles_may_be_anything_between_two_slashes() -> None:
    assert faults(minimal("Role", metadata__name="system:My_Role")) == []
    assert faults(minimal("Role", metadata__name="a/b%c")) == [
        "metadata.name: Invalid value: \"a/b%c\": may not contain '/'",
        "metadata.name: Invalid value: \"a/b%c\": may not contain '%'",
    ]
    assert faults(minimal("Role", metadata__name="..")) == [
        "metadata.name: Invalid value: \"..\": may not be '..'"
    ]


def test_a_terminating_object_takes_no_new_finalizers() -> None:
    terminating = minimal("ConfigMap", metadata__deletionTimestamp="2026-01-01T00:00:00Z")
    assert update_faults(terminating, {"metadata.finalizers": ["example.com/b", "example.com/a"]}) == [
        "metadata.finalizers: Forbidden: no new finalizers can be added if the object is being deleted, found new "
        'finalizers []string{"example.com/a", "example.com/b"}'
    ]


@pytest.mark.parametrize("field", ["uid", "creationTimestamp"])
def test_what_the_server_gave_an_object_can_not_change(field: str) -> None:
    assert update_faults(minimal("ConfigMap"), {f"metadata.{field}": "2027-01-01T00:00:00Z"}) == [
        f'metadata.{field}: Invalid value: "2027-01-01T00:00:00Z": field is immutable'
    ]


def test_a_generation_never_goes_down() -> None:
    assert update_faults(minimal("ConfigMap", metadata__generation=3), {"metadata.generation": 2}) == [
        "metadata.generation: Invalid value: 2: must not be decremented"
    ]
