"""A dump of one cluster, as `kubectl get -A -o yaml` prints it, becomes another; an upload tells how far it is."""

from __future__ import annotations

from typing import Any

import pytest
import yaml

from clusterlab.hub import hub
from clusterlab.labs.models import ManifestUpload
from clusterlab.manifests import jobs
from simcore.apimachinery.encoding import decode
from simcore.apimachinery.kinds import CONFIG_MAP, DEPLOYMENT, JOB, POD, REPLICA_SET, SERVICE
from simcore.apimachinery.meta import Key
from tests.clusterlab.conftest import Browser

EXAMPLE = "rolling-update"
OWN = """\
apiVersion: v1
kind: Namespace
metadata: {name: shop}
---
apiVersion: v1
kind: ConfigMap
metadata: {name: settings, namespace: shop}
data: {colour: blue}
---
apiVersion: v1
kind: Service
metadata: {name: shop, namespace: shop}
spec: {type: NodePort, selector: {app: shop}, ports: [{port: 80}]}
---
apiVersion: v1
kind: PersistentVolumeClaim
metadata: {name: data, namespace: shop}
spec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Gi}}}
---
apiVersion: batch/v1
kind: Job
metadata: {name: once, namespace: shop}
spec: {template: {spec: {restartPolicy: Never, containers: [{name: c, image: busybox, command: ["true"]}]}}}
---
apiVersion: batch/v1
kind: CronJob
metadata: {name: nightly, namespace: shop}
spec:
  schedule: "0 3 * * *"
  jobTemplate: {spec: {template: {spec: {restartPolicy: Never, containers: [{name: c, image: busybox}]}}}}
---
apiVersion: apps/v1
kind: StatefulSet
metadata: {name: db, namespace: shop}
spec:
  serviceName: db
  selector: {matchLabels: {app: db}}
  template:
    metadata: {labels: {app: db}}
    spec: {containers: [{name: c, image: postgres}]}
"""


def upload(browser: Browser, cluster_id: str, text: str, query: str = "") -> Any:
    document = {"name": "dump.yaml", "text": text}
    return browser.post_json(f"/api/clusters/{cluster_id}/uploads/{query}", {"documents": [document]})


def dump_of(cluster_id: str) -> str:
    """Every object with its status, in a List."""
    resident = hub.get(cluster_id)
    resident.sync()
    items = []
    for kv in resident.store.range("/registry/").kvs:
        if kv.value.startswith(b'{"apiVersion"'):
            obj = decode(kv.value)
            obj["metadata"]["resourceVersion"] = str(kv.mod_revision)
            items.append(obj)
    return yaml.safe_dump(
        {"apiVersion": "v1", "kind": "List", "items": items, "metadata": {"resourceVersion": ""}}
    )


@pytest.fixture
def dumped(browser: Browser) -> Any:
    """The answer to the upload of a whole cluster into a new one, which `find` looks into."""
    source = browser.new_cluster(example=EXAMPLE, nodes=3)
    assert upload(browser, source, OWN).status_code == 200
    target = browser.new_cluster(nodes=2)
    answer = upload(browser, target, dump_of(source))
    answer.target = hub.get(target)
    answer.source = hub.get(source)
    return answer


def test_a_dump_of_a_whole_cluster_is_applied_without_a_fault(dumped: Any) -> None:
    told = dumped.json()
    assert told["errors"] == []
    assert (dumped.status_code, told["applied"]) == (200, True)
    done = {(r["kind"], r["name"]): r["action"] for r in told["results"]}
    for what in (("ConfigMap", "settings"), ("Service", "shop"), ("Job", "once"), ("StatefulSet", "db"),
                 ("CronJob", "nightly"), ("PersistentVolumeClaim", "data")):  # fmt: skip
        assert done[what] == "created", what


def test_what_somebody_wrote_is_the_same_afterwards(dumped: Any) -> None:
    for kind, key in ((CONFIG_MAP, Key("shop", "settings")), (JOB, Key("shop", "once"))):
        before, after = (r.server.storage.find(kind, key) for r in (dumped.source, dumped.target))
        assert before is not None and after is not None
        assert after["metadata"]["uid"] != before["metadata"]["uid"]
        for part in ("data",):
            assert after.get(part) == before.get(part)
    deployments = dumped.source.store.range(DEPLOYMENT.prefix).kvs
    assert {kv.key for kv in deployments} <= {
        kv.key for kv in dumped.target.store.range(DEPLOYMENT.prefix).kvs
    }


