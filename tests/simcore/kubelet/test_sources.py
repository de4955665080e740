"""What variables and volumes are made of: objects that pods refer to, and the words for those that are missing."""

from __future__ import annotations

from base64 import b64encode
from dataclasses import dataclass, field
from typing import Any

import pytest

from simcore.apimachinery.meta import Obj
from simcore.kubelet.environment import (
    Around,
    ConfigFault,
    refers,
    sees_services,
    service_variables,
    variables_of,
)
from simcore.kubelet.facts import host_name, resource_value, whole_map
from simcore.kubelet.records import FileChange
from simcore.kubelet.runtime.expansion import expanded
from simcore.kubelet.volumes import (
    MountFault,
    changed,
    contents,
    kind_of,
    modes,
    references,
    shows,
    stored_path,
)


@dataclass
class Objects:
    """Implements Lookup over what a test gives."""

    maps: dict[str, Obj] = field(default_factory=dict)
    secrets: dict[str, Obj] = field(default_factory=dict)
    claims: dict[str, Obj] = field(default_factory=dict)
    known: list[Obj] = field(default_factory=list)
    files: dict[str, Obj] = field(default_factory=dict)

    def config_map(self, namespace: str, name: str) -> Obj | None:
        return self.maps.get(name) if namespace == "shop" else None

    def secret(self, namespace: str, name: str) -> Obj | None:
        return self.secrets.get(name) if namespace == "shop" else None

    def claim(self, namespace: str, name: str) -> Obj | None:
        return self.claims.get(name) if namespace == "shop" else None

    def services(self, namespace: str) -> list[Obj]:
        return self.known

    def stored(self, path: str) -> Obj | None:
        return self.files.get(path)


def coded(text: str) -> str:
    return b64encode(text.encode()).decode()


def service(name: str, address: str, *ports: Obj) -> Obj:
    return {"metadata": {"name": name}, "spec": {"clusterIP": address, "ports": [*ports]}}


BOUND = {"spec": {"volumeName": "pv-1"}, "status": {"phase": "Bound"}}
GIVEN = Objects(
    maps={
        "settings": {"data": {"mode": "fast", "size": "3"}, "binaryData": {"raw": coded("xyz")}},
        "bare": {},
    },
    secrets={"keys": {"data": {"token": coded("s3cret"), "user": coded("ada")}}},
    claims={"disk": BOUND, "late": {"spec": {}, "status": {"phase": "Pending"}}, "web-v": BOUND},
    known=[service("db", "10.96.0.5", {"port": 5432})],
    files={"pv/pv-1": {"files": {"a": "kept"}}, "host/node-1/var/log": {"files": {"b": "host's"}}},
)
META = {"name": "web", "namespace": "shop", "uid": "u1", "labels": {"b": "2", "a": "1"},
        "annotations": {"note": 'say "hi"\nthere\\'}}  # fmt: skip
FACTS = {"metadata.name": "web", "spec.nodeName": "node-1", "status.podIP": "10.244.1.2"}


def pod(**spec: Any) -> Obj:
    main = {"name": "main", "resources": {"limits": {"cpu": "500m", "memory": "64Mi"}}}
    return {"metadata": META, "spec": {"containers": [main, {"name": "side"}], "nodeName": "node-1", **spec}}


def variables(*env: Obj, sources: tuple[Obj, ...] = (), **fields: Any) -> dict[str, str]:
    spec = {"name": "main", "env": [*env], "envFrom": [*sources], **fields}
    return variables_of(pod(), spec, Around(FACTS, {"cpu": "4", "memory": "8Gi"}, GIVEN))


def of(**source: Any) -> Obj:
    return {"name": "A", "valueFrom": source}


