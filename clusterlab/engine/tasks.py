"""The Celery side: one task, and a ticker thread in each worker process."""

from __future__ import annotations

import threading
from functools import cache
from typing import Any

from celery import shared_task
from celery.signals import worker_ready, worker_shutting_down

from clusterlab.engine.worker import Worker


@cache
def worker(name: str) -> Worker:
    """This process's worker, by Celery's node name, which it has again when it is started again."""
    from clusterlab.labs.archive import keep  # not before Django's models are there

    return Worker(name, keep=keep)


@shared_task(name="engine.run", bind=True)
def run(task: Any, cluster_id: str) -> None:
    worker(task.request.hostname or "here").run(cluster_id)


@worker_ready.connect
def start_ticker(sender: Any, **_: Any) -> None:
    threading.Thread(target=worker(sender.hostname).tick, name="ticker", daemon=True).start()


@worker_shutting_down.connect
def hand_back_all(sender: str, **_: Any) -> None:
    worker(sender).stop()
