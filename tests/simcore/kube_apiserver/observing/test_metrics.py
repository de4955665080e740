"""/metrics: what Prometheus would read."""

from __future__ import annotations

import re

import pytest

from simcore.kube_apiserver.http.message import HttpRequest, HttpResponse
from simcore.kube_apiserver.observing import metrics
from simcore.kube_apiserver.observing.metrics import Histogram
from simcore.kube_apiserver.users import ADMIN, User
from tests.simcore.kube_apiserver.http.door import CONFIG_MAPS, PODS, Door, config_map

LINE = re.compile(r'[a-z_]+(\{([a-z_]+="[^"]*",?)*\})? [-+0-9.eInf]+')


def scraped(door: Door) -> str:
    status, text = door.get("/metrics")
    assert status == 200
    return str(text)


def values(text: str, name: str) -> dict[str, float]:
    """By labels."""
    found = re.findall(rf"^{name}(?:\{{(.*)\}})? (\S+)$", text, re.MULTILINE)
    return {labels: float(value) for labels, value in found}


def test_the_text_is_prometheus(door: Door):
    door.get(PODS)
    answer = door.api.serve(HttpRequest("GET", "/metrics", user=ADMIN))
    assert isinstance(answer, HttpResponse)
    assert dict(answer.headers)["Content-Type"].startswith("text/plain; version=0.0.4")
    lines = answer.body.decode().splitlines()
    told = [line for line in lines if line.startswith("# ")]
    assert all(re.match(r"# (HELP|TYPE) [a-z_]+ ", line) for line in told)
    assert [line for line in lines if line not in told and not LINE.fullmatch(line)] == []


def test_requests_are_counted_by_what_they_were(door: Door):
    door.post(CONFIG_MAPS, config_map("a"))
    door.post(CONFIG_MAPS, config_map("a"))
    door.post(CONFIG_MAPS, config_map("b"), dryRun="All")
    for _ in range(3):
        door.get(PODS)
    door.get("/api/v1/pods")
    counted = values(scraped(door), "apiserver_request_total")

    def of(code: int, verb: str, resource: str, scope: str, dry: str = "") -> float:
        return counted[
            f'code="{code}",component="apiserver",dry_run="{dry}",group="",resource="{resource}",scope="{scope}",'
            f'subresource="",verb="{verb}",version="v1"'
        ]

    assert of(201, "POST", "configmaps", "resource") == 1
    assert of(409, "POST", "configmaps", "resource") == 1
    assert of(201, "POST", "configmaps", "resource", "All") == 1
    assert of(200, "LIST", "pods", "namespace") == 3
    assert of(200, "LIST", "pods", "cluster") == 1


@pytest.mark.parametrize(
    ("method", "path", "verb", "scope"),
    [
        ("PUT", f"{CONFIG_MAPS}/a", "PUT", "resource"),
        ("PATCH", f"{CONFIG_MAPS}/a", "PATCH", "resource"),
        ("DELETE", f"{CONFIG_MAPS}/a", "DELETE", "resource"),
        ("DELETE", CONFIG_MAPS, "DELETECOLLECTION", "namespace"),
        ("GET", f"{CONFIG_MAPS}/a", "GET", "resource"),
    ],
)
def test_verbs_are_named_as_upstream_names_them(door: Door, method: str, path: str, verb: str, scope: str):
    door.call(method, path)
    counted = [
        labels for labels in values(scraped(door), "apiserver_request_total") if "configmaps" in labels
    ]
    assert len(counted) == 1
    assert f'scope="{scope}",subresource="",verb="{verb}"' in counted[0]


def test_durations_are_cumulative(door: Door):
    histogram = Histogram()
    for seconds in (0.001, 0.03, 0.03, 100.0):
        histogram.add(seconds)
    lines = list(histogram.lines("x", (("verb", "GET"),)))
    assert lines[0] == 'x_bucket{verb="GET",le="0.005"} 1'
    assert lines[2] == 'x_bucket{verb="GET",le="0.05"} 3'
    assert lines[-3] == 'x_bucket{verb="GET",le="+Inf"} 4'
    assert lines[-2:] == ['x_sum{verb="GET"} 100.061', 'x_count{verb="GET"} 4']


def test_watches_have_no_duration(door: Door):
    door.watch(PODS)
    assert not any(
        'verb="WATCH"' in labels
        for labels in values(scraped(door), "apiserver_request_duration_seconds_count")
    )
    assert any('verb="WATCH"' in labels for labels in values(scraped(door), "apiserver_request_total"))


def test_stored_objects_are_counted_by_kind(door: Door):
    for name in ("a", "b"):
        door.post(CONFIG_MAPS, config_map(name))
    stored = values(scraped(door), "apiserver_storage_objects")
    assert stored['resource="configmaps"'] == 2
    assert stored['resource="namespaces"'] == 1
    assert stored['resource="deployments.apps"'] == 0


def test_the_revision_and_the_build_are_told(door: Door):
    text = scraped(door)
    assert values(text, "etcd_debugging_mvcc_current_revision") == {"": float(door.store.revision)}
    assert 'git_version="v1.36.0"' in next(iter(values(text, "kubernetes_build_info")))


def test_labels_are_escaped(door: Door):
    door.get('/x"\\y\n')
    assert LINE.fullmatch(scraped(door).splitlines()[-1])


def test_not_everybody_may_read_them(door: Door):
    door.user = User("nobody", ("system:authenticated",), "user")
    assert door.get("/metrics")[0] == 403


def test_endless_series_are_not_kept(door: Door, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(metrics, "MOST_SERIES", 10)
    for i in range(30):
        door.get(f"/apis/group{i}.io/v1/things")
    assert len(values(scraped(door), "apiserver_request_total")) == 10
