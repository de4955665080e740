"""Manifests by REST: all of them or none, each with its result, each fault with its place."""

from __future__ import annotations

import io
import json
import zipfile
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from clusterlab.hub import hub
from clusterlab.labs.models import ManifestUpload
from clusterlab.manifests import applying
from clusterlab.manifests.staged_store import StagedStore
from simcore.apimachinery.custom_kinds import is_true
from simcore.apimachinery.kinds import CONFIG_MAP, CUSTOM_RESOURCE_DEFINITION, DEPLOYMENT, NAMESPACE
from simcore.apimachinery.meta import Key, Obj
from simcore.sim.trace import Origin
from tests.clusterlab.conftest import Browser
from tests.kit.manifests import config_map, deployment, namespace
from tests.simcore.kube_apiserver.custom import gadgets

YAML = """\
apiVersion: v1
kind: ConfigMap
metadata:
  name: settings
data:
  colour: blue
"""


BAD_NAME = (
    "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and "
    "end with an alphanumeric character (e.g. 'example.com', regex used for validation is "
    "'[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')"
)


class Uploads:
    """One cluster and the answers of its uploads."""

    def __init__(self, browser: Browser) -> None:
        self.browser, self.cluster_id = browser, browser.new_cluster()

    def text(self, *texts: str, query: str = "") -> Any:
        documents = [{"name": f"{n}.yaml", "text": text} for n, text in enumerate(texts)]
        return self.browser.post_json(
            f"/api/clusters/{self.cluster_id}/uploads/{query}", {"documents": documents}
        )

    def objects(self, *objects: Obj, query: str = "") -> Any:
        return self.text(*map(json.dumps, objects), query=query)

    def find(self, kind: Any, name: str, space: str = "default") -> Obj | None:
        resident = hub.get(self.cluster_id)
        resident.sync()
        return resident.server.storage.find(kind, Key(space if kind.namespaced else "", name))


@pytest.fixture
def uploads(browser: Browser) -> Uploads:
    return Uploads(browser)


def actions(answer: Any) -> list[str]:
    return [result["action"] for result in answer.json()["results"]]


def test_what_is_new_is_created(uploads: Uploads) -> None:
    answer = uploads.text(YAML)
    assert answer.status_code == 200
    assert answer.json() == {
        "applied": True,
        "results": [
            {
                "file": "0.yaml",
                "index": 0,
                "line": 1,
                "kind": "ConfigMap",
                "namespace": "default",
                "name": "settings",
                "action": "created",
                "message": "",
            }
        ],
        "errors": [],
    }
    assert uploads.find(CONFIG_MAP, "settings")["data"] == {"colour": "blue"}


def test_what_is_there_already_is_left_or_changed(uploads: Uploads) -> None:
    uploads.text(YAML)
    assert actions(uploads.text(YAML)) == ["unchanged"]
    assert actions(uploads.text(YAML.replace("blue", "red"))) == ["configured"]
    assert uploads.find(CONFIG_MAP, "settings")["data"] == {"colour": "red"}


def test_one_fault_keeps_everything_out(uploads: Uploads) -> None:
    answer = uploads.objects(config_map("good"), {**config_map("bad"), "data": {"a": 1}})
    assert answer.status_code == 422
    assert not answer.json()["applied"]
    assert actions(answer) == ["not applied", "failed"]
    assert uploads.find(CONFIG_MAP, "good") is None


def test_a_partial_upload_applies_what_it_can(uploads: Uploads) -> None:
    answer = uploads.objects(
        config_map("good"), {**config_map("bad"), "data": {"a": 1}}, query="?partial=true"
    )
    assert answer.status_code == 200
    assert actions(answer) == ["created", "failed"]
    assert len(answer.json()["errors"]) == 1
    assert uploads.find(CONFIG_MAP, "good") is not None


def test_a_dry_run_changes_nothing(uploads: Uploads) -> None:
    answer = uploads.text(YAML, query="?dry_run=true")
    assert answer.status_code == 200
    assert actions(answer) == ["valid"]
    assert answer.json()["results"][0]["message"] == "would be created"
    assert uploads.find(CONFIG_MAP, "settings") is None


def test_a_namespace_of_the_same_upload_counts_wherever_it_stands(uploads: Uploads) -> None:
    answer = uploads.objects(deployment("web", 2, namespace="shop"), namespace("shop"))
    assert actions(answer) == ["created", "created"]
    assert uploads.find(NAMESPACE, "shop") is not None
    assert uploads.find(DEPLOYMENT, "web", "shop") is not None


