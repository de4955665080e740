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
from clusterlab.kubeapi.attach import AttachApi  # noqa: E402
from clusterlab.kubeapi.channel import ChannelApi  # noqa: E402
from clusterlab.kubeapi.exec import ExecApi  # noqa: E402
from clusterlab.kubeapi.pod_connection import place_of  # noqa: E402
from clusterlab.kubeapi.port_forward import PortForwardApi  # noqa: E402
from clusterlab.live.consumer import ClusterConsumer  # noqa: E402
from clusterlab.live.origins import SameOrigin  # noqa: E402

POD_THREADS = 4
kube_api = KubeApi()


async def http(scope: dict[str, Any], receive: Any, send: Any) -> None:
    app = kube_api if is_for_a_cluster(scope) else django_app
    await app(scope, receive, send)


dashboard = SameOrigin(URLRouter([path("ws/clusters/<str:cluster_id>/", ClusterConsumer.as_asgi())]))
pod_pool = ThreadPoolExecutor(POD_THREADS, "kube-pods")
pod_apis: dict[str, ChannelApi | PortForwardApi] = {
    "exec": ExecApi(pod_pool),
    "attach": AttachApi(pod_pool),
    "portforward": PortForwardApi(pod_pool),
}


async def websocket(scope: dict[str, Any], receive: Any, send: Any) -> None:
    place = place_of(scope)
    api = pod_apis.get(place.subresource) if place is not None else None
    if place is None or api is None:
        await dashboard(scope, receive, send)
    else:
        await api.serve(scope, place, receive, send)


application = ProtocolTypeRouter({"http": http, "websocket": websocket})
