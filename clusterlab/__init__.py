"""The web application around simcore: pages, REST, websockets, the Kubernetes API over HTTP, and the engine."""

from clusterlab.celery import app as celery_app

__all__ = ["celery_app"]
