"""Addresses of pages; everything below /api/ has its own list. /k8s/ and /ws/ never get here (asgi.py)."""

from django.contrib import admin
from django.urls import include, path, re_path

from clusterlab.labs import views

urlpatterns = [
    path("", views.shell),
    re_path(r"^new/?$", views.shell),
    path("c/<str:cluster_id>/<path:rest>", views.cluster_shell),
    path("c/<str:cluster_id>/", views.cluster_shell),
    path("s/<str:token>", views.open_share),
    path("healthz", views.healthz),
    path("metrics", views.metrics_text),
    path("api/", include("clusterlab.api.urls")),
    path("admin/", admin.site.urls),
]
handler404 = "clusterlab.labs.views.not_found"
