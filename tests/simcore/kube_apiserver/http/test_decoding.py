"""What bodies are taken, and what is said of the others."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.simcore.kube_apiserver.http.door import CONFIG_MAPS, PODS, Door, config_map, pod

UNKNOWN = {"metadata": {"name": "x", "lables": {"a": "b"}}, "spec": {}}


def warnings(door: Door, body: bytes, **query: Any) -> list[str]:
    answer = door.response("POST", CONFIG_MAPS, body, {"content-type": "application/json"}, **query)
    assert answer.status == 201, answer.body
    return [value for name, value in answer.headers if name == "Warning"]


def test_unknown_fields_are_refused_when_the_client_is_strict(door: Door):
    status, body = door.post(CONFIG_MAPS, UNKNOWN, fieldValidation="Strict")
    assert (status, body["message"]) == (
        400,
        'ConfigMap in version "v1" cannot be handled as a ConfigMap: strict decoding error: '
        'unknown field "metadata.lables", unknown field "spec"',
    )


def test_unknown_fields_are_dropped_with_a_warning(door: Door):
    assert warnings(door, json.dumps(UNKNOWN).encode()) == [
        '299 - "unknown field \\"metadata.lables\\""',
        '299 - "unknown field \\"spec\\""',
    ]
    _, stored = door.get(f"{CONFIG_MAPS}/x")
    assert "spec" not in stored


def test_unknown_fields_are_dropped_silently_when_the_client_ignores_them(door: Door):
    assert warnings(door, json.dumps(UNKNOWN).encode(), fieldValidation="Ignore") == []


def test_a_field_that_is_named_twice_is_a_fault(door: Door):
    twice = b'{"metadata":{"name":"x"},"data":{"a":"1","a":"2"}}'
    status, body = door.call("POST", CONFIG_MAPS, twice, fieldValidation="Strict")
    assert (status, body["message"]) == (
        400,
        'ConfigMap in version "v1" cannot be handled as a ConfigMap: strict decoding error: duplicate field "data.a"',
    )
    assert warnings(door, twice) == ['299 - "duplicate field \\"data.a\\""']
    assert door.get(f"{CONFIG_MAPS}/x")[1]["data"] == {"a": "2"}


def test_a_validation_mode_that_does_not_exist_is_refused(door: Door):
    status, body = door.post(CONFIG_MAPS, config_map("a"), fieldValidation="Maybe")
    assert (status, body["message"]) == (
        422,
        'CreateOptions.meta.k8s.io "" is invalid: fieldValidation: Unsupported value: "Maybe": '
        'supported values: "Ignore", "Strict", "Warn"',
    )


@pytest.mark.parametrize(
    ("spec", "message"),
    [
        pytest.param(
            "hello",
            "json: cannot unmarshal string into Go struct field Pod.spec of type v1.PodSpec",
            id="a-text-for-a-struct",
        ),
        pytest.param(
            {"hostNetwork": "yes"},
            "json: cannot unmarshal string into Go struct field PodSpec.spec.hostNetwork of type bool",
            id="a-text-for-a-bool",
        ),
        pytest.param(
            {"containers": [{"name": "c", "ports": [{"containerPort": "80"}]}]},
            "json: cannot unmarshal string into Go struct field "
            "ContainerPort.spec.containers.ports.containerPort of type int32",
            id="a-text-for-a-number",
        ),
        pytest.param(
            {"containers": [{"name": "c", "resources": {"limits": {"cpu": "much"}}}]},
            "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'",
            id="no-quantity",
        ),
    ],
)
def test_mistyped_fields_are_refused_as_go_words_it(door: Door, spec: Any, message: str):
    status, body = door.post(PODS, {"metadata": {"name": "x"}, "spec": spec})
    assert (status, body["message"]) == (
        400,
        f'Pod in version "v1" cannot be handled as a Pod: {message}',
    )


@pytest.mark.parametrize(
    ("data", "why"),
    [
        pytest.param(
            b'{"apiVersion": "v1", "kind": }\n',
            'invalid character \'}\' looking for beginning of value ({"apiVersion": "v1", "kind": } ...)',
            id="a-value-is-missing",
        ),
        pytest.param(
            b"apiVersion: v1\nkind: Podd\nmeta",
            "invalid character 'a' looking for beginning of value "
            "(61706956657273696f6e3a2076310a6b696e643a20506f64640a6d657461)",
            id="yaml-as-json",
        ),
        pytest.param(b'{"a":1', 'unexpected end of JSON input ({"a":1)', id="cut-off"),
        pytest.param(
            b'{"a":NaN}', "invalid character 'N' looking for beginning of value ({\"a\":NaN})", id="nan"
        ),
        pytest.param(b'{"a" 1}', "invalid character '1' after object key ({\"a\" 1})", id="no-colon"),
        pytest.param(
            b'{"a":[1 2]}', "invalid character '2' after array element ({\"a\":[1 2]})", id="no-comma"
        ),
        pytest.param(b"{} {}", "invalid character '{' after top-level value ({} {})", id="two-values"),
        pytest.param(b"", "unexpected end of JSON input (<empty>)", id="nothing"),
    ],
)
def test_what_is_no_json_is_refused_as_go_words_it(door: Door, data: bytes, why: str):
    answer = door.response("POST", CONFIG_MAPS, data, {"content-type": "application/json"})
    assert (answer.status, json.loads(answer.body)["message"]) == (
        400,
        "the object provided is unrecognized (must be of type ConfigMap): "
        f"couldn't get version/kind; json parse error: {why}",
    )


def test_yaml_is_read_when_it_is_called_yaml(door: Door):
    body = b"apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata:\n  port: '80'\n  on: \"yes\"\n"
    status, made = door.call("POST", CONFIG_MAPS, body, kind="application/yaml")
    assert (status, made["data"]) == (201, {"port": "80", "true": "yes"})


def test_other_content_types_are_not_supported(door: Door):
    status, body = door.call("POST", CONFIG_MAPS, b"x", kind="text/html")
    assert (status, body["reason"]) == (415, "UnsupportedMediaType")
    assert body["message"] == (
        "the body of the request was in an unknown format - accepted media types include: "
        "application/json, application/yaml, application/vnd.kubernetes.protobuf"
    )


def test_three_mebibytes_are_the_limit(door: Door):
    status, body = door.call("POST", CONFIG_MAPS, b" " * (3 * 1024 * 1024 + 1))
    assert (status, body["reason"]) == (413, "RequestEntityTooLarge")
    assert body["message"] == "Request entity too large: limit is 3145728"


def test_nulls_and_empty_collections_are_not_stored(door: Door):
    meta = {"name": "a", "labels": {}, "creationTimestamp": None, "finalizers": []}
    door.post(CONFIG_MAPS, {"metadata": meta, "data": {}})
    stored = door.store.get("/registry/configmaps/default/a")
    assert stored is not None
    assert not any(word in stored.value for word in (b"labels", b"null", b"finalizers", b'"data"'))


def test_quantities_are_stored_as_the_server_writes_them(door: Door):
    made = pod("a")
    made["spec"]["containers"][0]["resources"] = {"limits": {"cpu": "1000m", "memory": 1048576}}
    _, stored = door.post(PODS, made)
    assert stored["spec"]["containers"][0]["resources"]["limits"] == {"cpu": "1", "memory": "1048576"}


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        pytest.param(b"[" * 30_000, "application/json", id="json-depth"),
        pytest.param(b"[" * 30_000, "application/yaml", id="yaml-depth"),
        pytest.param(b"{" * 30_000, "application/yaml", id="yaml-map-depth"),
        pytest.param(b'{"a":' * 20_000, "application/json", id="json-map-depth"),
        pytest.param(b"9" * 10_000, "application/json", id="long-number"),
        pytest.param(b'{"metadata":{"name":1e400}}', "application/json", id="infinite-number"),
        pytest.param(b"\xff\xfe\x00", "application/json", id="no-utf-8"),
        pytest.param(b"\xff\xfe\x00", "application/yaml", id="no-utf-8-yaml"),
        pytest.param(
            b"a: &a [x,x,x,x,x,x,x,x,x]\n"
            + b"".join(
                b"%c: &%c [%b]\n" % (98 + i, 98 + i, b",".join([b"*%c" % (97 + i)] * 9)) for i in range(8)
            ),
            "application/yaml",
            id="billion-laughs",
        ),
        pytest.param(
            b"a0: &a0 {k: v}\n"
            + b"".join(
                b"a%d: &a%d {<<: [%b]}\n" % (i, i, b",".join([b"*a%d" % (i - 1)] * 9)) for i in range(1, 9)
            ),
            "application/yaml",
            id="merge-bomb",
        ),
        pytest.param(
            b"k8s\x00\xff\xff\xff\xff\xff", "application/vnd.kubernetes.protobuf", id="torn-protobuf"
        ),
        pytest.param(b"not protobuf", "application/vnd.kubernetes.protobuf", id="no-protobuf"),
    ],
)
def test_a_hostile_body_is_a_bad_request(door: Door, body: bytes, kind: str):
    status, answer = door.call("POST", CONFIG_MAPS, body, kind=kind)
    assert (status, answer["reason"]) == (400, "BadRequest")


def test_half_of_a_surrogate_pair_is_replaced(door: Door):
    status, made = door.call("POST", CONFIG_MAPS, rb'{"metadata":{"name":"a"},"data":{"k":"\ud83d!"}}')
    assert (status, made["data"]["k"]) == (201, "\N{REPLACEMENT CHARACTER}!")