def test_a_definition_and_objects_of_its_kind_come_in_one_upload_in_any_order(uploads: Uploads) -> None:
    crd, good = gadgets.CRD, gadgets.gadget("small", replicas=2)
    tried = uploads.objects(good, crd, query="?dry_run=true")
    assert actions(tried) == ["valid", "valid"]
    resident = hub.get(uploads.cluster_id)
    before = resident.sync()
    assert actions(uploads.objects(good, crd)) == ["created", "created"]
    assert resident.sync() == before + 1
    (stored,) = resident.server.storage.all(CUSTOM_RESOURCE_DEFINITION)
    assert is_true(stored, "Established")
    assert stored["status"]["acceptedNames"]["plural"] == "gadgets"
    answer = uploads.objects(gadgets.gadget("large", replicas="many"))
    assert answer.json()["errors"][0]["field"] == "spec.replicas"


def test_an_upload_is_one_revision(uploads: Uploads) -> None:
    resident = hub.get(uploads.cluster_id)
    before = resident.sync()
    uploads.objects(namespace("shop"), *(config_map(f"c{n}", namespace="shop") for n in range(5)))
    assert resident.sync() == before + 1


def test_the_namespace_for_objects_without_one_is_chosen(uploads: Uploads) -> None:
    uploads.objects(namespace("shop"))
    uploads.text(YAML, query="?namespace=shop")
    assert uploads.find(CONFIG_MAP, "settings", "shop") is not None


def test_a_field_that_is_left_out_goes_and_what_others_set_stays(uploads: Uploads) -> None:
    uploads.objects({**config_map("a", x="1", y="2")})
    uploads.objects({**config_map("a", x="1")})
    assert uploads.find(CONFIG_MAP, "a")["data"] == {"x": "1"}


@pytest.mark.parametrize(
    ("text", "line", "column", "field", "message"),
    [
        pytest.param(
            "a: [",
            2,
            1,
            "",
            "error converting YAML to JSON: yaml: line 2: did not find expected node content",
            id="no YAML",
        ),
        pytest.param(
            "kind: ConfigMap\nmetadata: {name: a}",
            1,
            1,
            "apiVersion",
            "error validating data: apiVersion not set",
            id="no version",
        ),
        pytest.param(
            YAML.replace("ConfigMap", "Foo"),
            2,
            1,
            "kind",
            'resource mapping not found for name: "settings" namespace: "" from "0.yaml": '
            'no matches for kind "Foo" in version "v1"\nensure CRDs are installed first',
            id="an unknown kind",
        ),
        pytest.param(
            YAML + "colour: red\n",
            7,
            1,
            "colour",
            'ConfigMap in version "v1" cannot be handled as a ConfigMap: strict decoding error: unknown field "colour"',
            id="an unknown field",
        ),
        pytest.param(
            YAML.replace("settings", "Settings"),
            4,
            3,
            "metadata.name",
            f'metadata.name: Invalid value: "Settings": {BAD_NAME}',
            id="a bad name",
        ),
        pytest.param(
            YAML.replace("settings", "settings\n  namespace: nowhere"),
            5,
            3,
            "metadata.namespace",
            'namespaces "nowhere" not found',
            id="a namespace that is not there",
        ),
        pytest.param(
            YAML.replace("  name: settings", "  labels: {}"),
            3,
            1,
            "metadata",
            "resource name may not be empty",
            id="no name",
        ),
        pytest.param(
            YAML.replace("name:", "generateName:"),
            4,
            3,
            "metadata.generateName",
            "cannot use generate name with apply",
            id="a generated name",
        ),
        pytest.param("[" * 30_000, 1, 101, "", "json: nested deeper than 100 levels", id="30 kB of ["),
    ],
)
def test_a_fault_has_its_place(
    uploads: Uploads, text: str, line: int, column: int, field: str, message: str
) -> None:
    answer = uploads.text(text)
    assert answer.status_code == 422
    (fault,) = answer.json()["errors"]
    assert fault["message"] == message
    assert (fault["line"], fault["column"], fault["field"]) == (line, column, field)