@pytest.mark.parametrize(
    ("entry", "value"),
    [
        ({"name": "A", "value": "plain"}, "plain"),
        ({"name": "A"}, ""),
        ({"name": "A", "value": "$$HOME"}, "$HOME"),
        ({"name": "A", "value": "$(NONE)"}, "$(NONE)"),
        (of(fieldRef={"fieldPath": "metadata.name"}), "web"),
        (of(fieldRef={"fieldPath": "status.podIP"}), "10.244.1.2"),
        (of(configMapKeyRef={"name": "settings", "key": "mode"}), "fast"),
        (of(secretKeyRef={"name": "keys", "key": "token"}), "s3cret"),
        (of(configMapKeyRef={"name": "none", "key": "mode", "optional": True}), None),
        (of(configMapKeyRef={"name": "settings", "key": "none", "optional": True}), None),
        (of(secretKeyRef={"name": "keys", "key": "none", "optional": True}), None),
        (of(resourceFieldRef={"resource": "limits.cpu"}), "4"),
        (of(resourceFieldRef={"resource": "limits.cpu", "containerName": "main"}), "1"),
        (of(resourceFieldRef={"resource": "limits.memory", "containerName": "main", "divisor": "1Mi"}), "64"),
    ],
    ids=["plain", "empty", "dollar", "unknown", "name", "address", "map", "secret", "no map", "no key", "no secret key",
         "of itself", "cpu", "memory"],
)  # fmt: skip
def test_a_variable_has_the_value_of_what_it_refers_to(entry: Obj, value: str | None) -> None:
    spec = {"name": "main", "env": [entry], "resources": {}}
    subject = pod() if "containerName" in str(entry) else pod(containers=[{"name": "main"}])
    assert variables_of(subject, spec, Around(FACTS, {"cpu": "4"}, GIVEN)).get("A") == value


@pytest.mark.parametrize(
    ("entry", "message"),
    [
        (of(configMapKeyRef={"name": "none", "key": "x"}), 'configmap "none" not found'),
        (of(secretKeyRef={"name": "none", "key": "x"}), 'secret "none" not found'),
        (
            of(configMapKeyRef={"name": "settings", "key": "x"}),
            "couldn't find key x in ConfigMap shop/settings",
        ),
        (of(secretKeyRef={"name": "keys", "key": "x"}), "couldn't find key x in Secret shop/keys"),
        (of(configMapKeyRef={"name": "bare", "key": "x"}), "couldn't find key x in ConfigMap shop/bare"),
    ],
    ids=["no map", "no secret", "no key of a map", "no key of a secret", "a map without data"],
)
def test_a_variable_of_nothing_is_a_fault(entry: Obj, message: str) -> None:
    with pytest.raises(ConfigFault) as fault:
        variables(entry)
    assert str(fault.value) == message


def test_all_of_a_source_comes_first_and_what_is_named_wins() -> None:
    found = variables(
        {"name": "mode", "value": "slow"}, {"name": "B", "value": "$(mode)-$(P_user)"},
        sources=({"configMapRef": {"name": "settings"}}, {"prefix": "P_", "secretRef": {"name": "keys"}},
                 {"configMapRef": {"name": "none", "optional": True}}),
    )  # fmt: skip
    own = {name: value for name, value in found.items() if not name.startswith("DB_")}
    assert own == {"mode": "slow", "size": "3", "P_token": "s3cret", "P_user": "ada", "B": "slow-ada"}
    assert found["DB_PORT"] == "tcp://10.96.0.5:5432"
    with pytest.raises(ConfigFault, match='secret "none" not found'):
        variables(sources=({"secretRef": {"name": "none"}},))


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("plain", "plain"), ("$(A)", "1"), ("$(A)$(B)", "12"), ("$$(A)", "$(A)"), ("$$$(A)", "$1"), ("$(C)", "$(C)"),
        ("$A", "$A"), ("$(", "$("), ("$()", "$()"), ("$(A", "$(A"), ("a$", "a$"), ("$(x.y-z)", "dotted"),
    ],
)  # fmt: skip
def test_references_are_put_in(text: str, found: str) -> None:
    assert expanded(text, {"A": "1", "B": "2", "x.y-z": "dotted"}) == found


@pytest.mark.parametrize(
    ("services", "names"),
    [
        ([], {}),
        ([service("headless", "None", {"port": 80})], {}),
        ([service("alias", "", {"port": 80})], {}),
        ([service("portless", "10.96.0.9")], {}),
        ([service("my-db", "10.96.0.5", {"port": 53, "protocol": "UDP"})], {
            "MY_DB_SERVICE_HOST": "10.96.0.5", "MY_DB_SERVICE_PORT": "53", "MY_DB_PORT": "udp://10.96.0.5:53",
            "MY_DB_PORT_53_UDP": "udp://10.96.0.5:53", "MY_DB_PORT_53_UDP_PROTO": "udp",
            "MY_DB_PORT_53_UDP_PORT": "53", "MY_DB_PORT_53_UDP_ADDR": "10.96.0.5"}),
        ([service("w", "10.96.0.7", {"name": "web-ui", "port": 80}, {"name": "tls", "port": 443})], {
            "W_SERVICE_HOST": "10.96.0.7", "W_SERVICE_PORT": "80", "W_SERVICE_PORT_WEB_UI": "80",
            "W_SERVICE_PORT_TLS": "443", "W_PORT": "tcp://10.96.0.7:80",
            "W_PORT_80_TCP": "tcp://10.96.0.7:80", "W_PORT_80_TCP_PROTO": "tcp", "W_PORT_80_TCP_PORT": "80",
            "W_PORT_80_TCP_ADDR": "10.96.0.7", "W_PORT_443_TCP": "tcp://10.96.0.7:443",
            "W_PORT_443_TCP_PROTO": "tcp", "W_PORT_443_TCP_PORT": "443", "W_PORT_443_TCP_ADDR": "10.96.0.7"}),
    ],
    ids=["none", "headless", "external", "without ports", "one port", "two named ports"],
)  # fmt: skip
def test_services_have_the_variables_that_docker_gave_to_links(
    services: list[Obj], names: dict[str, str]
) -> None:
    assert service_variables(services) == names


