"""Founds clusters and runs each until it sleeps; a program, because Django's settings belong to a process."""

from __future__ import annotations

import sys

import django


def main(count: int) -> None:
    django.setup()
    from clusterlab.engine import hints
    from clusterlab.engine.turn import Ended
    from clusterlab.engine.worker import Worker
    from clusterlab.labs.creating import spec_of_example
    from clusterlab.labs.examples import catalogue
    from clusterlab.labs.founding import found_cluster
    from clusterlab.labs.tokens import new_id
    from clusterlab.redis_clients import shared_client

    client, worker = shared_client(), Worker("founder@bench")
    example = next(iter(catalogue().values()))
    for _ in range(count):
        cluster_id = new_id()
        found_cluster(client, cluster_id, spec_of_example(example.slug).checked(), example.manifests())
        client.delete(hints.seen_key(cluster_id))
        assert worker.run(cluster_id) is Ended.SLEEPING
    for key in client.scan_iter("celery:*"):
        client.delete(key)


if __name__ == "__main__":
    main(int(sys.argv[1]))