def test_several_faults_of_one_object_are_all_told(uploads: Uploads) -> None:
    wrong = deployment("web", -1)
    del wrong["spec"]["template"]["spec"]["containers"][0]["image"]
    fields = [fault["field"] for fault in uploads.objects(wrong).json()["errors"]]
    assert fields == ["spec.replicas", "spec.template.spec.containers[0].image"]


def test_files_come_by_form_as_well(uploads: Uploads) -> None:
    files = [
        SimpleUploadedFile("a.yaml", YAML.encode()),
        SimpleUploadedFile("b.json", json.dumps(config_map("b")).encode()),
    ]
    headers = {"X-CSRFToken": uploads.browser.cookies["csrftoken"].value}
    answer = uploads.browser.post(
        f"/api/clusters/{uploads.cluster_id}/uploads/", {"files": files}, headers=headers
    )
    assert answer.status_code == 200
    assert [r["file"] for r in answer.json()["results"]] == ["a.yaml", "b.json"]


def test_an_archive_is_taken_apart(uploads: Uploads) -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("one/a.yaml", YAML)
        archive.writestr("b.json", json.dumps(config_map("b")))
        archive.writestr("notes.txt", "no manifest")
    headers = {"X-CSRFToken": uploads.browser.cookies["csrftoken"].value}
    path = f"/api/clusters/{uploads.cluster_id}/uploads/"
    files = [SimpleUploadedFile("all.zip", buffer.getvalue())]
    answer = uploads.browser.post(path, {"files": files}, headers=headers)
    assert answer.status_code == 200
    assert [r["file"] for r in answer.json()["results"]] == ["all.zip/one/a.yaml", "all.zip/b.json"]
    files = [SimpleUploadedFile("bad.zip", b"PK\x03\x04 and nothing")]
    answer = uploads.browser.post(path, {"files": files}, headers=headers)
    assert answer.json()["error"]["details"]["fields"]["files"] == [
        "bad.zip is no zip archive that can be read."
    ]


def test_more_than_three_megabytes_are_refused(uploads: Uploads) -> None:
    answer = uploads.text("a: " + "x" * (3 * 1024 * 1024))
    assert answer.status_code == 413
    assert answer.json()["error"]["code"] == "too_large"
    files = [SimpleUploadedFile(f"{n}.yaml", b"x" * 2_000_000) for n in range(2)]
    headers = {"X-CSRFToken": uploads.browser.cookies["csrftoken"].value}
    path = f"/api/clusters/{uploads.cluster_id}/uploads/"
    assert uploads.browser.post(path, {"files": files}, headers=headers).status_code == 413


def test_an_upload_without_a_file_is_refused(uploads: Uploads) -> None:
    assert uploads.browser.post_json(f"/api/clusters/{uploads.cluster_id}/uploads/", {}).status_code == 400
    assert (
        uploads.browser.post_json(
            f"/api/clusters/{uploads.cluster_id}/uploads/", {"documents": []}
        ).status_code
        == 400
    )


def test_too_many_objects_are_refused_at_the_first_too_many(
    uploads: Uploads, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(applying, "MOST_OBJECTS", 2)
    answer = uploads.objects(*(config_map(f"c{n}") for n in range(3)))
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["message"] == "3 objects in one upload; at most 2 are taken"


def test_a_cluster_that_changes_meanwhile_is_tried_again(
    uploads: Uploads, monkeypatch: pytest.MonkeyPatch
) -> None:
    uploads.text(YAML)
    resident, commit, tries = hub.get(uploads.cluster_id), StagedStore.commit, []

    def somebody_is_faster_once(stage: StagedStore, origin: Origin) -> bool:
        tries.append(1)
        if len(tries) == 1:
            document = config_map("settings", colour="green")
            from simcore.kube_apiserver.local import LocalClient

            LocalClient(resident.server, "user:other").patch(CONFIG_MAP, Key("default", "settings"), document)
        return commit(stage, origin)

    monkeypatch.setattr(StagedStore, "commit", somebody_is_faster_once)
    assert uploads.text(YAML.replace("blue", "red")).status_code == 200
    assert len(tries) == 2
    assert uploads.find(CONFIG_MAP, "settings")["data"] == {"colour": "red"}


def test_every_upload_is_kept_with_its_results(uploads: Uploads) -> None:
    uploads.text(YAML)
    kept = ManifestUpload.objects.get()
    assert kept.applied
    assert kept.files == [{"name": "0.yaml", "size": len(YAML)}]
    assert kept.results[0]["action"] == "created"
