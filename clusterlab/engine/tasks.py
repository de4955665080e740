"""The Celery side: one task, and a ticker thread in each worker process."""

from __future__ import annotations

import threading
from functools import cache
from typing import Any

from celery import shared_task
from celery.signals import worker_ready, worker_shutting_down

from clusterlab.engine.worker import Worker


@cache
def worker() -> Worker:
    """This process's worker."""
    return Worker()


@shared_task(name="engine.run")
def run(cluster_id: str) -> None:
    worker().run(cluster_id)


@worker_ready.connect
def start_ticker(**_: Any) -> None:
    threading.Thread(target=worker().tick, name="ticker", daemon=True).start()


@worker_shutting_down.connect
def hand_back_all(**_: Any) -> None:
    worker().stop()
