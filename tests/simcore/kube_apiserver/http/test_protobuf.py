"""Bodies in protobuf, as kubectl's create commands send them."""

from __future__ import annotations

from typing import Any

import pytest

from simcore.apimachinery.kinds import SERVED, Kind
from simcore.apimachinery.schema import Schema
from simcore.kube_apiserver.http.protobuf import MAGIC, PROTOBUF, ProtobufError, envelope, message
from simcore.kube_apiserver.http.protobuf_fields import fields_of, known_messages
from tests.simcore.kube_apiserver.http.door import CONFIG_MAPS, DEPLOYMENTS, PODS, Door, pod

# what `kubectl create namespace foo` sends, byte for byte
NAMESPACE = (
    b'k8s\x00\n\x0f\n\x02v1\x12\tNamespace\x12\x1b\n\x13\n\x03foo\x12\x00\x1a\x00"\x00*\x002\x008\x00B\x00'
    b'\x12\x00\x1a\x02\n\x00\x1a\x00"\x00'
)


def field(number: int, value: bytes | str | int) -> bytes:
    if isinstance(value, int):
        return bytes([number << 3]) + varint(value)
    data = value.encode() if isinstance(value, str) else value
    return varint(number << 3 | 2) + varint(len(data)) + data


def varint(value: int) -> bytes:
    value &= (1 << 64) - 1
    made = b""
    while value > 0x7F:
        made += bytes([value & 0x7F | 0x80])
        value >>= 7
    return made + bytes([value])


def wrapped(kind: str, raw: bytes, version: str = "v1") -> bytes:
    return MAGIC + field(1, field(1, version) + field(2, kind)) + field(2, raw)


def named(name: str) -> bytes:
    return field(1, field(1, name))


def post(door: Door, path: str, body: bytes) -> tuple[int, Any]:
    return door.call("POST", path, body, kind=PROTOBUF)


def test_a_namespace_as_kubectl_creates_it(door: Door):
    status, made = post(door, "/api/v1/namespaces", NAMESPACE)
    assert (status, made["metadata"]["name"], made["status"]) == (201, "foo", {"phase": "Active"})


def test_maps_of_texts_and_of_bytes(door: Door):
    entry = field(2, field(1, "k") + field(2, "v"))
    binary = field(3, field(1, "b") + field(2, b"\x00\xff"))
    status, made = post(door, CONFIG_MAPS, wrapped("ConfigMap", named("a") + entry + binary))
    assert (status, made["data"], made["binaryData"]) == (201, {"k": "v"}, {"b": "AP8="})


def test_a_zero_that_is_told_is_kept(door: Door):
    selector = field(2, field(1, field(1, "app") + field(2, "web")))
    labels = field(1, field(11, field(1, "app") + field(2, "web")))
    container = field(2, field(1, "main") + field(2, "nginx"))
    template = field(3, labels + field(2, container))
    spec = field(2, field(1, 0) + selector + template + field(4, field(1, "")))
    status, made = post(door, DEPLOYMENTS, wrapped("Deployment", named("web") + spec, "apps/v1"))
    assert (status, made["spec"]["replicas"], made["spec"]["selector"]) == (
        201,
        0,
        {"matchLabels": {"app": "web"}},
    )
    assert made["spec"]["strategy"]["type"] == "RollingUpdate"


def test_texts_or_numbers_are_one_or_the_other(schema: Schema):
    node = schema.node("io.k8s.api.core.v1.ServicePort")
    assert node is not None
    text = field(3, 80) + field(4, field(1, 1) + field(3, "web"))
    number = field(3, 80) + field(4, field(1, 0) + field(2, 8080))
    assert message(text, node) == {"port": 80, "targetPort": "web"}
    assert message(number, node) == {"port": 80, "targetPort": 8080}


def test_negative_numbers_times_and_quantities(schema: Schema):
    meta = schema.node("io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta")
    resources = schema.node("io.k8s.api.core.v1.ResourceRequirements")
    assert meta is not None
    assert resources is not None
    assert message(field(10, -1) + field(8, field(1, 1_767_225_600)), meta) == {
        "deletionGracePeriodSeconds": -1,
        "creationTimestamp": "2026-01-01T00:00:00Z",
    }
    limits = field(1, field(1, "cpu") + field(2, field(1, "100m")))
    assert message(limits, resources) == {"limits": {"cpu": "100m"}}


