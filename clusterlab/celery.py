"""Celery carries hints: "this cluster may need an engine". They may be lost, doubled or late."""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "clusterlab.settings")

app = Celery("clusterlab")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks(["clusterlab.engine"])
