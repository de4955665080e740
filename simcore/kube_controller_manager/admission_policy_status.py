"""Tells of each ValidatingAdmissionPolicy that it has been looked at.

Models: kubernetes v1.36 pkg/controller/validatingadmissionpolicystatus/controller.go.
Left out: see docs/deviations.md, kube-apiserver: types are not checked, so there are never warnings of them.
"""

from __future__ import annotations

from collections.abc import Sequence

from simcore.apimachinery.kinds import VALIDATING_ADMISSION_POLICY as POLICY
from simcore.apimachinery.meta import Key
from simcore.client.context import ComponentContext
from simcore.client.control_loop import DONE, Result, Watch, own_key


class AdmissionPolicyStatusController:
    name = "validatingadmissionpolicy-status-controller"

    def __init__(self, ctx: ComponentContext) -> None:
        self._client, self._policies = ctx.client, ctx.informers.informer(POLICY)
        self.watches: Sequence[Watch] = (Watch(POLICY, own_key),)

    def reconcile(self, key: Key) -> Result:
        policy = self._policies.get(key)
        if policy is None:
            return DONE
        status, generation = policy.get("status") or {}, policy["metadata"].get("generation", 0)
        if status.get("observedGeneration") != generation:
            seen = {**status, "observedGeneration": generation, "typeChecking": {}}
            self._client.update_status(POLICY, {**policy, "status": seen})
        return DONE