@pytest.mark.parametrize(
    ("spec", "of_pod", "sees"),
    [
        ({"command": ["env"]}, {}, True),
        ({"args": ["echo $DB_SERVICE_HOST"]}, {}, True),
        ({"command": ["nginx"]}, {}, False),
        ({"env": [{"name": "A", "value": "$(DB_SERVICE_HOST)"}]}, {}, True),
        ({"command": ["env"]}, {"enableServiceLinks": False}, False),
    ],
    ids=["prints all", "prints one", "cannot tell", "refers to one", "links are off"],
)
def test_links_are_given_to_who_could_tell(spec: Obj, of_pod: Obj, sees: bool) -> None:
    assert sees_services(pod(**of_pod), spec) is sees


@pytest.mark.parametrize(
    ("spec", "found"),
    [({}, False), ({"env": [{"name": "A", "value": "x"}]}, False), ({"env": [of(fieldRef={})]}, False),
     ({"env": [of(secretKeyRef={})]}, True), ({"envFrom": [{"secretRef": {}}]}, True)],
    ids=["nothing", "plain", "of the pod", "of a secret", "all of a secret"],
)  # fmt: skip
def test_an_environment_is_noted_when_it_depends_on_others(spec: Obj, found: bool) -> None:
    assert refers(spec) is found


def item(key: str, path: str, **fields: Any) -> Obj:
    return {"key": key, "path": path, **fields}


ITEMS = [item("mode", "inner/m")]
LABELS: Obj = {"path": "labels", "fieldRef": {"fieldPath": "metadata.labels"}}
CPU: Obj = {"path": "cpu", "resourceFieldRef": {"containerName": "side", "resource": "limits.cpu"}}
PROJECTED: Obj = {"sources": [
    {"configMap": {"name": "settings", "items": ITEMS}}, {"secret": {"name": "keys"}},
    {"downwardAPI": {"items": [LABELS]}},
    {"serviceAccountToken": {"path": "t", "audience": "vault"}},
]}  # fmt: skip


@pytest.mark.parametrize(
    ("volume", "found"),
    [
        ({}, {}),
        ({"emptyDir": {}}, {}),
        ({"configMap": {"name": "settings"}}, {"mode": "fast", "raw": "xyz", "size": "3"}),
        ({"configMap": {"name": "settings", "items": ITEMS}}, {"inner/m": "fast"}),
        ({"configMap": {"name": "none", "optional": True}}, {}),
        ({"configMap": {"name": "settings", "items": [item("none", "n")], "optional": True}}, {}),
        ({"secret": {"secretName": "keys"}}, {"token": "s3cret", "user": "ada"}),
        ({"secret": {"secretName": "none", "optional": True}}, {}),
        ({"downwardAPI": {"items": [LABELS, CPU]}}, {"labels": 'a="1"\nb="2"', "cpu": "4"}),
        ({"projected": PROJECTED}, {"inner/m": "fast", "token": "s3cret", "user": "ada", "labels": 'a="1"\nb="2"',
                                    "t": "token.shop.default.u1.vault"}),
        ({"persistentVolumeClaim": {"claimName": "disk"}}, {"a": "kept"}),
        ({"ephemeral": {}}, {"a": "kept"}),
        ({"hostPath": {"path": "/var/log/"}}, {"b": "host's"}),
        ({"hostPath": {"path": "/none"}}, {}),
        ({"nfs": {"server": "a", "path": "/"}}, {}),
    ],
    ids=["nothing", "empty", "map", "items", "no map", "no item", "secret", "no secret", "downward", "projected",
         "claim", "ephemeral", "host", "nothing of the host", "another kind"],
)  # fmt: skip
def test_a_volume_holds(volume: Obj, found: dict[str, str]) -> None:
    named = {"name": "v", **volume}
    assert contents(named, pod(), FACTS, {"cpu": "4"}, GIVEN) == found
    assert shows(named) is (kind_of(named) in ("configMap", "secret", "downwardAPI", "projected"))


