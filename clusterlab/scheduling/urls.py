"""Addresses below one cluster."""

from django.urls import path

from clusterlab.scheduling import views

urlpatterns = [
    path("scheduling/", views.Overview.as_view()),
    path("scheduling/<str:namespace>/<str:name>/", views.OnePod.as_view()),
    path("scheduling/<str:namespace>/<str:name>/fixes/", views.Fixes.as_view()),
    path("scheduler/configuration/", views.SchedulerConfiguration.as_view()),
    path("scheduler/what-if/", views.WhatIf.as_view()),
    path("scheduler/capacity/", views.CapacityView.as_view()),
    path("scheduler/drain/<str:name>/", views.DrainView.as_view()),
]
