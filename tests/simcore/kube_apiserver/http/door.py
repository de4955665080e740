"""An API server behind its HTTP door, without a network."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import urlencode

from simcore.apimachinery.kinds import NAMESPACE
from simcore.apimachinery.meta import Obj
from simcore.apimachinery.schema import Schema
from simcore.etcd.memory_store import MemoryStore
from simcore.kube_apiserver.builder import build_api_server
from simcore.kube_apiserver.heartbeats import Heartbeats
from simcore.kube_apiserver.http.api import HttpApi
from simcore.kube_apiserver.http.message import HttpRequest, HttpResponse
from simcore.kube_apiserver.http.openapi import OpenApi
from simcore.kube_apiserver.http.pod_logs import LogSource
from simcore.kube_apiserver.http.watching import WatchStream
from simcore.kube_apiserver.local import LocalClient
from simcore.kube_apiserver.users import ADMIN, User
from simcore.sim.clock import SimClock
from simcore.sim.rng import Rng

EPOCH_MS = 1_767_225_600_000  # 2026-01-01T00:00:00Z
MERGE = "application/merge-patch+json"
STRATEGIC = "application/strategic-merge-patch+json"
JSON_PATCH = "application/json-patch+json"
TABLE = "application/json;as=Table;v=v1;g=meta.k8s.io,application/json"
CONFIG_MAPS = "/api/v1/namespaces/default/configmaps"
PODS = "/api/v1/namespaces/default/pods"
DEPLOYMENTS = "/apis/apps/v1/namespaces/default/deployments"


class Door:
    """Every call answers (status, decoded body)."""

    def __init__(
        self,
        schema: Schema,
        openapi: OpenApi | None = None,
        *,
        logs: LogSource | None = None,
        heartbeats: Heartbeats | None = None,
    ) -> None:
        self.store, self.clock = MemoryStore(), SimClock(epoch_ms=EPOCH_MS)
        self.server = build_api_server(
            self.store, clock=self.clock, rng=Rng(1), schema=schema, heartbeats=heartbeats
        )
        self.api = HttpApi(self.server, openapi=openapi, logs=logs)
        self.local = LocalClient(self.server, "component")
        self.user: User | None = ADMIN
        self.local.create(NAMESPACE, {"metadata": {"name": "default"}})

    def response(
        self, method: str, path: str, body: bytes = b"", headers: Obj | None = None, **query: Any
    ) -> HttpResponse:
        answer = self.api.serve(
            HttpRequest(method, path, urlencode(query), headers or {}, body, self.user, "/k8s/clusters/1")
        )
        assert isinstance(answer, HttpResponse)
        return answer

    def call(
        self, method: str, path: str, body: Any = None, *, kind: str = "application/json", **query: Any
    ) -> tuple[int, Any]:
        data = body if isinstance(body, bytes) else b"" if body is None else json.dumps(body).encode()
        answer = self.response(method, path, data, {"content-type": kind} if data else {}, **query)
        is_json = dict(answer.headers).get("Content-Type", "").startswith("application/json")
        return answer.status, json.loads(answer.body) if is_json and answer.body else answer.body.decode()

    def get(self, path: str, **query: Any) -> tuple[int, Any]:
        return self.call("GET", path, **query)

    def post(self, path: str, body: Any, **query: Any) -> tuple[int, Any]:
        return self.call("POST", path, body, **query)

    def put(self, path: str, body: Any, **query: Any) -> tuple[int, Any]:
        return self.call("PUT", path, body, **query)

    def patch(self, path: str, body: Any, kind: str = STRATEGIC, **query: Any) -> tuple[int, Any]:
        return self.call("PATCH", path, body, kind=kind, **query)

    def delete(self, path: str, body: Any = None, **query: Any) -> tuple[int, Any]:
        return self.call("DELETE", path, body, **query)

    def table(self, path: str, **query: Any) -> Any:
        return json.loads(self.response("GET", path, headers={"accept": TABLE}, **query).body)

    def watch(self, path: str, accept: str = "", **query: Any) -> WatchStream:
        query = {"watch": "true", **query}
        stream = self.api.serve(
            HttpRequest("GET", path, urlencode(query), {"accept": accept}, b"", self.user)
        )
        assert isinstance(stream, WatchStream)
        return stream


def frames(stream: WatchStream) -> list[tuple[str, Any]]:
    """(type, object) of what the stream has to tell now."""
    lines = [json.loads(chunk) for chunk in stream.chunks()]
    return [(line["type"], line["object"]) for line in lines]


def names(stream: WatchStream) -> list[tuple[str, str]]:
    return [(what, obj["metadata"].get("name", "")) for what, obj in frames(stream)]


def config_map(name: str, *, labels: dict[str, str] | None = None, **data: str) -> Obj:
    meta: Obj = {"name": name} | ({"labels": labels} if labels else {})
    return {"apiVersion": "v1", "kind": "ConfigMap", "metadata": meta, "data": data}


def pod(name: str, **spec: Any) -> Obj:
    containers = [{"name": "main", "image": "nginx:1"}]
    return {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": name},
        "spec": {"containers": containers, **spec},
    }


def deployment(name: str, replicas: int = 2) -> Obj:
    template = {
        "metadata": {"labels": {"app": name}},
        "spec": {"containers": [{"name": "main", "image": "nginx:1"}]},
    }
    spec = {"replicas": replicas, "selector": {"matchLabels": {"app": name}}, "template": template}
    return {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": name}, "spec": spec}
