"""kube-controller-manager: every controller with a connection and a loop of its own."""

from __future__ import annotations

from collections.abc import Callable

from simcore.apimachinery.kinds import POD
from simcore.client.context import ComponentContext
from simcore.client.control_loop import ControlLoop, Reconciler
from simcore.kube_controller_manager.deployment.controller import DeploymentController
from simcore.kube_controller_manager.owned_pods import OwnedPods
from simcore.kube_controller_manager.replicaset.controller import ReplicaSetController


class ControllerManager:
    """Starts the controllers. They share the informers and the view of owned pods, nothing else."""

    def __init__(self, ctx: ComponentContext) -> None:
        self._ctx = ctx
        self._owned_pods = OwnedPods(ctx.informers.informer(POD))

    def start(self) -> None:
        pods = self._owned_pods
        self._run("deployment-controller", lambda ctx: DeploymentController(ctx, pods))
        self._run("replicaset-controller", lambda ctx: ReplicaSetController(ctx, pods))

    def _run(self, actor: str, make: Callable[[ComponentContext], Reconciler]) -> None:
        ctx = self._ctx.for_actor(actor)
        ControlLoop(ctx, make(ctx)).start()
