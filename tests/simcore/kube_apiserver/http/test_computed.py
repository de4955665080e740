"""Kinds that nobody stores are read as others are, and cannot be written."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest

from simcore.apimachinery.kinds import Kind
from simcore.apimachinery.meta import Obj
from simcore.apimachinery.schema import Schema
from simcore.kube_apiserver.http.api import HttpApi
from simcore.kube_apiserver.http.message import HttpRequest, HttpResponse
from simcore.kube_apiserver.users import User
from tests.simcore.kube_apiserver.http.door import Door

GAUGE = Kind("metrics.k8s.io", "v1beta1", "Gauge", "gauges", verbs=("get", "list"), is_stored=False)
PATH = "/apis/metrics.k8s.io/v1beta1"


class Gauges:
    kinds = (GAUGE,)

    def objects(self, kind: Kind, namespace: str | None) -> Iterator[Obj]:
        for place, name in (("a", "x"), ("a", "y"), ("b", "x")):
            if namespace in (None, place):
                yield {"metadata": {"name": name, "namespace": place, "labels": {"name": name}}}


@pytest.fixture
def api(schema: Schema) -> HttpApi:
    return HttpApi(Door(schema).server, computed=Gauges())


def ask(api: HttpApi, path: str, query: str = "", method: str = "GET") -> tuple[int, Obj]:
    user = User("admin", groups=("system:masters",))
    answer = api.serve(HttpRequest(method, PATH + path, query, user=user))
    assert isinstance(answer, HttpResponse)
    return answer.status, json.loads(answer.body)


@pytest.mark.parametrize(
    ("path", "query", "names"),
    [
        ("/gauges", "", ["a/x", "a/y", "b/x"]),
        ("/namespaces/a/gauges", "", ["a/x", "a/y"]),
        ("/gauges", "labelSelector=name%3Dx", ["a/x", "b/x"]),
        ("/gauges", "fieldSelector=metadata.name%3Dy", ["a/y"]),
        ("/namespaces/c/gauges", "", []),
    ],
)
def test_a_list_is_worked_out(api: HttpApi, path: str, query: str, names: list[str]) -> None:
    status, found = ask(api, path, query)
    assert (status, found["kind"], found["apiVersion"]) == (200, "GaugeList", "metrics.k8s.io/v1beta1")
    assert [f"{i['metadata']['namespace']}/{i['metadata']['name']}" for i in found["items"]] == names


def test_one_is_found_by_its_name(api: HttpApi) -> None:
    assert ask(api, "/namespaces/a/gauges/y")[1]["metadata"]["name"] == "y"
    status, said = ask(api, "/namespaces/b/gauges/y")
    assert (status, said["message"]) == (404, 'gauges.metrics.k8s.io "y" not found')


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH"])
def test_nothing_can_be_written(api: HttpApi, method: str) -> None:
    assert ask(api, "/namespaces/a/gauges/x", method=method)[0] == 405


def test_the_group_is_discovered(api: HttpApi) -> None:
    status, found = ask(api, "")
    assert (status, [r["name"] for r in found["resources"]]) == (200, ["gauges"])
