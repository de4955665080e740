"""A view of what a running scheduler's cluster holds."""

from __future__ import annotations

from simcore.apimachinery.meta import Key, Obj
from simcore.kube_scheduler.configuration.model import Configuration
from simcore.kube_scheduler.explanation.still import still_context
from simcore.kube_scheduler.explanation.view import View
from simcore.kube_scheduler.world import CONFIG, configuration_of
from tests.simcore.kube_scheduler.running import Running


def view_of(running: Running) -> View:
    plane = running.plane
    ctx = still_context(plane.client("kube-scheduler"), plane.clock, plane.rng)
    return View(ctx, configuration_of(running.world.get(CONFIG)) or Configuration())


def pod_of(view: View, name: str) -> Obj:
    found = view.pod(Key("default", name))
    assert found is not None, name
    return found
