"""The schema file and decoding against it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from simcore.apimachinery.schema import Schema
from simcore.apimachinery.schema_build import build
from simcore.apimachinery.schema_decode import Decoding, Doubled, Mistyped


@pytest.fixture(scope="module")
def schema(tmp_path_factory: pytest.TempPathFactory) -> Schema:
    return Schema.load(build(tmp_path_factory.mktemp("data")))


def decoded(schema: Schema, kind: str, doc: Any) -> tuple[Any, list[str]]:
    decoding, node = Decoding(), schema.node(schema.by_kind["", "v1", kind])
    assert node is not None
    return decoding.decode(doc, node), decoding.faults


def test_every_definition_compiles(schema: Schema):
    assert len(schema.definitions) > 700
    assert all(schema.node(name) is not None for name in schema.definitions)
    assert schema.node("io.k8s.api.core.v1.Nothing") is None


def test_definitions_are_as_the_real_server_publishes_them(schema: Schema):
    pod = schema.definitions["io.k8s.api.core.v1.Pod"]
    assert pod["type"] == "object"
    assert pod["properties"]["kind"].keys() == {"type", "description"}
    assert pod["properties"]["spec"]["$ref"] == "#/definitions/io.k8s.api.core.v1.PodSpec"
    assert schema.definitions["io.k8s.apimachinery.pkg.api.resource.Quantity"]["type"] == "string"


def test_a_node_knows_how_its_list_is_merged(schema: Schema):
    spec = schema.node("io.k8s.api.core.v1.PodSpec")
    assert spec is not None
    containers = spec.fields["containers"]
    assert (containers.merge_key, containers.strategies, containers.list_keys) == (
        "name",
        ("merge",),
        ("name",),
    )
    assert spec.required == {"containers"}


def test_a_file_that_is_no_schema_is_refused(tmp_path: Path):
    broken = tmp_path / "schema"
    broken.write_bytes(b"not compressed")
    with pytest.raises(ValueError, match="is not a schema file"):
        Schema.load(broken)


class Interrupted(dict[str, Any]):
    """Definitions at whose reading another thread gets its turn, once."""

    def __init__(self, definitions: dict[str, Any], at: str) -> None:
        super().__init__(definitions)
        self._at = at
        self.turn: Callable[[], None] | None = None

    def __getitem__(self, name: str) -> Any:
        turn = self.turn
        if name == self._at and turn is not None:
            self.turn = None
            turn()
        return super().__getitem__(name)


def test_a_definition_that_is_just_being_compiled_is_whole_for_others():
    names = {"properties": {"name": {"type": "string"}}}
    whole = {"properties": {"first": {"type": "string"}, "meta": {"$ref": "#/definitions/b.Meta"}}}
    definitions = Interrupted({"a.Whole": whole, "b.Meta": names}, at="b.Meta")
    schema, seen = Schema(definitions), []

    def look() -> None:
        node = schema.node("a.Whole")
        assert node is not None
        seen.append(sorted(node.fields))

    definitions.turn = look
    node = schema.node("a.Whole")
    assert node is not None
    assert seen == [sorted(node.fields)] == [["first", "meta"]]
    assert sorted(node.fields["meta"].fields) == ["name"]


def test_a_definition_may_contain_itself():
    props = {"title": {"type": "string"}, "not": {"$ref": "#/definitions/a.Props"}}
    node = Schema({"a.Props": {"properties": props}}).node("a.Props")
    assert node is not None and node.fields["not"] is node


def test_definitions_that_share_another_one_share_its_node():
    meta, ref = {"properties": {"name": {"type": "string"}}}, {"$ref": "#/definitions/m.Meta"}
    whole = {"properties": {"metadata": ref}}
    schema = Schema({"a.One": whole, "b.Other": whole, "m.Meta": meta})
    one, other = schema.node("a.One"), schema.node("b.Other")
    assert one is not None and other is not None
    assert one.fields["metadata"] is other.fields["metadata"] is schema.node("m.Meta")


def test_what_is_known_is_kept_and_the_rest_told(schema: Schema):
    doc = {"metadata": {"name": "a", "lables": {}}, "data": {"k": "v"}, "spec": {}}
    assert decoded(schema, "ConfigMap", doc) == (
        {"metadata": {"name": "a"}, "data": {"k": "v"}},
        ['unknown field "metadata.lables"', 'unknown field "spec"'],
    )


def test_a_doubled_member_is_told_with_its_place(schema: Schema):
    data = Doubled({"k": "2"})
    data.doubled = ["k"]
    assert decoded(schema, "ConfigMap", {"data": data}) == (
        {"data": {"k": "2"}},
        ['duplicate field "data.k"'],
    )


def test_an_empty_struct_is_kept_and_an_empty_list_is_not(schema: Schema):
    spec = {"containers": [], "volumes": [], "securityContext": {}, "nodeSelector": {}}
    assert decoded(schema, "Pod", {"spec": spec})[0] == {"spec": {"containers": [], "securityContext": {}}}


def test_a_null_item_is_what_go_makes_of_it(schema: Schema):
    doc = {"metadata": {"finalizers": [None, "a"], "labels": {"k": None}}, "spec": {"containers": [None]}}
    assert decoded(schema, "Pod", doc)[0] == {
        "metadata": {"finalizers": ["", "a"], "labels": {"k": ""}},
        "spec": {"containers": [{}]},
    }


@pytest.mark.parametrize(
    ("kind", "doc", "message"),
    [
        pytest.param("Pod", [], "json: cannot unmarshal array into Go value of type v1.Pod", id="no-object"),
        pytest.param(
            "Pod",
            {"metadata": {"labels": ["a"]}},
            "json: cannot unmarshal array into Go struct field ObjectMeta.metadata.labels of type map[string]string",
            id="list-for-map",
        ),
        pytest.param(
            "Pod",
            {"spec": {"containers": {}}},
            "json: cannot unmarshal object into Go struct field PodSpec.spec.containers of type []v1.Container",
            id="object-for-list",
        ),
        pytest.param(
            "Pod",
            {"spec": {"terminationGracePeriodSeconds": 1.5}},
            "json: cannot unmarshal number 1.5 into Go struct field "
            "PodSpec.spec.terminationGracePeriodSeconds of type int64",
            id="fraction",
        ),
        pytest.param(
            "Pod",
            {"spec": {"priority": 2**31}},
            "json: cannot unmarshal number 2147483648 into Go struct field PodSpec.spec.priority of type int32",
            id="too-large",
        ),
        pytest.param(
            "Pod",
            {"spec": {"priority": True}},
            "json: cannot unmarshal bool into Go struct field PodSpec.spec.priority of type int32",
            id="a-bool-is-no-number",
        ),
        pytest.param(
            "ConfigMap", {"binaryData": {"k": "a!b="}}, "illegal base64 data at input byte 1", id="no-base64"
        ),
        pytest.param(
            "Pod",
            {"metadata": {"creationTimestamp": "now"}},
            'parsing time "now" as "2006-01-02T15:04:05Z07:00": cannot parse "now" as "2006"',
            id="no-time",
        ),
    ],
)
def test_what_is_mistyped_is_refused_as_go_words_it(schema: Schema, kind: str, doc: Any, message: str):
    with pytest.raises(Mistyped) as refused:
        decoded(schema, kind, doc)
    assert str(refused.value) == message


def test_a_text_or_number_is_either(schema: Schema):
    for port in (80, "http"):
        doc = {"spec": {"ports": [{"port": 80, "targetPort": port}]}}
        assert decoded(schema, "Service", doc) == (doc, [])
    with pytest.raises(Mistyped):
        decoded(schema, "Service", {"spec": {"ports": [{"targetPort": 1.5}]}})


def test_free_form_parts_are_taken_as_they_are(schema: Schema):
    doc = {"metadata": {"managedFields": [{"fieldsV1": {"f:data": {}}}]}}
    assert decoded(schema, "ConfigMap", doc) == (doc, [])
