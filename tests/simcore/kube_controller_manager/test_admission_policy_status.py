"""A ValidatingAdmissionPolicy that has been looked at says so."""

from __future__ import annotations

from simcore.apimachinery.kinds import VALIDATING_ADMISSION_POLICY as POLICY
from simcore.apimachinery.meta import Key, Obj
from simcore.client.control_loop import ControlLoop
from simcore.kube_controller_manager.admission_policy_status import AdmissionPolicyStatusController
from tests.kit.control_plane import ControlPlane

RULE = {"apiGroups": [""], "apiVersions": ["v1"], "operations": ["CREATE"], "resources": ["pods"]}


def started() -> ControlPlane:
    plane = ControlPlane()
    ControlLoop(plane.ctx, AdmissionPolicyStatusController(plane.ctx)).start()
    return plane


def policy(*expressions: str) -> Obj:
    validations = [{"expression": text} for text in expressions]
    spec = {"matchConstraints": {"resourceRules": [RULE]}, "validations": validations}
    return {"metadata": {"name": "p"}, "spec": spec}


def status(plane: ControlPlane) -> Obj:
    plane.advance(1000)
    found: Obj = plane.get(POLICY, "p")["status"]
    return found


def test_a_policy_is_observed_at_each_generation():
    plane = started()
    plane.api.create(POLICY, policy("true"))
    assert status(plane) == {"observedGeneration": 1, "typeChecking": {}}
    plane.api.patch(POLICY, Key("", "p"), {"spec": {"failurePolicy": "Ignore"}})
    assert status(plane) == {"observedGeneration": 2, "typeChecking": {}}


def test_a_policy_is_written_once_for_a_generation():
    plane = started()
    plane.api.create(POLICY, policy("true"))
    status(plane)
    before = plane.store.revision
    plane.advance(60_000)
    assert plane.store.revision == before


def test_conditions_of_others_stay():
    plane = started()
    plane.api.create(POLICY, policy("true"))
    plane.advance(1000)
    found = plane.get(POLICY, "p")
    own = {
        "type": "X",
        "status": "True",
        "reason": "R",
        "message": "",
        "lastTransitionTime": "2026-01-01T00:00:00Z",
    }
    plane.api.update_status(POLICY, {**found, "status": {**found["status"], "conditions": [own]}})
    plane.api.patch(POLICY, Key("", "p"), {"spec": {"failurePolicy": "Ignore"}})
    assert status(plane) == {"observedGeneration": 2, "typeChecking": {}, "conditions": [own]}


def test_a_policy_that_went_meanwhile_is_nothing():
    plane = started()
    plane.api.create(POLICY, policy("true"))
    plane.api.delete(POLICY, Key("", "p"))
    plane.advance(1000)
    assert plane.list(POLICY, None) == []
