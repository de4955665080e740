"""Addresses under /api/."""

from django.urls import include, path
from drf_spectacular.views import SpectacularAPIView

from clusterlab.api import (
    account_views,
    cause_views,
    compare_views,
    node_views,
    past_views,
    reading_views,
    request_views,
    sharing_views,
    upload_views,
    views,
    walk_views,
)

CLUSTER = "clusters/<str:cluster_id>/"

urlpatterns = [
    path("schema/", SpectacularAPIView.as_view(), name="schema"),
    path("me/", account_views.Me.as_view()),
    path("accounts/register/", account_views.Register.as_view()),
    path("accounts/login/", account_views.Login.as_view()),
    path("accounts/logout/", account_views.Logout.as_view()),
    path("accounts/claim/", account_views.Claim.as_view()),
    path("examples/", views.Examples.as_view()),
    path("clusters/", views.Clusters.as_view()),
    path(CLUSTER, views.OneCluster.as_view()),
    path(CLUSTER + "clock/", views.Clock.as_view()),
    path(CLUSTER + "fork/", views.Fork.as_view()),
    path(CLUSTER + "kubeconfig/", views.Kubeconfig.as_view()),
    path(CLUSTER + "uploads/", upload_views.Uploads.as_view()),
    path(CLUSTER + "uploads/<str:job>/", upload_views.OneUpload.as_view()),
    path(CLUSTER + "shares/", sharing_views.Shares.as_view()),
    path(CLUSTER + "shares/<int:share_id>/", sharing_views.OneShare.as_view()),
    path(CLUSTER + "nodes/", node_views.Nodes.as_view()),
    path(CLUSTER + "nodes/<str:name>/", node_views.OneNode.as_view()),
    path(CLUSTER + "nodes/<str:name>/fault/", node_views.NodeFault.as_view()),
    path(CLUSTER, include("clusterlab.scheduling.urls")),
    path(CLUSTER + "timeline/", past_views.Timeline.as_view()),
    path(CLUSTER + "picture/", past_views.Picture.as_view()),
    path(CLUSTER + "object/", past_views.ObjectAt.as_view()),
    path(CLUSTER + "object-history/", past_views.ObjectHistory.as_view()),
    path(CLUSTER + "diff/", past_views.Difference.as_view()),
    path(CLUSTER + "compare/", compare_views.Comparison.as_view()),
    path(CLUSTER + "trace/", cause_views.Trace.as_view()),
    path(CLUSTER + "why/", cause_views.Why.as_view()),
    path(CLUSTER + "events/", reading_views.Events.as_view()),
    path(CLUSTER + "logs/<str:namespace>/<str:pod>/", reading_views.Logs.as_view()),
    path(CLUSTER + "metrics/", reading_views.Metrics.as_view()),
    path(CLUSTER + "net/", reading_views.Net.as_view()),
    path(CLUSTER + "net/walk/", walk_views.Walk.as_view()),
    path(CLUSTER + "net/reachability/", walk_views.Reachability.as_view()),
    path(CLUSTER + "images/", walk_views.Images.as_view()),
    path(CLUSTER + "requests/", request_views.Requests.as_view()),
    path(CLUSTER + "requests/<int:number>/", request_views.OneRequest.as_view()),
    path(CLUSTER + "audit/", request_views.Audit.as_view()),
    path(CLUSTER + "audit/policy/", request_views.AuditPolicy.as_view()),
    path(CLUSTER + "keys/", request_views.Keys.as_view()),
    path(CLUSTER + "keys/value/", request_views.KeyValueView.as_view()),
]
