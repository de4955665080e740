"""Watches Deployments and what belongs to them.

Models: kubernetes v1.36 pkg/controller/deployment/deployment_controller.go.
"""

from __future__ import annotations

from collections.abc import Sequence

from simcore.apimachinery.kinds import DEPLOYMENT, POD, REPLICA_SET
from simcore.apimachinery.meta import Key, Obj, controller_of, is_terminating, uid_of
from simcore.client.context import ComponentContext
from simcore.client.control_loop import DONE, Result, Watch, own_key
from simcore.kube_controller_manager.deployment.rollout import Rollout, Tools
from simcore.kube_controller_manager.deployment.status import deadline_in_ms
from simcore.kube_controller_manager.owned_pods import OwnedPods
from simcore.kube_controller_manager.ownership import (
    Claims,
    index_by_controller,
    orphans_in,
    owned_by,
    owners_keys,
)


class DeploymentController:
    name = "deployment-controller"

    def __init__(self, ctx: ComponentContext, owned_pods: OwnedPods) -> None:
        self._tools = Tools(ctx.client, ctx.clock, ctx.recorder(self.name), owned_pods)
        self._deployments = ctx.informers.informer(DEPLOYMENT)
        self._sets = ctx.informers.informer(REPLICA_SET)
        self._claims = Claims(ctx.client, DEPLOYMENT, REPLICA_SET)
        index_by_controller(self._sets)
        self.watches: Sequence[Watch] = (
            Watch(DEPLOYMENT, own_key),
            Watch(REPLICA_SET, owners_keys(DEPLOYMENT, self._deployments), owner=DEPLOYMENT),
            Watch(POD, self._of_deleted_pod, owner=REPLICA_SET),
        )

    def reconcile(self, key: Key) -> Result:
        deployment = self._deployments.get(key)
        if deployment is None:
            return DONE
        rollout = Rollout(self._tools, deployment, self._claimed(key, deployment))
        if is_terminating(deployment):
            rollout.write_counts()
            return DONE
        rollout.step()
        after = rollout.deployment
        return Result(deadline_in_ms(after, after.get("status") or {}, self._tools.clock))

    def _claimed(self, key: Key, deployment: Obj) -> list[Obj]:
        owned = owned_by(self._sets, uid_of(deployment))
        adopted = self._claims.adopt(deployment, orphans_in(self._sets, key.namespace))
        released = {uid_of(rs) for rs in self._claims.release(deployment, owned)}
        return [rs for rs in owned if uid_of(rs) not in released] + adopted

    def _of_deleted_pod(self, old: Obj | None, new: Obj | None) -> list[Key]:
        """A Deployment that recreates waits for the last old pod's end."""
        ref = controller_of(old) if new is None and old is not None else None
        if old is None or ref is None or ref["kind"] != "ReplicaSet":
            return []
        rs = self._sets.get(Key(old["metadata"]["namespace"], ref["name"]))
        owner = controller_of(rs) if rs is not None else None
        if rs is None or owner is None or owner["kind"] != "Deployment":
            return []
        key = Key(rs["metadata"]["namespace"], owner["name"])
        deployment = self._deployments.get(key)
        recreates = deployment is not None and deployment["spec"]["strategy"]["type"] == "Recreate"
        return [key] if recreates else []
