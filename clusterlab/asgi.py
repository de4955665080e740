"""The web process: pages and REST by Django, websockets by Channels, the Kubernetes API by its own application."""

import os
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "clusterlab.settings")
django_app = get_asgi_application()

from channels.routing import ProtocolTypeRouter, URLRouter  # noqa: E402  Django has to be set up first
from django.urls import path  # noqa: E402

from clusterlab.kubeapi.application import KubeApi, is_for_a_cluster  # noqa: E402
from clusterlab.kubeapi.exec import ExecApi, is_exec  # noqa: E402
from clusterlab.live.consumer import ClusterConsumer  # noqa: E402
from clusterlab.live.origins import SameOrigin  # noqa: E402

EXEC_THREADS = 4
kube_api = KubeApi()


async def http(scope: dict[str, Any], receive: Any, send: Any) -> None:
    app = kube_api if is_for_a_cluster(scope) else django_app
    await app(scope, receive, send)


dashboard = SameOrigin(URLRouter([path("ws/clusters/<str:cluster_id>/", ClusterConsumer.as_asgi())]))
kube_exec = ExecApi(ThreadPoolExecutor(EXEC_THREADS, "kube-exec"))


async def websocket(scope: dict[str, Any], receive: Any, send: Any) -> None:
    await (kube_exec if is_exec(scope) else dashboard)(scope, receive, send)


application = ProtocolTypeRouter({"http": http, "websocket": websocket})