def test_what_controllers_made_is_left_to_them(dumped: Any) -> None:
    assert dumped.source.store.range(REPLICA_SET.prefix + "default/").kvs
    assert not dumped.target.store.range(REPLICA_SET.prefix + "default/").kvs
    assert not dumped.target.store.range(POD.prefix + "default/").kvs
    notes = {r["message"] for r in dumped.json()["results"] if r["kind"] == "ReplicaSet"}
    assert all(note.startswith("Deployment ") and note.endswith(" makes it.") for note in notes)
    assert notes


def test_a_service_gets_an_address_of_its_new_cluster(dumped: Any) -> None:
    service = dumped.target.server.storage.find(SERVICE, Key("shop", "shop"))
    assert service["spec"]["clusterIP"].startswith("10.")
    assert "status" in service


def test_a_dump_can_be_tried_first(browser: Browser) -> None:
    source, target = browser.new_cluster(), browser.new_cluster()
    upload(browser, source, OWN)
    answer = upload(browser, target, dump_of(source), "?dry_run=true").json()
    assert (answer["applied"], answer["errors"]) == (False, [])
    assert {r["action"] for r in answer["results"]} <= {"valid", "not applied"}


class Waiting:
    """One cluster and a browser that follows its own upload."""

    def __init__(self, browser: Browser) -> None:
        self.browser, self.cluster_id = browser, browser.new_cluster()
        self.path = f"/api/clusters/{self.cluster_id}/uploads/"

    def upload(self, job: str = "job-1234") -> Any:
        return upload(self.browser, self.cluster_id, OWN, f"?job={job}")

    def state(self, job: str = "job-1234", browser: Browser | None = None) -> Any:
        return (browser or self.browser).get(f"{self.path}{job}/")


@pytest.fixture
def waiting(browser: Browser) -> Waiting:
    return Waiting(browser)


def test_an_upload_tells_how_far_it_is(waiting: Waiting, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jobs, "TOLD_EVERY_S", 0.0)
    seen = []
    tell = jobs.Job.tell

    def watched(self: jobs.Job, phase: str, done: int, total: int) -> None:
        tell(self, phase, done, total)
        told = waiting.state().json()
        seen.append((told["phase"], told["done"], told["total"]))

    monkeypatch.setattr(jobs.Job, "tell", watched)
    assert waiting.upload().status_code == 200
    assert seen == [
        ("reading", 0, 1),
        *(("trying", n, 7) for n in range(7)),
        ("applying", 7, 7),
        ("done", 7, 7),
    ]


def test_an_upload_that_is_called_off_changes_nothing(waiting: Waiting) -> None:
    revision = hub.get(waiting.cluster_id).store.revision
    assert waiting.browser.send("DELETE", f"{waiting.path}job-1234/").status_code == 204
    answer = waiting.upload()
    assert (answer.status_code, answer.json()["error"]["code"]) == (409, "cancelled")
    assert answer.json()["error"]["message"] == "The upload was called off; nothing was applied."
    assert hub.get(waiting.cluster_id).sync() == revision
    assert not ManifestUpload.objects.exists()


def test_the_upload_of_another_member_cannot_be_asked_about_or_called_off(waiting: Waiting) -> None:
    assert waiting.upload().status_code == 200
    wish = {"role": "operate", "expires_in": "1h"}
    link = waiting.browser.post_json(f"/api/clusters/{waiting.cluster_id}/shares/", wish).json()["url"]
    guest = Browser()
    guest.get(link)
    assert waiting.state().status_code == 200
    assert waiting.state(browser=guest).status_code == 404
    guest.send("DELETE", f"{waiting.path}job-5678/")
    assert waiting.upload("job-5678").status_code == 200


@pytest.mark.parametrize(
    "name", ["short", "x" * 41, "with_underscore", "%00%00%00%00%00%00%00%00", "a:b:c:d:e"]
)
def test_a_job_has_a_plain_name(waiting: Waiting, name: str) -> None:
    answer = waiting.upload(name)
    assert answer.status_code == 400
    assert answer.json()["error"]["details"]["fields"]["job"] == [
        "Eight to forty letters, digits and hyphens are needed."
    ]


def test_a_job_that_nobody_has_sent_is_not_found(waiting: Waiting) -> None:
    assert (
        waiting.state("never-was").json()["error"]["message"]
        == "There is no upload of yours under this name."
    )
