"""Faults over REST: ordered, foretold on a copy, removed, ended by the simulation, kept apart by roles."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from clusterlab.hub import hub
from clusterlab.labs.models import Cluster, Role
from clusterlab.labs.services import share
from simcore.apimachinery.kinds import DEPLOYMENT, POD, SERVICE
from simcore.apimachinery.meta import Obj
from simcore.cluster.world import NODES
from simcore.kube_apiserver.local import LocalClient
from tests.clusterlab.conftest import Browser, Owner
from tests.kit.manifests import deployment, pod


class Site:
    """A cluster of two nodes with `web` (three replicas and a Service) and a pod that nobody makes again."""

    def __init__(self, browser: Browser, owner_of: Callable[[str], Owner]) -> None:
        self.browser = browser
        self.id = browser.new_cluster(seed=3)
        self.owner = owner_of(self.id)
        self.resident = hub.get(self.id)
        user = LocalClient(self.resident.server, "user:dana")
        user.create(DEPLOYMENT, deployment("web", 3, cpu="1500m"))
        user.create(SERVICE, service("web"))
        user.create(POD, pod("alone", nodeName="node-1", image="registry.k8s.io/pause:3.10"))
        self.owner.advance(30_000)

    def send(self, method: str, path: str, status: int, document: Any = None) -> Any:
        answer = self.browser.send(method, f"/api/clusters/{self.id}/{path}", document)
        assert answer.status_code == status, answer.content
        return answer.json() if answer.content else None

    def active(self, query: str = "") -> list[Obj]:
        found: list[Obj] = self.send("GET", f"faults/{query}", 200)["faults"]
        return found

    def machine(self, name: str) -> Obj:
        self.resident.sync()
        return self.resident.record(NODES + name) or {}


def service(name: str) -> Obj:
    spec = {"selector": {"app": name}, "ports": [{"port": 80}]}
    return {
        "apiVersion": "v1",
        "kind": "Service",
        "metadata": {"name": name, "namespace": "default"},
        "spec": spec,
    }


@pytest.fixture
def site(browser: Browser, owner_of: Callable[[str], Owner]) -> Site:
    return Site(browser, owner_of)


def test_a_fault_is_listed_with_its_author_until_its_time_is_up(site: Site) -> None:
    made = site.send("POST", "faults/", 201, {"kind": "power", "targets": ["node-2"], "duration_s": 60})
    assert made["until_ms"] - made["since_ms"] == 60_000
    (found,) = site.active()
    assert {**found, "rev": 0, "author": ""} == {**made, "rev": 0, "author": ""}
    assert found["author"].count(" ") == 1  # an animal's name
    assert site.machine("node-2")["power"] == "off"
    site.owner.advance(61_000)
    assert site.active() == []
    assert site.machine("node-2")["power"] == "on"
    assert [fault["id"] for fault in site.active(f"?rev={found['rev']}")] == [made["id"]]
    assert site.active(f"?rev={found['rev'] - 1}") == []


def test_a_fault_can_be_removed_before_its_time_and_only_once(site: Site) -> None:
    made = site.send("POST", "faults/", 201, {"kind": "network", "targets": ["node-1"]})
    assert made["until_ms"] is None
    site.send("DELETE", f"faults/{made['id']}/", 204)
    assert site.active() == []
    assert "cut" not in site.machine("node-1")
    refused = site.send("DELETE", f"faults/{made['id']}/", 404)
    assert refused["error"]["message"] == "This fault has ended or was removed."


def test_what_a_power_cut_would_do_is_foretold_and_nothing_happens(site: Site) -> None:
    before = site.resident.sync()
    told = site.send("POST", "faults/preview/", 200, {"kind": "power", "targets": ["node-1"]})
    assert site.resident.sync() == before
    (web,) = [row for row in told["workloads"] if row["workload"] == "default/Deployment/web"]
    assert (web["lost"] in (1, 2), web["all"], 40_000 <= web["first_ms"] <= 50_000) == (True, 3, True)
    assert told["orphans"] == ["default/alone"]
    (hit,) = told["services"]
    assert (hit["service"], hit["before"], hit["least"]) == ("default/web", 3, 3 - web["lost"])
    placed = sum(row["nodes"].get("node-2", 0) for row in told["rescheduled"])
    assert placed == told["rescheduled_total"]
    assert placed + told["pending_total"] == web["lost"]  # node-2 has room for two in all
    assert all("Insufficient cpu" in each["message"] for each in told["pending"])
    assert [step["what"] for step in told["course"]] == ["begins", "notReady", "unready", "evicted"]
    assert told["is_complete"] is True


def test_a_short_cut_is_over_before_anybody_is_evicted(site: Site) -> None:
    wish = {"kind": "power", "targets": ["node-1"], "duration_s": 20}
    told = site.send("POST", "faults/preview/", 200, wish)
    assert [step["what"] for step in told["course"]] == ["begins", "ends", "restarted"]
    assert (told["pending_total"], told["rescheduled"], told["orphans"]) == (0, [], [])
    assert told["restarted"] == told["pods_on"] >= 2
    (web,) = told["services"]
    assert (web["service"], web["before"], web["least"]) == ("default/web", 3, 3)
    assert web["dead"] == told["pods_on"] - 1  # who asks it meanwhile may be sent there


def test_what_would_happen_anyway_is_not_blamed_on_the_fault(site: Site) -> None:
    crasher = pod("crasher", image="busybox:1.36", nodeName="node-1")
    crasher["spec"]["containers"][0]["command"] = ["sh", "-c", "sleep 30; exit 1"]
    LocalClient(site.resident.server, "user:dana").create(POD, crasher)
    site.owner.advance(20_000)
    told = site.send(
        "POST", "faults/preview/", 200, {"kind": "registry", "targets": ["docker.io"], "duration_s": 60}
    )
    assert (told["unready"], told["workloads"], told["services"]) == (0, [], [])


def test_pods_that_wait_anyway_are_not_counted_again(site: Site) -> None:
    user = LocalClient(site.resident.server, "user:dana")
    user.create(DEPLOYMENT, deployment("huge", 2, cpu="64"))
    site.owner.advance(5_000)
    told = site.send(
        "POST", "faults/preview/", 200, {"kind": "kubelet", "targets": ["node-2"], "duration_s": 10}
    )
    assert (told["pending"], told["pending_total"], told["rescheduled_total"]) == ([], 0, 0)


def test_a_killed_pod_restarts(site: Site) -> None:
    name = next(str(p["metadata"]["name"]) for p in _pods(site) if p["metadata"]["name"].startswith("web"))
    wish = {"kind": "crash", "targets": [f"default/{name}"]}
    told = site.send("POST", "faults/preview/", 200, wish)
    assert (told["restarted"], told["pending_total"], told["rescheduled_total"]) == (1, 0, 0)
    site.send("POST", "faults/", 201, wish)
    site.owner.advance(5_000)
    restarts = {
        p["metadata"]["name"]: p["status"]["containerStatuses"][0]["restartCount"] for p in _pods(site)
    }
    assert restarts[name] == 1
    assert site.active() == []


def _pods(site: Site) -> list[Obj]:
    site.resident.sync()
    return list(LocalClient(site.resident.server, "user:dana").list(POD, "default"))


def test_registries_are_those_of_the_pods_images(site: Site) -> None:
    assert site.send("GET", "faults/registries/", 200) == {"registries": ["docker.io", "registry.k8s.io"]}


BAD = {
    "no such kind": ({"kind": "flood", "targets": ["node-1"]}, 400, ""),
    "no target": ({"kind": "power"}, 400, "every other fault between 1 and 5000"),
    "a target for DNS": ({"kind": "dns", "targets": ["node-1"]}, 400, "dns takes no targets"),
    "no such node": ({"kind": "kubelet", "targets": ["node-9"]}, 404, "There is no node node-9."),
    "no such pod": ({"kind": "crash", "targets": ["default/nobody"]}, 400, "there is no pod default/nobody"),
    "no namespace": ({"kind": "crash", "targets": ["nobody"]}, 400, "there is no pod nobody"),
    "no time": ({"kind": "dns", "duration_s": 0}, 400, "duration_s=0 is not between 0 and"),
    "a year": ({"kind": "dns", "duration_s": 31_536_000}, 400, "is not between 0 and 2592000"),
}


@pytest.mark.parametrize(("wish", "status", "message"), BAD.values(), ids=BAD)
def test_what_cannot_be_broken_is_refused(browser: Browser, wish: Obj, status: int, message: str) -> None:
    path = f"/api/clusters/{browser.new_cluster()}/faults/"
    for each in (path, f"{path}preview/"):
        answer = browser.post_json(each, wish)
        assert answer.status_code == status
        assert message in answer.json()["error"]["message"]


def test_faults_have_a_bound(browser: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("clusterlab.labs.faults.MOST_FAULTS", 1)
    path = f"/api/clusters/{browser.new_cluster()}/faults/"
    assert browser.post_json(path, {"kind": "dns"}).status_code == 201
    answer = browser.post_json(path, {"kind": "dns"})
    assert answer.json()["error"]["message"] == "1 faults are active; remove one first."


def test_whoever_only_looks_may_foretell_but_not_break(browser: Browser, stranger: Browser) -> None:
    cluster_id = browser.new_cluster()
    path = f"/api/clusters/{cluster_id}/faults/"
    assert stranger.get(path).status_code == 404
    made = share(Cluster.objects.get(pk=cluster_id), Role.VIEW, "1h")
    stranger.get(f"/s/{made.token}")
    assert stranger.get(path).json() == {"faults": []}
    assert stranger.post_json(f"{path}preview/", {"kind": "dns"}).status_code == 200
    assert stranger.post_json(path, {"kind": "dns"}).status_code == 403
    assert stranger.send("DELETE", f"{path}some/").status_code == 403


def test_a_node_that_is_switched_on_again_leaves_the_fault_of_its_zone(site: Site) -> None:
    site.send("POST", "faults/", 201, {"kind": "power", "targets": ["node-1", "node-2"], "duration_s": 600})
    site.send("POST", "nodes/node-1/fault/", 204, {"action": "restore"})
    assert [fault["targets"] for fault in site.active()] == [["node-2"]]
    assert (site.machine("node-1")["power"], site.machine("node-2")["power"]) == ("on", "off")
    site.send("DELETE", "nodes/node-2/", 204)
    assert site.active() == []
