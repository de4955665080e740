"""The web process: pages and REST by Django, websockets by Channels, the Kubernetes API by its own application."""

import os
from typing import Any

from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "clusterlab.settings")
django_app = get_asgi_application()

from channels.routing import ProtocolTypeRouter, URLRouter  # noqa: E402  Django has to be set up first
from django.urls import path  # noqa: E402

from clusterlab.kubeapi.application import KubeApi, is_for_a_cluster  # noqa: E402
from clusterlab.live.consumer import ClusterConsumer  # noqa: E402
from clusterlab.live.origins import SameOrigin  # noqa: E402

kube_api = KubeApi()


async def http(scope: dict[str, Any], receive: Any, send: Any) -> None:
    app = kube_api if is_for_a_cluster(scope) else django_app
    await app(scope, receive, send)


websocket = SameOrigin(URLRouter([path("ws/clusters/<str:cluster_id>/", ClusterConsumer.as_asgi())]))
application = ProtocolTypeRouter({"http": http, "websocket": websocket})
