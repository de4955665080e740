"""What REST and the command line do alike: configure, ask what if, count the room, look at a drain."""

from __future__ import annotations

from typing import Any

from clusterlab.hub import Resident
from clusterlab.labs.services import write_world
from clusterlab.scheduling import documents, what_if
from clusterlab.scheduling.asking import configuration_from, manifests_from, pod_from
from clusterlab.scheduling.desk import as_admitted, configuration_now, fork_of, view_now
from simcore.apimachinery.encoding import encode
from simcore.apimachinery.kinds import POD_DISRUPTION_BUDGET
from simcore.etcd.interface import Delete, Op, Put
from simcore.kube_apiserver.local import LocalClient
from simcore.kube_scheduler.explanation.capacity import MOST_PODS, capacity_of
from simcore.kube_scheduler.explanation.drain import drain_of
from simcore.kube_scheduler.explanation.view import View
from simcore.kube_scheduler.plugins.registry import PLUGINS
from simcore.kube_scheduler.world import CONFIG

Document = dict[str, Any]


class NoSuchNode(LookupError):
    """No node of this name."""


def configuration_document(resident: Resident) -> Document:
    found = configuration_now(resident)
    return {"configuration": found.document or None, "plugins": sorted(PLUGINS)}


def configure(resident: Resident, given: Any, actor: str) -> None:
    """None: the defaults again. Raises: BadQuestion, StoreError."""
    op: Op = Delete(CONFIG)
    if given is not None:
        op = Put(CONFIG, encode({"configuration": configuration_from(given).document}))
    write_world(resident, [op], actor)


def what_if_document(
    resident: Resident, configuration: Any = None, manifests: Any = None, *, reschedule: bool = False
) -> Document:
    """Raises: BadQuestion, ApiError, StoreError."""
    question = what_if.Question(
        configuration_from(configuration).document if configuration is not None else None,
        manifests_from(manifests) if manifests is not None else [],
        reschedule,
    )
    return what_if.document(what_if.what_if(fork_of(resident), resident.clock.now(), question))


def capacity(resident: Resident, pod: Any, limit: int = MOST_PODS) -> Document:
    """Raises: BadQuestion, ApiError, StoreError."""
    wanted = as_admitted(resident, pod_from(pod))
    return documents.capacity_document(capacity_of(view_now(resident), wanted, limit=limit))


def drain(resident: Resident, view: View, name: str) -> Document:
    """Raises: NoSuchNode."""
    if view.cache.get(name) is None:
        raise NoSuchNode(name)
    with resident.guard:
        budgets = LocalClient(resident.server, "kube-scheduler").list(POD_DISRUPTION_BUDGET)
    return documents.drain_document(drain_of(view, name, budgets))