@pytest.mark.parametrize(
    ("volume", "message"),
    [
        ({"configMap": {"name": "none"}}, 'configmap "none" not found'),
        ({"secret": {"secretName": "none"}}, 'secret "none" not found'),
        ({"configMap": {"name": "settings", "items": [item("x", "y")]}},
         "configmap references non-existent config key: x"),
        ({"secret": {"secretName": "keys", "items": [item("x", "y")]}}, "references non-existent secret key: x"),
        ({"projected": {"sources": [{"secret": {"name": "none"}}]}}, 'secret "none" not found'),
        ({"persistentVolumeClaim": {"claimName": "none"}},
         "error processing PVC shop/none: failed to fetch PVC from API server: "
         'persistentvolumeclaims "none" not found'),
        ({"persistentVolumeClaim": {"claimName": "late"}}, "error processing PVC shop/late: PVC is not bound"),
    ],
    ids=["no map", "no secret", "no key", "no secret key", "projected", "no claim", "not bound"],
)  # fmt: skip
def test_a_volume_cannot_be_mounted(volume: Obj, message: str) -> None:
    with pytest.raises(MountFault) as fault:
        contents({"name": "v", **volume}, pod(), FACTS, {}, GIVEN)
    assert str(fault.value) == message


def test_files_outlive_a_pod_where_its_volume_does() -> None:
    kinds: list[Obj] = [
        {"emptyDir": {}},
        {"hostPath": {"path": "/a/b"}},
        {"persistentVolumeClaim": {"claimName": "disk"}},
    ]
    found = [stored_path({"name": "v", **kind}, pod(), GIVEN) for kind in kinds]
    assert found == ["", "host/node-1/a/b", "pv/pv-1"]


def test_modes_and_references_are_read_from_every_source() -> None:
    source = {"sources": [{"secret": {"name": "s", "items": [item("a", "b", mode=0o400)]}},
                          {"configMap": {"name": "kube-root-ca.crt"}}], "defaultMode": 0o600}  # fmt: skip
    volume = {"name": "v", "projected": source}
    more = {"name": "w", "configMap": {"name": "m"}}
    assert list(modes(volume)) == [("b", 0o400), ("", 0o600)]
    assert list(references(pod(volumes=[volume, more]))) == [("secret", "s"), ("configMap", "m")]


def test_an_update_brings_what_is_new_and_takes_what_is_gone() -> None:
    known = [
        FileChange(0, "a", "1"),
        FileChange(0, "b", "1"),
        FileChange(5, "c", "1"),
        FileChange(6, "c", None),
    ]
    fresh = {"a": "1", "b": "2", "c": "3"}
    assert changed(known, fresh, 9) == [FileChange(9, "b", "2"), FileChange(9, "c", "3")]
    assert changed(known, {"a": "1"}, 9) == [FileChange(9, "b", None)]


@pytest.mark.parametrize(
    ("resource", "divisor", "value"),
    [
        ("limits.cpu", "1", "1"), ("limits.cpu", "1m", "500"), ("limits.cpu", "0", "1"), ("requests.cpu", "1m", "0"),
        ("limits.memory", "1", "67108864"), ("limits.memory", "1Ki", "65536"), ("limits.memory", "1Gi", "1"),
        ("limits.ephemeral-storage", "1Gi", "10"), ("requests.memory", "1", "0"),
    ],
)  # fmt: skip
def test_a_resource_is_told_in_its_divisor_and_rounded_up(resource: str, divisor: str, value: str) -> None:
    main = pod()["spec"]["containers"][0]
    node = {"ephemeral-storage": "10Gi"}
    assert resource_value({"resource": resource, "divisor": divisor}, main, node) == value


def test_whole_maps_are_lines_in_order_with_quotes() -> None:
    assert whole_map(pod(), "metadata.labels") == 'a="1"\nb="2"'
    assert whole_map(pod(), "metadata.annotations") == 'note="say \\"hi\\"\\nthere\\\\"'
    assert whole_map(pod(), "metadata.name") is None
    assert host_name(pod()) == "web" and host_name(pod(hostname="x" * 62 + "-y")) == "x" * 62
