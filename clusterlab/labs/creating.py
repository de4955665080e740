"""New clusters: empty ones, and those of the gallery's examples."""

from __future__ import annotations

from django.db import transaction

from clusterlab import redis_clients
from clusterlab.labs import prepared
from clusterlab.labs.access import Access, Visitor
from clusterlab.labs.examples import Example, catalogue
from clusterlab.labs.forking import adopt
from clusterlab.labs.founding import found_cluster
from clusterlab.labs.models import Cluster, Role
from clusterlab.labs.services import LONGEST_NAME, new_owner
from clusterlab.labs.spec import BadSpec, LabSpec
from clusterlab.labs.tokens import new_id


def create_cluster(name: str, spec: LabSpec, *, visitor: Visitor, example: str = "") -> Access:
    """Raises: BadSpec, ApiError (a manifest of the example), StoreError."""
    spec = spec.checked()
    wanted = _example(example) if example else None
    if len(name) > LONGEST_NAME:
        raise BadSpec(f"a name has at most {LONGEST_NAME} characters")
    if wanted is not None and wanted.is_large and spec == LabSpec(**wanted.settings):
        return adopt(prepared.snapshot(wanted), name, visitor=visitor, example=example)
    cluster_id = new_id()
    found_cluster(redis_clients.shared_client(), cluster_id, spec, wanted.manifests() if wanted else [])
    with transaction.atomic():
        cluster = Cluster.objects.create(
            id=cluster_id, name=name, example=example, nodes=spec.nodes, settings=spec.as_settings()
        )
        owner = new_owner(cluster, visitor)
    return Access(cluster, Role.OWNER, owner)


def spec_of_example(slug: str) -> LabSpec:
    """Raises: BadSpec."""
    return LabSpec(**_example(slug).settings)


def _example(slug: str) -> Example:
    """Raises: BadSpec."""
    if slug not in catalogue():
        raise BadSpec(f"there is no example {slug!r}")
    return catalogue()[slug]