def test_options_of_a_deletion_come_in_protobuf_too(door: Door):
    door.post(PODS, pod("p", nodeName="node-1"))
    body = wrapped("DeleteOptions", field(1, 3))
    status, gone = door.call("DELETE", f"{PODS}/p", body, kind=PROTOBUF)
    assert (status, gone["metadata"]["deletionGracePeriodSeconds"]) == (200, 3)


def test_what_the_table_does_not_know_is_refused_and_not_lost(door: Door):
    claims = "/apis/resource.k8s.io/v1/namespaces/default/resourceclaims"
    status, body = post(door, claims, wrapped("ResourceClaim", named("p"), "resource.k8s.io/v1"))
    assert status == 400
    assert "messages of type v1.ResourceClaim are read as JSON only" in body["message"]
    status, body = post(door, CONFIG_MAPS, wrapped("ConfigMap", named("a") + field(9, "?")))
    assert "field 9 of v1.ConfigMap is read as JSON only" in body["message"]


@pytest.mark.parametrize(
    "raw",
    [
        pytest.param(b"\x0a\x7f", id="cut-off"),
        pytest.param(b"\xff" * 20, id="endless-number"),
        pytest.param(b"\x08\x01", id="a-number-for-a-message"),
        pytest.param(b"\x0b\x0c", id="group"),
    ],
)
def test_a_torn_message_is_refused(schema: Schema, raw: bytes):
    node = schema.node("io.k8s.api.core.v1.ConfigMap")
    assert node is not None
    with pytest.raises(ProtobufError):
        message(raw, node)


def test_an_envelope_begins_with_its_magic():
    with pytest.raises(ProtobufError):
        envelope(b"{}")
    assert envelope(NAMESPACE)[:2] == ("v1", "Namespace")


def test_every_field_of_the_table_is_one_of_the_schema(schema: Schema):
    checked = 0
    for message_name in known_messages():
        prefix = "io.k8s." if message_name.startswith("apimachinery") else "io.k8s.api."
        node = schema.node(prefix + message_name)
        if node is not None and node.form == "struct":
            assert set(told(message_name)) <= set(node.fields), message_name
            checked += 1
    assert checked > 350


def told(message_name: str) -> list[str]:
    """The fields of a message as JSON has them: those of inner messages stand beside the others."""
    numbers = fields_of(message_name)
    assert numbers, message_name
    names = []
    for name, _ in numbers.values():
        names += told(name[1:]) if name.startswith("^") else [name]
    return names


@pytest.mark.parametrize("kind", [kind for kind in SERVED if kind.definition.startswith("io.k8s.api.")])
def test_every_kind_that_old_clients_know_has_its_numbers(kind: Kind):
    new = (
        "resource.k8s.io",
        "MutatingAdmissionPolicy",
        "VolumeAttributesClass",
    )  # younger than those numbers
    assert kind.group in new or kind.kind.startswith(new[1:]) or fields_of(kind.definition) is not None


def test_a_volume_says_inside_of_what_kind_it_is(schema: Schema):
    node = schema.node("io.k8s.api.core.v1.Volume")
    assert node is not None
    claim = field(10, field(1, "data") + field(2, 1))
    assert message(field(1, "v") + field(2, claim), node) == {
        "name": "v",
        "persistentVolumeClaim": {"claimName": "data", "readOnly": True},
    }


def test_an_empty_text_that_is_told_is_kept(schema: Schema):
    node = schema.node("io.k8s.api.core.v1.PersistentVolumeClaimSpec")
    assert node is not None
    assert message(field(5, "") + field(3, ""), node) == {"storageClassName": ""}


def test_managed_fields_are_json_in_protobuf(schema: Schema):
    node = schema.node("io.k8s.apimachinery.pkg.apis.meta.v1.ManagedFieldsEntry")
    assert node is not None
    assert message(field(1, "m") + field(7, field(1, '{"f:spec":{}}')), node) == {
        "manager": "m",
        "fieldsV1": {"f:spec": {}},
    }
    with pytest.raises(ProtobufError):
        message(field(7, field(1, "{")), node)


def test_a_list_of_texts_in_a_map_is_a_message_of_its_own(schema: Schema):
    node = schema.node("io.k8s.api.authorization.v1.SubjectAccessReviewSpec")
    assert node is not None
    extra = field(5, field(1, "scopes") + field(2, field(1, "a") + field(1, "b")))
    assert message(field(3, "eve") + extra, node) == {"user": "eve", "extra": {"scopes": ["a", "b"]}}
