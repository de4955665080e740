"""cloud-controller-manager: the controllers that a cloud's own components run."""

from __future__ import annotations

from simcore.client.context import ComponentContext
from simcore.client.control_loop import ControlLoop
from simcore.cloud_controller_manager.provisioner import Deleter, Provisioner
from simcore.cloud_controller_manager.resizer import Resizer
from simcore.cloud_controller_manager.service import ServiceController


class CloudControllerManager:
    def __init__(self, ctx: ComponentContext) -> None:
        self._ctx = ctx

    def start(self) -> None:
        for make in (ServiceController, Provisioner, Deleter, Resizer):
            ctx = self._ctx.for_actor(make.name)
            ControlLoop(ctx, make(ctx)).start()
